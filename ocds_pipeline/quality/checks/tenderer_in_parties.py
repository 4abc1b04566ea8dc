"""Every tenderer is one of the parties.

Looks at tenderers: of the tender, and of each bid. Each reference has an id, and exactly one of `parties` has that
id; 1 and "1" are the same id. Not applicable where the release refers to no tenderer.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, in_parties
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the references to the tenderer."""
    return in_parties(index, "tenderer")


CHECK = ReleaseCheck(judge=judge, needs=("tenderer",), plain=SETTLED["tenderer"], caveat="parties")
