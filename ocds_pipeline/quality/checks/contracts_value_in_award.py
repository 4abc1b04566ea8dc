"""The contracts of an award add up to what was awarded, give or take half.

Looks at each award with a value and contracts that all have a value: their sum is 50 to 150 % of the award's.
Contracts that were cancelled do not count. Amounts of two currencies are compared by the project's rates of exchange,
where they are in use. Not applicable where no award can be compared.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import contracts_fit
from ocds_pipeline.quality.index import Index, Money
from ocds_pipeline.quality.money import HIGH, LOW, added, in_currency, share
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no award and its contracts have values in comparable currencies")


def judge(index: Index, context: Context) -> Result:
    """Judge the values of contracts by those of their awards."""
    signed: dict[str, list[Money | None]] = {}
    for contract, worth in zip(index.objects["Contract"], index.worths("Contract"), strict=True):
        if contract.get("status") != "cancelled" and "awardID" in contract:
            signed.setdefault(str(contract["awardID"]), []).append(worth)
    failures, seen = [], False
    for award, value in zip(index.objects["Award"], index.worths("Award"), strict=True):
        values = signed.get(str(award.get("id")))
        if value is None or not value[0] or values is None:
            continue
        found = in_currency(added(values), value[1], context)
        if found is not None:
            seen = True
            if found != value[0] and not LOW * value[0] <= found <= HIGH * value[0]:
                reason = f"was awarded, but the contracts add up to {share(found, value[0])} of it"
                failures.append(Failure((award, "value", "amount"), reason, value[0]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(
    judge=judge, needs=("Contract/awardID", "Contract/value", "Award/value"), plain=contracts_fit, caveat="amounts"
)
