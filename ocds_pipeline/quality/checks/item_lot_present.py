"""An item says to which lot it belongs.

Looks at the items of tenders that have lots. A known fault of the former Kyrgyz publication, counted by its users.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result

_ITEMS = (((), "tender"), "items")


def judge(index: Index, _: Context) -> Result:
    """Judge whether every item of a tender with lots has a lot."""
    return present(
        [sight for sight in index.objects["Item"] if sight[1][0] == _ITEMS and index.tender.get("lots")],
        "relatedLot",
        "is missing: to which lot the item belongs is not told",
    )


CHECK = ReleaseCheck(judge=judge, by_shape=True, caveat="lots")
