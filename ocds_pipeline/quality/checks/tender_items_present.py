"""A tender says what is to be bought.

A known fault of the former Kyrgyz publication, counted by its users: tenders without items.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the tender has items."""
    return present(index.objects["Tender"], "items", "is missing: what is to be bought is not told")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="items")
