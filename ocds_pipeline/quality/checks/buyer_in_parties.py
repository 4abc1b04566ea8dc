"""The buyer is one of the parties.

Looks at buyers: of the process, and of a contract where the contract names its own. Each reference has an id, and
exactly one of `parties` has that id; 1 and "1" are the same id. Not applicable where the release refers to no buyer.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, in_parties
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the references to the buyer."""
    return in_parties(index, "buyer")


CHECK = ReleaseCheck(judge=judge, needs=("buyer",), plain=SETTLED["buyer"], caveat="parties")
