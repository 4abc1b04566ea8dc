"""Who buys, and how often."""

from ocds_pipeline.quality.counters import Frequent
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.result import Result, not_applicable

_MOST = 50_000
_FEWEST = 1_000
_BLOCK = 2_048
_TOO_FEW = not_applicable("fewer than 1,000 processes have a buyer")


class Buyers:
    """Counts the processes of each buyer."""

    def __init__(self) -> None:
        self.counts: Frequent[str] = Frequent(most=_MOST)
        self._waiting: list[str] = []

    def add(self, index: Index) -> None:
        """Take in the buyer of a release; they are counted many at a time."""
        if index.buyer:
            self._waiting.append(index.buyer)
            if len(self._waiting) >= _BLOCK:
                self._count()

    def _count(self) -> None:
        self.counts.add(self._waiting)
        self._waiting.clear()

    def keep(self) -> Kept:
        """Give the counts."""
        self._count()
        return Kept(self.counts.keep())

    def take(self, kept: Kept) -> None:
        """Add counts that were kept."""
        self.counts.take(kept.facts)

    def result(self) -> Result:
        """Judge the buyers, where there are enough."""
        self._count()
        return _TOO_FEW if self.counts.total < _FEWEST else self.judge()

    def judge(self) -> Result:
        """Judge the buyers counted."""
        raise NotImplementedError
