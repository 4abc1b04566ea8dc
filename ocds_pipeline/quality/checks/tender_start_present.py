"""A tender says when it was opened.

Looks at `tender/tenderPeriod/startDate`, the day of publication where a portal has no other. A tender without it
cannot be put into a year. Not applicable where the tender has no period at all.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the tender period has a start."""
    period = index.tender.get("tenderPeriod")
    reason = "is missing: when the tender was opened is not told"
    return present([period] if type(period) is dict else [], "startDate", reason)


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="dates")
