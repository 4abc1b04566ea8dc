"""A bid came in while bids were taken.

Looks at the dates of bids in a tender whose period has an end: no bid is of a later day than the end, nor of an
earlier day than the start. Bids that were only invited are passed over. Not applicable where the period or the dates
are missing.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import bids_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("the tender period has no end, or no bid has a date")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of bids by the tender period."""
    period = index.tender.get("tenderPeriod")
    dated = [one for one in index.objects["Bid"] if one.get("date") and one.get("status") != "invited"]
    if type(period) is not dict or not period.get("endDate") or not dated:
        return _NONE
    start, end = period.get("startDate"), period["endDate"]
    failures = []
    for bid in dated:
        if is_day_before(end, bid["date"]):
            failures.append(Failure((bid, "date"), "is after the end of the tender period", bid["date"]))
        elif is_day_before(bid["date"], start):
            failures.append(Failure((bid, "date"), "is before the tender period begins", bid["date"]))
    return judged(failures)


CHECK = ReleaseCheck(judge=judge, needs=("Period/endDate", "Bid/date"), plain=bids_fit, caveat="dates")
