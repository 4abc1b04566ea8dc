"""Days of the portal, and which cases were begun on which of them.

Day 0 is the portal's start; the cases it starts with were begun, evenly, on the `HISTORY` days before. Later days go
on at the same pace. A case is a number; everything else about it follows from that number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

HISTORY = 180
DAY_SECONDS = 86_400
OPENING = 6 * 3600
"""The portal's working day begins at 06:00: nothing happens before."""
WORKING = 14 * 3600
BATCH = 20 * 60
"""The search index is brought up to date every 20 minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The pace at which cases are begun: so many in the days before the start."""

    start: date
    cases: int

    def begun(self, day: int) -> int:
        """How many cases were begun before a day."""
        return max(0, self.cases * (day + HISTORY) // HISTORY)

    def first_day(self, case: int) -> int:
        """The day a case was begun."""
        return -(-((case + 1) * HISTORY) // self.cases) - 1 - HISTORY

    def at(self, day: int, seconds: int) -> datetime:
        """A time of the portal's clock."""
        return datetime.combine(self.start, datetime.min.time()) + timedelta(days=day, seconds=seconds)

    def text(self, day: int, seconds: int = 0) -> str:
        """A time as the portal writes it, without a zone."""
        days, seconds = divmod(seconds, DAY_SECONDS)
        minutes, second = divmod(seconds, 60)
        return f"{_date(self.start, day + days)} {minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"

    def day_of(self, text: str) -> int:
        """The day a date or time of the portal falls on.

        Raises:
            ValueError: the text is no date.
        """
        return (date.fromisoformat(text[:10]) - self.start).days


@lru_cache(maxsize=4096)
def _date(start: date, day: int) -> str:
    return (start + timedelta(days=day)).isoformat()


def indexed(seconds: int, lag: int) -> int:
    """The second of the day at which a change reaches the index: the end of a batch, so many batches later."""
    return (seconds // BATCH + 1 + lag) * BATCH
