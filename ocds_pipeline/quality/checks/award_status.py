"""An award that does not stand has no contract.

Looks at awards whose status is pending, cancelled or unsuccessful: no contract names them, those left out that were
cancelled or are pending themselves. Not applicable where no award has such a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no award is pending, cancelled or unsuccessful")
_VOID = ("pending", "cancelled", "unsuccessful")


def judge(index: Index, _: Context) -> Result:
    """Judge the statuses of awards by their contracts."""
    void = [one for one in index.objects["Award"] if one.get("status") in _VOID]
    if not void:
        return _NONE
    signed = {
        str(contract.get("awardID"))
        for contract in index.objects["Contract"]
        if contract.get("status") not in ("pending", "cancelled")
    }
    return judged(
        [
            Failure((award, "status"), "is the status of an award that has a contract", award["status"])
            for award in void
            if str(award.get("id")) in signed
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Award/status",), alike="codes, idle", caveat="statuses")
