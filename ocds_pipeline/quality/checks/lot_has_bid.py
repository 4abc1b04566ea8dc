"""A lot that was completed has a bid.

Looks at lots with the status `complete`: a bid is related to each. A known fault of the former Kyrgyz publication,
counted by its users. Not applicable where no lot is complete, and to direct procurement, which has no bids.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index, listed
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no lot is complete, or the procurement is direct")


def judge(index: Index, _: Context) -> Result:
    """Judge the bids of completed lots."""
    complete = [one for one in index.objects["Lot"] if one.get("status") == "complete"]
    if not complete or index.tender.get("procurementMethod") == "direct":
        return _NONE
    offered = {str(key) for bid in index.objects["Bid"] for key in listed(bid.get("relatedLots"))}
    return judged(
        [
            Failure((lot, "id"), "is a completed lot without a bid", lot.get("id"))
            for lot in complete
            if str(lot.get("id")) not in offered
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Lot/status",), alike="codes, idle", caveat="lots")
