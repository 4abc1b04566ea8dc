"""Times as OCDS writes them: read, compared, and held to be plausible."""

import re
from datetime import datetime
from functools import lru_cache

from ocds_schema.json import Json

FIRST_YEAR, LAST_YEAR = 1990, 2049
"""Years that a date of public procurement may plausibly have."""

_ZONE = r"(?:[Zz]|[+-]\d\d:\d\d)"
_TIME = re.compile(rf"(\d{{4}})-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}")


@lru_cache(maxsize=65_536)
def moment(text: str) -> datetime | None:
    """Read a date and time with a zone (RFC 3339); nothing, where it is not one."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def year(text: str) -> int:
    """Give the year that a text begins with, zero where it begins otherwise."""
    return int(text[:4]) if text[:4].isdigit() else 0


def is_before(one: Json, other: Json) -> bool:
    """Tell whether one time is surely before another; of anything but two times with zones it is not."""
    if type(one) is not str or type(other) is not str or one == other:
        return False
    # Texts of the same form and zone compare as times do; parsing is for the rest.
    if len(one) == len(other) and one[-6:] == other[-6:] and one > other:
        return False
    begins, ends = moment(one), moment(other)
    return begins is not None and ends is not None and begins < ends


def is_day_before(one: Json, other: Json) -> bool:
    """Tell whether one time is before another, and on an earlier day as each of them is written.

    Many portals give some times to the day only, as midnight.
    """
    return type(one) is str and type(other) is str and one[:10] < other[:10] and is_before(one, other)
