"""The values of the lots add up to the value of the tender.

Looks at tenders with a value and lots that all have one in the same currency: the sum differs from the value by no
more than a hundredth. Lots that were cancelled count, because the value of the tender was set with them. Not
applicable where they cannot be compared.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import added, money, share
from ocds_pipeline.quality.result import PASS, Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender and all its lots do not have values in one currency")
_MOST = 100


def judge(index: Index, _: Context) -> Result:
    """Judge the values of the lots by that of the tender."""
    value = money(index.tender.get("value"))
    lots = added(index.worths("Lot"))
    if value is None or not value[0] or lots is None or lots[1] != value[1]:
        return _NONE
    if lots[0] == value[0]:
        return PASS
    differ = lots[0] - value[0]
    if max(differ, -differ) * _MOST <= value[0]:
        return PASS
    reason = f"belongs to a tender whose lots add up to {share(lots[0], value[0])} of it"
    return judged([Failure(("tender", "value", "amount"), reason, value[0])])


CHECK = ReleaseCheck(judge=judge, needs=("Lot/value", "Tender/value"), caveat="amounts")
