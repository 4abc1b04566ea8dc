"""An award that names a bid names one of the bids.

Looks at `relatedBid` of each award. A known fault of the former Kyrgyz publication, counted by its users. Not
applicable where no award names a bid.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import awards_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no award names a bid")


def judge(index: Index, _: Context) -> Result:
    """Judge the bids that awards name."""
    named = [one for one in index.objects["Award"] if one.get("relatedBid") is not None]
    if not named:
        return _NONE
    bids = index.by_id("Bid")
    return judged(
        [
            Failure((award, "relatedBid"), "is the id of no bid", award["relatedBid"])
            for award in named
            if str(award["relatedBid"]) not in bids
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Award/relatedBid",), plain=awards_fit, caveat="references")
