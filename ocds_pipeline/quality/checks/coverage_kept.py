"""A field is filled about as often as before.

Compares how often each field holds something with the previous edition, where at least 100 objects could have it: the
share has not fallen by more than five percentage points. A field that empties from one day to the next is mostly a
change of the portal that nobody noticed.
"""

from ocds_pipeline.quality.check import FiguresCheck
from ocds_pipeline.quality.result import PASS, Failure, Result, not_applicable
from ocds_schema.json import Json

_NONE = not_applicable("no field was filled in enough objects in both editions")
_FEWEST = 100
_FALL = 0.05


def judge(before: Json, now: Json) -> Result:
    """Judge the coverage of every field by the coverage it had."""
    was, is_now = (figures["coverage"]["fields"] for figures in (before, now))
    shared = [
        path for path in sorted(was) if _share(was[path]) is not None and _share(_parent(path, is_now)) is not None
    ]
    if not shared:
        return _NONE
    failures = []
    for path in shared:
        old, new = _share(was[path]) or 0.0, _share(_parent(path, is_now)) or 0.0
        if old - new > _FALL:
            reason = f"is filled in {new:.1%} of the objects, and was in {old:.1%} in the previous edition"
            failures.append(Failure(tuple(path.split("/")), reason))
    return Result("fail", failures=failures) if failures else PASS


def _parent(path: str, fields: Json) -> Json:
    """Give the figures of a field; where it is nowhere set any more, those of a field that no object has filled."""
    if path in fields:
        return fields[path]
    prefix = path.rpartition("/")[0]
    beside = (figures["of"] for other, figures in fields.items() if other.rpartition("/")[0] == prefix)
    return {"of": next(beside, 0), "filled": 0}


def _share(figures: Json) -> float | None:
    return figures["filled"] / figures["of"] if figures["of"] >= _FEWEST else None


CHECK = FiguresCheck(judge=judge, caveat="history")
