"""Whatever is related to a lot is related to a lot that is there.

Looks at `relatedLot` and `relatedLots` of items, bids, awards, documents, milestones and statistics: each is the id
of one of the lots of the tender. A known fault of the former Kyrgyz publication, where bids held whole objects
instead of ids. Not applicable where nothing is related to a lot.
"""

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import At, Failure, Result, judged, not_applicable
from ocds_schema.json import Json

_ID = itemgetter("id")
_TEXTS, _LISTS = frozenset({str}), frozenset({list})
_NONE = not_applicable("nothing in the release is related to a lot")


def judge(index: Index, _: Context) -> Result:
    """Judge the relations to lots."""
    related = list(_related(index))
    if not related:
        return _NONE
    lots = index.by_id("Lot")
    reason = "is the id of no lot"
    return judged([Failure(at, reason, key) for key, at in related if type(key) is dict or str(key) not in lots])


def plain(index: Index, _: Context) -> bool:
    """Tell whether all are related to lots that are there."""
    single, several = index.fields["related_lot"], index.fields["related_lots"]
    try:
        lots = frozenset(map(_ID, index.objects["Lot"]))
        return (
            bool(single or several)
            and all(several)
            and _TEXTS.issuperset(map(type, lots))
            and _LISTS.issuperset(map(type, several))
            and lots.issuperset(chain(single, *several))
        )
    except (KeyError, TypeError):
        return False


def _related(index: Index) -> Iterator[tuple[Json, At]]:
    for value, owner, name in index.sights("related_lot"):
        yield value, (owner, name)
    for several, owner, name in index.sights("related_lots"):
        for position, key in enumerate(several if type(several) is list else ()):
            yield key, (owner, name, position)


CHECK = ReleaseCheck(judge=judge, plain=plain, caveat="lots")
