"""Nothing is paid before the contract is signed.

Looks at the dates of a contract's transactions and `dateSigned`: no payment is of an earlier day. Not applicable
where no contract has both.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("no contract has both a date of signature and dates of payments")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of payments by that of the signature."""
    if not index.objects["Transaction"]:
        return _NONE
    failures, seen = [], False
    for contract in index.objects["Contract"]:
        signed = contract.get("dateSigned")
        for payment in members(contract.get("implementation"), "transactions"):
            if signed is not None and payment.get("date") is not None:
                seen = True
                if is_day_before(payment["date"], signed):
                    failures.append(Failure((payment, "date"), "is before the contract was signed", payment["date"]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Transaction/date", "Contract/dateSigned"), caveat="dates")
