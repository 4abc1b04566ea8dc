"""A contract says to which award it belongs.

Without `awardID` a contract has no supplier. A known fault of the former Kyrgyz publication.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_bare, present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every contract has an award id."""
    return present(
        [one for one in index.objects["Contract"] if not is_bare(one)],
        "awardID",
        "is missing: to which award the contract belongs is not told",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="references")
