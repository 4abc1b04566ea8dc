"""Every bid has a status.

Without a status a bid that was refused counts like one that was accepted. Bids of which nothing is left but the id
are passed over.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_bare, present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every bid has a status."""
    return present(
        [one for one in index.objects["Bid"] if not is_bare(one)],
        "status",
        "is missing: what became of the bid is not told",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="codes")
