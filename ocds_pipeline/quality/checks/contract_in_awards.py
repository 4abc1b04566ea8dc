"""A contract belongs to exactly one award of the release.

Looks at `awardID` of each contract: exactly one of `awards` has that id; 1 and "1" are the same id. Not applicable
where no contract names an award.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import contracts_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no contract names an award")


def judge(index: Index, _: Context) -> Result:
    """Judge the award ids of the contracts."""
    named = [one for one in index.objects["Contract"] if one.get("awardID") is not None]
    if not named:
        return _NONE
    awards = index.by_id("Award")
    failures = []
    for contract in named:
        found = len(awards.get(str(contract["awardID"]), ()))
        if found != 1:
            reason = "is the id of several awards" if found else "is the id of no award"
            failures.append(Failure((contract, "awardID"), reason, contract["awardID"]))
    return judged(failures)


CHECK = ReleaseCheck(judge=judge, needs=("Contract/awardID",), plain=contracts_fit, caveat="references")
