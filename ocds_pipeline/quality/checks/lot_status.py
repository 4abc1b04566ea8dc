"""A lot that was not awarded has no active award.

Looks at lots whose status is cancelled, unsuccessful or withdrawn: no active award is related to them. Not applicable
where no lot has such a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index, listed
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no lot is cancelled, unsuccessful or withdrawn")
_VOID = ("cancelled", "unsuccessful", "withdrawn")


def judge(index: Index, _: Context) -> Result:
    """Judge the statuses of lots by their awards."""
    void = [one for one in index.objects["Lot"] if one.get("status") in _VOID]
    if not void:
        return _NONE
    awarded = {
        str(key)
        for award in index.objects["Award"]
        if award.get("status") == "active"
        for key in listed(award.get("relatedLots"))
    }
    return judged(
        [
            Failure((lot, "status"), "is the status of a lot with an active award", lot["status"])
            for lot in void
            if str(lot.get("id")) in awarded
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Lot/status",), alike="codes, idle", caveat="statuses")
