"""Moments, in every form that the portals and the ministry's files have."""

import re
from datetime import datetime, timedelta
from typing import Any

from ocds_schema.errors import MappingError
from transformers import values
from transformers.rules import Fields, Reading, Rule, pick

_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[ T](?P<minute>\d\d:\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?(?P<offset>Z|[+-]\d\d:?\d\d)?)?\Z",
    re.ASCII,
)
_POINTS = re.compile(
    r"(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{4})(?: +(?P<minute>\d\d:\d\d)(?::(?P<second>\d\d))?)?\Z", re.ASCII
)
_WORDS = re.compile(r"(?P<day>\d\d?) +(?P<month>[^\W\d_]+) +(?P<year>\d{4})(?: *г\.?)?(?:,? +(?P<minute>\d\d:\d\d))?\Z")
_MONTHS = {
    name: f"{place:02}"
    for names in (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "january february march april may june july august september october november december",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    )
    for place, name in enumerate(names.split(), 1)
}
_LATEST = timedelta(days=1)


def moment(raw: Any, reading: Reading) -> datetime | None:
    """Read a time; without an offset it is the wall clock of the source's zone, a date alone is its first second.

    Raises:
        MappingError: it is no time that we know how to read, or not a plausible one.
    """
    if raw is None or raw == "":
        return None
    text = raw.strip() if isinstance(raw, str) else ""
    plain = _iso(text, reading) or _by_points(text) or _by_words(text)
    if plain is None:
        raise MappingError(f"{values.quoted(raw)} is not a date and time")
    return values.moment(plain, reading.zone, reading.as_of)


def _iso(text: str, reading: Reading) -> str | None:
    found = _ISO.match(text)
    if found is None:
        return None
    plain = f"{found['day']} {found['minute'] or '00:00'}:{found['second'] or '00'}"
    if found["offset"] is None:
        return plain
    try:
        there = datetime.fromisoformat(plain + found["offset"]).astimezone(reading.zone)
    except (ValueError, OverflowError):
        return plain
    return f"{there:%Y-%m-%d %H:%M:%S}"


def _by_points(text: str) -> str | None:
    found = _POINTS.match(text)
    if found is None:
        return None
    day = f"{found['year']}-{found['month']}-{found['day']}"
    return f"{day} {found['minute'] or '00:00'}:{found['second'] or '00'}"


def _by_words(text: str) -> str | None:
    found = _WORDS.match(text)
    month = _MONTHS.get(found["month"].lower()) if found else None
    if found is None or month is None:
        return None
    return f"{found['year']}-{month}-{int(found['day']):02} {found['minute'] or '00:00'}:00"


class _Instant(Rule):
    kind = "moment"

    def read(self, source: Fields, reading: Reading) -> datetime | None:
        return moment(pick(source, self.names[0]), reading)


def instant(name: str) -> Rule:
    """A time with its own offset, or else a wall clock time of the source's zone."""
    return _Instant(name, words="the time, with its own offset or else the zone's at that instant")


def newest(stated: list[Any], reading: Reading) -> datetime | None:
    """Give the newest of some times that lies no more than a day after the moment the mapping speaks for."""
    read = (reading.quietly(lambda raw=raw: moment(raw, reading)) for raw in stated)  # type: ignore[misc]
    return max((one for one in read if one is not None and one <= reading.as_of + _LATEST), default=None)
