"""Who buys, and how often."""

from ocds_pipeline.quality.counters import Frequent
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Result, not_applicable

_MOST = 50_000
_FEWEST = 1_000
_TOO_FEW = not_applicable("fewer than 1,000 processes have a buyer")


def buyer_of(index: Index) -> str:
    """Give the id of the buyer; of the procuring entity, where no buyer is named; else nothing."""
    for owner, name in ((index.release, "buyer"), (index.tender, "procuringEntity")):
        named = owner.get(name)
        key = named.get("id") if type(named) is dict else None
        if key is not None:
            return str(key)
    return ""


class Buyers:
    """Counts the processes of each buyer."""

    def __init__(self) -> None:
        self.counts: Frequent[str] = Frequent(most=_MOST)

    def add(self, index: Index) -> None:
        """Take in the buyer of a release."""
        if buyer := buyer_of(index):
            self.counts.add([buyer])

    def result(self) -> Result:
        """Judge the buyers, where there are enough."""
        return _TOO_FEW if self.counts.total < _FEWEST else self.judge()

    def judge(self) -> Result:
        """Judge the buyers counted."""
        raise NotImplementedError
