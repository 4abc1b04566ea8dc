"""A contract is signed after it was awarded.

Looks at `dateSigned` of contracts and `date` of their awards: the contract is not of an earlier day. Not applicable
where no contract and its award have both.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import contracts_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("no contract and its award have dates")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of contracts by those of their awards."""
    signed = [one for one in index.objects["Contract"] if one.get("dateSigned") is not None]
    if not signed:
        return _NONE
    awards = index.by_id("Award")
    failures, seen = [], False
    for contract in signed:
        for award in awards.get(str(contract.get("awardID")), ()):
            if award.get("date") is not None:
                seen = True
                if is_day_before(contract["dateSigned"], award["date"]):
                    reason = "is before the award was made"
                    failures.append(Failure((contract, "dateSigned"), reason, contract["dateSigned"]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Contract/dateSigned", "Award/date"), plain=contracts_fit, caveat="dates")
