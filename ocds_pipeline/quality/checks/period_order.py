"""A period does not end before it begins.

Looks at `startDate`, `endDate` and `maxExtentDate` of every period. Not applicable where no period has a start and
one of the ends.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_before

_NONE = not_applicable("no period has both a start and an end")


def judge(index: Index, _: Context) -> Result:
    """Judge the order of start and end."""
    failures, seen = [], False
    for period in index.objects["Period"]:
        start = period.get("startDate")
        if start is None:
            continue
        for name in ("endDate", "maxExtentDate"):
            end = period.get(name)
            if end is not None:
                seen = True
                if is_before(end, start):
                    failures.append(Failure((period, name), "is before the period begins", end))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Period/startDate",), caveat="dates")
