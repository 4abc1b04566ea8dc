"""A process that led to a contract has bids.

Looks at processes with a contract in force, other than by direct procurement: there is at least one bid. A known
fault of the former Kyrgyz publication, counted by its users. Not applicable to others.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no contract is in force, or the procurement is direct or has no tender")


def judge(index: Index, _: Context) -> Result:
    """Judge whether there are bids."""
    signed = any(one.get("status") in ("active", "terminated") for one in index.objects["Contract"])
    if not signed or not index.tender or index.tender.get("procurementMethod") == "direct":
        return _NONE
    reason = "is missing: a contract was signed, but no bid is published"
    return judged([] if index.objects["Bid"] else [Failure(("bids", "details"), reason)])


CHECK = ReleaseCheck(judge=judge, needs=("Contract/status",), alike="codes", caveat="lots")
