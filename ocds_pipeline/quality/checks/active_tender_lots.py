"""An active tender has a lot that is open.

Looks at tenders with the status `active` whose lots all have a status: at least one is not cancelled, unsuccessful or
withdrawn. Taken by users of the former Kyrgyz publication as a sign of a bad record. Not applicable to others.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender is not active, or its lots have no status")
_VOID = ("cancelled", "unsuccessful", "withdrawn")


def judge(index: Index, _: Context) -> Result:
    """Judge the lots of an active tender."""
    statuses = [lot.get("status") for lot in index.objects["Lot"]]
    if index.tender.get("status") != "active" or not statuses or None in statuses:
        return _NONE
    reason = "is the status of a tender all of whose lots are over without a winner"
    failure = Failure(("tender", "status"), reason, "active")
    return judged([failure] if all(status in _VOID for status in statuses) else [])


CHECK = ReleaseCheck(judge=judge, needs=("Tender/status", "Lot/status"), alike="codes", caveat="statuses")
