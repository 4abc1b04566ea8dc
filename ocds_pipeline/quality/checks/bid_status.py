"""The bid that won was valid.

Looks at active awards that name a bid: its status is not invited, disqualified or withdrawn. Not applicable where no
active award names a bid with a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import awards_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no active award names a bid with a status")
_LOST = ("invited", "disqualified", "withdrawn")


def judge(index: Index, _: Context) -> Result:
    """Judge the bids that won."""
    won = [award for award in index.objects["Award"] if award.get("status") == "active" and "relatedBid" in award]
    if not won:
        return _NONE
    bids = index.by_id("Bid")
    named = [bid for award in won for bid in bids.get(str(award["relatedBid"]), ()) if "status" in bid]
    reason = "is the status of a bid that won an active award"
    failures = [Failure((bid, "status"), reason, bid["status"]) for bid in named if bid["status"] in _LOST]
    return judged(failures) if named else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Award/relatedBid", "Bid/status"), plain=awards_fit, caveat="statuses")
