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
    dated = [one for one in index.objects["Amendment"] if one.get("date") is not None]
    if not dated:
        return _NONE
    begins = {index.place((one,)): one.get(name) for kind, name in _BEGINS for one in index.objects[kind]}
    period = index.tender.get("tenderPeriod")
    begins["tender",] = period.get("startDate") if type(period) is dict else None
    failures = []
    for amendment in dated:
        date, here = amendment["date"], index.place((amendment,))
        # An amendment stands in a list of the object that it amends, or, as before OCDS 1.1, in the object itself.
        owner = here[:-2] if type(here[-1]) is int else here[:-1]
        if is_day_before(date, begins.get(owner)):
            failures.append(Failure((amendment, "date"), "is before that which is amended was there", date))
        if is_day_before(index.release.get("date"), date):
            failures.append(Failure((amendment, "date"), "is after the date of the release", date))
    return judged(failures)


CHECK = ReleaseCheck(judge=judge, needs=("Amendment/date",), caveat="dates")
