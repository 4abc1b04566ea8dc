"""The contracts of an award add up to what was awarded, give or take half.

Looks at each award with a value and contracts that all have a value: their sum is 50 to 150 % of the award's.
Contracts that were cancelled do not count. Amounts of two currencies are compared by the project's rates of exchange,
where they are in use. Not applicable where no award can be compared.
"""

from typing import Any

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import HIGH, LOW, in_currency, money, share, total
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no award and its contracts have values in comparable currencies")


def judge(index: Index, context: Context) -> Result:
    """Judge the values of contracts by those of their awards."""
    contracts: dict[str, list[Any]] = {}
    for contract, _ in index.objects["Contract"]:
        if contract.get("status") != "cancelled" and "awardID" in contract:
            contracts.setdefault(str(contract["awardID"]), []).append(contract.get("value"))
    failures, seen = [], False
    for award, trail in index.objects["Award"] if contracts else ():
        value = money(award.get("value"))
        if value is None or not value[0] or str(award.get("id")) not in contracts:
            continue
        signed = in_currency(total(contracts[str(award["id"])]), value[1], context)
        if signed is not None:
            seen = True
            if not LOW * value[0] <= signed <= HIGH * value[0]:
                reason = f"was awarded, but the contracts add up to {share(signed, value[0])} of it"
                failures.append(Failure(((trail, "value"), "amount"), reason, value[0]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Contract/awardID", "Contract/value", "Award/value"), caveat="amounts")
