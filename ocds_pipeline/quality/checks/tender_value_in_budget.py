"""The value of the tender is within half and one and a half of the budget.

Looks at `planning/budget/amount` and `tender/value`: the budget is 50 to 150 % of the value. Amounts of two
currencies are compared by the project's rates of exchange, where they are in use. Not applicable unless both are
there and the value is not zero.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import HIGH, LOW, in_currency, money, share
from ocds_pipeline.quality.result import PASS, Failure, Result, judged, not_applicable

_NONE = not_applicable("the release does not have both a budget and a value of the tender in comparable currencies")


def judge(index: Index, context: Context) -> Result:
    """Judge the budget by the value of the tender."""
    planning = index.release.get("planning")
    plan = planning.get("budget") if type(planning) is dict else None
    value = money(index.tender.get("value"))
    if type(plan) is not dict or value is None or not value[0]:
        return _NONE
    budget = in_currency(money(plan.get("amount")), value[1], context)
    if budget is None:
        return _NONE
    if LOW * value[0] <= budget <= HIGH * value[0]:
        return PASS
    reason = f"belongs to a tender whose budget is {share(budget, value[0])} of it"
    return judged([Failure(("tender", "value", "amount"), reason, value[0])])


CHECK = ReleaseCheck(judge=judge, needs=("Budget/amount", "Tender/value"), caveat="amounts")
