"""A tender that was not completed has no awards and no contracts.

Looks at tenders whose status is planning, planned, active, cancelled, unsuccessful or withdrawn: there are neither
awards nor contracts, those left out that were themselves cancelled, unsuccessful or are pending, and those of which
only the id is left. With several lots an active tender may already have awards; such a tender is passed over. Not
applicable to a completed tender or one without a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_bare
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender is complete or has no status")
_OPEN = ("planning", "planned", "active", "cancelled", "unsuccessful", "withdrawn")
_VOID = ("cancelled", "unsuccessful", "pending")


def judge(index: Index, _: Context) -> Result:
    """Judge awards and contracts by the status of the tender."""
    status = index.tender.get("status")
    if status not in _OPEN or (status == "active" and len(index.objects["Lot"]) > 1):
        return _NONE
    standing = any(
        value.get("status") not in _VOID and not is_bare(value)
        for kind in ("Award", "Contract")
        for value in index.objects[kind]
    )
    reason = "is the status of a tender that has awards or contracts"
    return judged([Failure(("tender", "status"), reason, status)] if standing else [])


CHECK = ReleaseCheck(judge=judge, needs=("Tender/status",), alike="codes, idle", caveat="statuses")
