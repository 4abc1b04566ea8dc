"""The procuring entity is one of the parties.

Looks at procuring entities. Each reference has an id, and exactly one of `parties` has that id; 1 and "1" are the
same id. Not applicable where the release refers to no procuring entity.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, in_parties
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the references to the procuring entity."""
    return in_parties(index, "procuringEntity")


CHECK = ReleaseCheck(judge=judge, needs=("procuringEntity",), plain=SETTLED["procuringEntity"], caveat="parties")
