"""A bid has a price.

A known fault of the former Kyrgyz publication, counted by its users: lots without a price proposal. Bids that were
taken back, or were only invited, need none.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import bids_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result

_PRICED = ("pending", "valid", "disqualified")


def judge(index: Index, _: Context) -> Result:
    """Judge whether every bid that was judged has a price."""
    return present(
        [one for one in index.objects["Bid"] if one.get("status") in _PRICED],
        "value",
        "is missing: the price of the bid is not told",
    )


CHECK = ReleaseCheck(judge=judge, needs=("Bid/status",), plain=bids_fit, caveat="amounts")
