"""No amount is larger than one purchase in the country can plausibly be.

Looks at every value that is not counted for one unit. The bound is set per country and currency in
`ocds_pipeline/quality/tables/limits.csv`, each with its reason; an amount in a currency without a bound is compared
in the country's own by the project's rates of exchange, where they are in use. Amounts below zero are judged by their
size. Not applicable where no amount can be judged.
"""

from decimal import Decimal

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import money
from ocds_pipeline.quality.plain import Glance, Values
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no amount is in a currency with a bound")


def judge(index: Index, context: Context) -> Result:
    """Judge the size of every amount."""
    failures, seen = [], False
    for value in index.objects["Value"]:
        found = money(value)
        limit = _limit(found[1], context) if found else None
        if found and limit is not None:
            seen = True
            if not -limit <= found[0] <= limit:
                reason = f"is more than any purchase can plausibly cost: the bound is {limit:,.0f} {found[1]}"
                failures.append(Failure((value, "amount"), reason, found[0]))
    return judged(failures) if seen else _NONE


def _are_within(values: Values, context: Context) -> bool:
    """Tell whether the largest and the least amount are within the lowest bound of all currencies."""
    amounts = values["amount"]
    try:
        limit = min(context.limits[currency] for currency in {*values["code currency"]})
        return bool(-limit <= min(amounts) and max(amounts) <= limit)
    except (KeyError, TypeError):
        return False


def _limit(currency: str, context: Context) -> Decimal | None:
    """Give the bound of a currency, or the country's own turned into it."""
    home = context.limits.get(context.currency)
    if currency in context.limits or home is None or context.rates is None:
        return context.limits.get(currency)
    return context.rates.exchange(home, context.currency, currency)


_GLANCE = Glance(("amount", "code currency"), _are_within, together=("Value/amount", "Value/currency"))

CHECK = ReleaseCheck(judge=judge, needs=("Value/amount",), glance=_GLANCE, caveat="amounts")
