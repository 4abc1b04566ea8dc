"""The award of a contract in force is active.

Looks at contracts whose status is active or terminated: the award they name has no other status than active. Programs
that prepare data for indicators mend the status of such awards; here it is told where they differ. Not applicable
where no such contract leads to an award with a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import contracts_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no contract in force leads to an award with a status")


def judge(index: Index, _: Context) -> Result:
    """Judge the awards of contracts in force."""
    signed = [one for one in index.objects["Contract"] if one.get("status") in ("active", "terminated")]
    if not signed:
        return _NONE
    awards = index.by_id("Award")
    named = {id(award): award for one in signed for award in awards.get(str(one.get("awardID")), ())}
    known = [award for award in named.values() if award.get("status") is not None]
    reason = "is the status of an award whose contract is in force"
    failures = [Failure((award, "status"), reason, award["status"]) for award in known if award["status"] != "active"]
    return judged(failures) if known else _NONE


CHECK = ReleaseCheck(
    judge=judge, needs=("Contract/status", "Contract/awardID", "Award/status"), plain=contracts_fit, caveat="statuses"
)
