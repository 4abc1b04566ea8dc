"""A code is one of its codelist.

Looks at every field that has a codelist, closed or open, and at each code where a field holds several. Codes that a
publisher adds to an open list are known where an extension of ours declares them. A known fault of the former Kyrgyz
publication, whose awards were `rejected` and whose parties were `complainer`.
"""

from collections.abc import Iterator
from itertools import chain

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fields import codes, holds_several
from ocds_pipeline.quality.index import FieldSight, Index
from ocds_pipeline.quality.plain import Glance, Values
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the release has no codes")
_LISTS = frozenset({list})


def judge(index: Index, _: Context) -> Result:
    """Judge the codes of a release."""
    failures, seen = [], False
    for group, known in codes():
        if index.fields[group]:
            seen = True
            failures += [failure for sight in index.sights(group) for failure in _wrong(sight, known, group)]
    return judged(failures) if seen else _NONE


def _are_known(values: Values, _: Context) -> bool:
    """Tell whether all codes are known."""
    try:
        for group, known in codes():
            if not (some := values[group]):
                continue
            if not holds_several(group):
                if not known.issuperset(some):
                    return False
            elif not _LISTS.issuperset(map(type, some)) or not known.issuperset(chain.from_iterable(some)):
                return False
    except TypeError:
        return False
    return True


def _wrong(sight: FieldSight, known: frozenset[str], group: str) -> Iterator[Failure]:
    value, owner, name = sight
    reason = f"is no code of {group.removeprefix('code ')}"
    if type(value) is list:
        for at, code in enumerate(value):
            if type(code) is not str or code not in known:
                yield Failure((owner, name, at), reason, code)
    elif type(value) is not str or value not in known:
        yield Failure((owner, name), reason, value)


_GLANCE = Glance(tuple(group for group, _ in codes()), _are_known)

CHECK = ReleaseCheck(judge=judge, glance=_GLANCE, needs=("Release",), caveat="codes")
