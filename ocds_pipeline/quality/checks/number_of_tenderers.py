"""The number of tenderers is that of the tenderers listed.

Looks at `tender/numberOfTenderers` and `tender/tenderers`. Not applicable unless both are there.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import PASS, Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender does not have both the number and the list of tenderers")


def judge(index: Index, _: Context) -> Result:
    """Judge the number of tenderers."""
    number, listed = index.tender.get("numberOfTenderers"), index.tender.get("tenderers")
    if type(number) is not int or type(listed) is not list:
        return _NONE
    if number == len(listed):
        return PASS
    reason = f"is not the {len(listed)} tenderers that are listed"
    return judged([Failure(("tender", "numberOfTenderers"), reason, number)])


CHECK = ReleaseCheck(judge=judge, needs=("Tender/numberOfTenderers", "Tender/tenderers"), caveat="parties")
