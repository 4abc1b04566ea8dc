"""An item says to which lot it belongs.

Looks at the items of tenders that have lots. A known fault of the former Kyrgyz publication, counted by its users.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every item of a tender with lots has a lot."""
    items = members(index.tender, "items") if index.tender.get("lots") else ()
    return present(items, "relatedLot", "is missing: to which lot the item belongs is not told")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="lots")
