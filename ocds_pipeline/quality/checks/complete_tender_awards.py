"""A tender that was completed has an award.

Looks at tenders with the status `complete`. Taken by users of the former Kyrgyz publication as a sign of a bad
record. Not applicable to other tenders.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender is not complete")


def judge(index: Index, _: Context) -> Result:
    """Judge whether a completed tender has an award."""
    if index.tender.get("status") != "complete":
        return _NONE
    reason = "is missing: the tender is complete, but nobody won"
    return judged([] if index.objects["Award"] else [Failure(("awards",), reason)])


CHECK = ReleaseCheck(judge=judge, needs=("Tender/status",), alike="codes", caveat="statuses")
