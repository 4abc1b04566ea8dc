"""The payments of a contract are no more than its value.

Looks at each contract with a value and with transactions that all have one: the exact sum of the transactions is not
above the value. Amounts of two currencies are compared by the project's rates of exchange, where they are in use. Not
applicable where no contract can be compared.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import in_currency, members, money, share, total
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no contract and its payments have values in comparable currencies")


def judge(index: Index, context: Context) -> Result:
    """Judge the payments by the values of their contracts."""
    if not index.objects["Transaction"]:
        return _NONE
    failures, seen = [], False
    for contract in index.objects["Contract"]:
        value = money(contract.get("value"))
        payments = members(contract.get("implementation"), "transactions")
        if value is None or not payments:
            continue
        paid = in_currency(total(one.get("value", one.get("amount")) for one in payments), value[1], context)
        if paid is not None:
            seen = True
            if paid > value[0]:
                reason = f"belongs to a contract of which {share(paid, value[0])} was paid"
                failures.append(Failure((contract, "value", "amount"), reason, value[0]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Transaction", "Contract/value"), caveat="amounts")
