"""No buyer has more than half of all processes, and the largest has at least a hundredth.

Counts the buyers by id. One buyer that has nearly everything is mostly the portal itself in place of the buyers;
where every buyer has next to nothing, ids are mostly not those of organizations. Not applicable to fewer than 1,000
processes with a buyer.
"""

from ocds_pipeline.quality.buyers import Buyers
from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.result import PASS, Failure, Result

_LEAST, _MOST = 0.01, 0.5


class Tally(Buyers):
    """The buyers and their processes."""

    def judge(self) -> Result:
        """Judge the buyer with the most processes."""
        ((buyer, count),) = self.counts.top(1)
        if _LEAST <= count / self.counts.total <= _MOST:
            return PASS
        reason = (
            f"is the most frequent buyer, with {count} of {self.counts.total} processes; 1 to 50 % are to be expected"
        )
        return Result("fail", failures=[Failure((), reason, buyer)])


def start(_: Context) -> Tally:
    """Begin with no buyers."""
    return Tally()


CHECK = DatasetCheck(start=start, caveat="parties")
