"""An award is made after bids were taken.

Looks at `date` of awards and `tender/tenderPeriod/endDate`: none is of an earlier day. Not applicable unless both are
there.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import awards_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("the tender period has no end, or the awards have no date")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of awards by the end of the tender period."""
    period = index.tender.get("tenderPeriod")
    end = period.get("endDate") if type(period) is dict else None
    dated = [one for one in index.objects["Award"] if one.get("date") is not None]
    if end is None or not dated:
        return _NONE
    reason = "is before the end of the tender period"
    return judged(
        [Failure((value, "date"), reason, value["date"]) for value in dated if is_day_before(value["date"], end)]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Tender/tenderPeriod", "Award/date"), plain=awards_fit, caveat="dates")
