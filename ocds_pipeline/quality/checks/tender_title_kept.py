"""A tender keeps its title.

Looks at `tender/title` of a process in the previous edition and in this one: they are the same but for capitals,
spaces and punctuation. Another title under the same ocid is mostly another tender. Not applicable where one of them
has no title.
"""

import re

from ocds_pipeline.quality.check import TimeCheck
from ocds_pipeline.quality.result import PASS, Failure, Result, not_applicable
from ocds_schema.json import Json

_NONE = not_applicable("the process is gone, or has no title now or had none before")
_NOT_A_WORD = re.compile(r"[\W_]+")


def judge(before: Json, after: Json | None) -> Result:
    """Judge the title of a tender by the one it had."""
    was, now = _title(before), _title(after)
    if was is None or now is None:
        return _NONE
    if was == now or _words(was) == _words(now):
        return PASS
    failure = Failure(("tender", "title"), "is not the title that the tender had in the previous edition", now)
    return Result("fail", failures=[failure])


def _title(release: Json | None) -> str | None:
    tender = release.get("tender") if type(release) is dict else None
    title = tender.get("title") if type(tender) is dict else None
    return title if type(title) is str else None


def _words(title: str) -> str:
    return _NOT_A_WORD.sub("", title.casefold())


CHECK = TimeCheck(judge=judge, caveat="history")
