"""Releases are not all of one day.

Counts the days of `date`: no day has more than half of all compiled releases. In the former Kyrgyz publication the
date was that of the export, which says nothing about when the information was published. Not applicable to fewer than
100 releases.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.counters import Frequent
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.result import PASS, Failure, Result, not_applicable

_TOO_FEW = not_applicable("there are fewer than 100 releases with a date")
_FEWEST = 100
_DAYS = 10_000


class Tally:
    """The days on which releases were published."""

    def __init__(self) -> None:
        self._days: Frequent[str] = Frequent(most=_DAYS)
        self._waiting: list[str] = []

    def add(self, index: Index) -> None:
        """Take in the day of a release; they are counted many at a time."""
        date = index.release.get("date")
        if type(date) is str:
            self._waiting.append(date[:10])
            if len(self._waiting) >= _DAYS:
                self._count()

    def _count(self) -> None:
        self._days.add(self._waiting)
        self._waiting.clear()

    def keep(self) -> Kept:
        """Give the counts."""
        self._count()
        return Kept(self._days.keep())

    def take(self, kept: Kept) -> None:
        """Add counts that were kept."""
        self._days.take(kept.facts)

    def result(self) -> Result:
        """Judge the most frequent day."""
        self._count()
        total = self._days.total
        if total < _FEWEST:
            return _TOO_FEW
        ((day, count),) = self._days.top(1)
        if count * 2 <= total:
            return PASS
        return Result("fail", failures=[Failure((), f"is the day of {count} of {total} releases", day)])


def start(_: Context) -> Tally:
    """Begin with no days."""
    return Tally()


CHECK = DatasetCheck(start=start, needs=("Release/date",), caveat="dates")
