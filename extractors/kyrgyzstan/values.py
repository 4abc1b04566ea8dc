"""Values as the portals write them: ids, times on Bishkek's clock, names that are the same in other spelling."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from extractors.base import Window
from ocds_schema.json import Json

ZONE = ZoneInfo("Asia/Bishkek")
LACKING = "page/"
"""What names of what is missing begin with, where the portal did not have a page of it."""

_DAY = timedelta(days=1)
_LAST = datetime(9999, 12, 1, tzinfo=ZONE)

OBJECT_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)

_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\D+(\d{1,2}):(\d{2}))?")
_HYPHENED = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2}))?")
_DATED_NUMBER = re.compile(r"(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([1-9]\d{4,})")
_AGAIN = re.compile(r"[\s,;:.–—-]*\(?\s*\b(?:повторн(?:о|ый|ая|ое)|кайталап|кайра)\s*\)?[\s.]*\Z", re.IGNORECASE)


def text_of(value: Json) -> str:
    """Give a text or a whole number as text without spaces around it; nothing else is one."""
    return str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""


def moment(text: Json) -> datetime | None:
    """Read a time that the portals show, `17.09.2026 12:33` or `2026-09-17 12:33`, with or without the hour."""
    if not isinstance(text, str):
        return None
    if found := _DOTTED.search(text):
        day, month, year, hour, minute = found.groups()
    elif found := _HYPHENED.search(text):
        year, month, day, hour, minute = found.groups()
    else:
        return None
    try:
        return datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=ZONE)
    except ValueError:
        return None


def end_of(text: Json) -> datetime | None:
    """Read a time that the portals show; of a day without an hour, its end."""
    time = moment(text)
    return time + _DAY if time is not None and ":" not in text and time < _LAST else time


def day_of(text: Json) -> date | None:
    """Read the day of a time that the portals show."""
    time = moment(text)
    return time.date() if time is not None else None


def numbered_day(number: Json) -> date | None:
    """Give the day that an order's number begins with."""
    found = _DATED_NUMBER.fullmatch(text_of(number))
    return day_of(f"20{found[1]}-{found[2]}-{found[3]}") if found else None


def order_id(number: Json) -> str | None:
    """Give the order's id from its number, which is the day as YYMMDD and the id; the numbers of 2015 hold none."""
    found = _DATED_NUMBER.fullmatch(text_of(number))
    return found[4] if found else None


def normal(name: str) -> str:
    """Give a name as it is compared: letters and digits in lower case, one space in between."""
    folded = unicodedata.normalize("NFKC", name.replace("№", " ")).casefold().replace("ё", "е")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())


def purchase(buyer: Json, title: Json) -> str | None:
    """Give the mark that notices of one purchase share, whichever portal shows them, and however often."""
    who, what = normal(text_of(buyer)), normal(_once(text_of(title)))
    return hashlib.sha256(f"{who}\n{what}".encode()).hexdigest()[:20] if who and what else None


def is_past(times: Sequence[datetime | None], window: Window) -> bool:
    """Say whether a page of a list, newest first, lies before a window, and with it all that follows.

    A page without times, or with times that rise, says nothing of the next one.
    """
    known = [time for time in times if time is not None]
    return bool(known) and known[0] >= known[-1] and max(known) < window.first


def is_inside(time: datetime | None, window: Window | None) -> bool:
    """Say whether a time may lie in a window; an unknown one may."""
    return window is None or time is None or time >= window.first


def _once(title: str) -> str:
    """Take the mark of a repeated purchase from a title's end."""
    while (shorter := _AGAIN.sub("", title)) != title:
        title = shorter
    return title
