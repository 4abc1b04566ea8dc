"""A milestone was neither met nor changed after the release tells of it.

Looks at `dateMet` and `dateModified` of milestones: neither is of a later day than `date` of the release. Not
applicable where no milestone has one of them.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("no milestone has a date on which it was met or changed")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of milestones by that of the release."""
    failures, seen = [], False
    date = index.release.get("date")
    for milestone in index.objects["Milestone"]:
        for name in ("dateMet", "dateModified"):
            if milestone.get(name) is not None:
                seen = True
                if is_day_before(date, milestone[name]):
                    failures.append(Failure((milestone, name), "is after the date of the release", milestone[name]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Milestone",), caveat="dates")
