"""What is offered in an auction is among the bids.

Looks for a member `auctions`, in the release or its tender: where there is one, the offers are also in
`bids/details`, where every tool expects them. Not applicable where there was no auction.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("there was no auction")


def judge(index: Index, _: Context) -> Result:
    """Judge whether an auction's offers are among the bids."""
    owners = [owner for owner in (index.release, index.tender) if owner.get("auctions")]
    if not owners:
        return _NONE
    reason = "is given, but there are no bids: the offers are where tools do not look"
    return judged([] if index.objects["Bid"] else [Failure((owner, "auctions"), reason) for owner in owners])


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="lots")
