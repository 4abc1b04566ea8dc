"""What is amended was there before.

Looks at `date` of amendments: none is of an earlier day than the start of the tender period, the date of the award or
the signature of the contract that it amends, nor of a later day than `date` of the release. Not applicable where no
amendment has a date.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("no amendment has a date")
_BEGINS = (("Award", "date"), ("Contract", "dateSigned"))


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of amendments by what they amend."""
    dated = [sight for sight in index.objects["Amendment"] if sight[0].get("date") is not None]
    if not dated:
        return _NONE
    begins = {trail: value.get(name) for kind, name in _BEGINS for value, trail in index.objects[kind]}
    period = index.tender.get("tenderPeriod")
    begins[(), "tender"] = period.get("startDate") if type(period) is dict else None
    failures = []
    for amendment, trail in dated:
        date = amendment["date"]
        # An amendment stands in a list of the object that it amends, or, as before OCDS 1.1, in the object itself.
        owner = trail[0][0] if type(trail[1]) is int else trail[0]
        if is_day_before(date, begins.get(owner)):
            failures.append(Failure((trail, "date"), "is before that which is amended was there", date))
        if is_day_before(index.release.get("date"), date):
            failures.append(Failure((trail, "date"), "is after the date of the release", date))
    return judged(failures)


CHECK = ReleaseCheck(judge=judge, needs=("Amendment/date",), caveat="dates")
