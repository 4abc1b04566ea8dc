"""A bid says who made it.

A known fault of the former Kyrgyz publication, counted by its users. Bids of which nothing is left but the id are
passed over.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_bare, present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every bid has tenderers."""
    return present(
        [one for one in index.objects["Bid"] if not is_bare(one)],
        "tenderers",
        "is missing: who made the bid is not told",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="parties")
