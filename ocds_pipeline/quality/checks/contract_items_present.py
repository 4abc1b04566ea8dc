"""A contract says what is bought.

A known fault of the former Kyrgyz publication. Contracts of which nothing is left but the id are passed over.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_bare, present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every contract has items."""
    return present(
        [one for one in index.objects["Contract"] if not is_bare(one)],
        "items",
        "is missing: what is bought is not told",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="items")
