"""Nothing has happened after the release tells of it.

Looks at all dates of what has happened (`date`, `dateMet`, `dateModified`, `datePublished`, `dateSigned`): none is of
a later day than `date` of the release. Not applicable where the release has no other such date.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.plain import nothing_after
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("the release has no date, or nothing else in it has one")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of what has happened by the date of the release."""
    date = index.release.get("date")
    others = [one for one in index.sights("past_date") if one[1] is not index.release] if type(date) is str else ()
    if not others:
        return _NONE
    return judged(
        [
            Failure((owner, name), "is after the date of the release", value)
            for value, owner, name in others
            if is_day_before(date, value)
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Release/date",), plain=nothing_after, caveat="dates")
