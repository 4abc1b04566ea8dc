"""In a list no two members have the same id.

Looks at every list of objects, parties included: 1 and "1" are the same id. Two members with one id are merged into
one when releases are compiled, so that one of them is lost. Not applicable where no list has two members.
"""

from collections.abc import Iterator
from typing import Any

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no list has two members")


def judge(index: Index, _: Context) -> Result:
    """Judge the ids in every list."""
    failures: list[Failure] = []
    seen = False
    for members in index.lists:
        count = len(members)
        if count > 1:
            seen = True
            try:
                is_plain = len({str(member["id"]) for member in members}) == count
            except (KeyError, TypeError):
                is_plain = False
            if not is_plain:
                failures += _again(members)
    return judged(failures) if seen else _NONE


def _again(members: list[Any]) -> Iterator[Failure]:
    before: set[str] = set()
    for member in members:
        key = str(member["id"]) if type(member) is dict and member.get("id") is not None else None
        if key in before:
            yield Failure((member, "id"), "is the id of an earlier member of the list", member["id"])
        elif key is not None:
            before.add(key)


CHECK = ReleaseCheck(judge=judge, caveat="references")
