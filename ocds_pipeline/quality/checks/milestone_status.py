"""A milestone that was not met has no date on which it was met.

Looks at milestones whose status is scheduled or notMet: there is no `dateMet`. Not applicable where no milestone has
such a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no milestone is scheduled or not met")


def judge(index: Index, _: Context) -> Result:
    """Judge the statuses of milestones by their dates."""
    unmet = [one for one in index.objects["Milestone"] if one.get("status") in ("scheduled", "notMet")]
    if not unmet:
        return _NONE
    return judged(
        [
            Failure((milestone, "dateMet"), f"is given, but the status is {milestone['status']}", milestone["dateMet"])
            for milestone in unmet
            if milestone.get("dateMet") is not None
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Milestone/status",), alike="codes, idle", caveat="statuses")
