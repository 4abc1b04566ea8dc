"""The details of the procurement method name one method.

Looks at `tender/procurementMethodDetails`: a text with ` - ` in it holds a method and something else, which programs
that prepare data for indicators split. Not applicable where there are no details.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender has no details of the method")


def judge(index: Index, _: Context) -> Result:
    """Judge the details of the method."""
    details = index.tender.get("procurementMethodDetails")
    if type(details) is not str:
        return _NONE
    place = ("tender", "procurementMethodDetails")
    return judged([Failure(place, "names more than the method", details)] if " - " in details else [])


CHECK = ReleaseCheck(judge=judge, needs=("Tender/procurementMethodDetails",), caveat="codes")
