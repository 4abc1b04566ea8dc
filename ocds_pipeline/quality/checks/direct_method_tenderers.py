"""A direct procurement has at most one tenderer.

Looks at tenders with the method `direct` and a number of tenderers. Not applicable to others.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender is not direct, or does not tell the number of tenderers")


def judge(index: Index, _: Context) -> Result:
    """Judge the number of tenderers of a direct procurement."""
    number = index.tender.get("numberOfTenderers")
    if index.tender.get("procurementMethod") != "direct" or type(number) is not int:
        return _NONE
    reason = "tenderers took part, but the method is direct"
    return judged([Failure(("tender", "numberOfTenderers"), reason, number)] if number > 1 else [])


CHECK = ReleaseCheck(
    judge=judge, needs=("Tender/procurementMethod", "Tender/numberOfTenderers"), alike="codes, idle", caveat="codes"
)
