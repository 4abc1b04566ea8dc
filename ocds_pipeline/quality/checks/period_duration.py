"""The days that a period is said to last are those from its start to its end.

Looks at every period with `durationInDays`, a start and an end: the whole days between them, or one more where both
days are counted. Where the end does not agree, `maxExtentDate` may. Not applicable where no period has all three.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import moment
from ocds_schema.json import Json

_NONE = not_applicable("no period has a start, an end and a duration")


def judge(index: Index, _: Context) -> Result:
    """Judge the durations of periods."""
    failures, seen = [], False
    for period in index.objects["Period"]:
        days = period.get("durationInDays")
        if type(days) is not int:
            continue
        spans = [_days(period.get("startDate"), period.get(name)) for name in ("endDate", "maxExtentDate")]
        known = [span for span in spans if span is not None]
        seen = seen or bool(known)
        if known and not any(span <= days <= span + 1 for span in known):
            reason = f"is not the {known[0]} days from the start of the period to its end"
            failures.append(Failure((period, "durationInDays"), reason, days))
    return judged(failures) if seen else _NONE


def _days(start: Json, end: Json) -> int | None:
    begins = moment(start) if type(start) is str else None
    ends = moment(end) if type(end) is str else None
    return (ends - begins).days if begins and ends else None


CHECK = ReleaseCheck(judge=judge, needs=("Period/durationInDays",), caveat="dates")
