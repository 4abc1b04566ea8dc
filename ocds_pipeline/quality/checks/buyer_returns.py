"""Most buyers buy more than once.

Counts the buyers by id: fewer than half of them have only one process. Otherwise the ids are mostly not those of
organizations. Not applicable to fewer than 1,000 processes with a buyer.
"""

from ocds_pipeline.quality.buyers import Buyers
from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.result import PASS, Failure, Result


class Tally(Buyers):
    """The buyers and their processes."""

    def judge(self) -> Result:
        """Judge how many buyers appear once."""
        counts = self.counts.counts.values()
        once = sum(count == 1 for count in counts)
        if once * 2 < len(counts):
            return PASS
        return Result("fail", failures=[Failure((), f"{once} of {len(counts)} buyers have one process only")])


def start(_: Context) -> Tally:
    """Begin with no buyers."""
    return Tally()


CHECK = DatasetCheck(start=start, caveat="parties")
