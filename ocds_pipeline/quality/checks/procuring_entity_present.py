"""A tender names who runs it.

A known fault of the former Kyrgyz publication, in which the id of the procuring entity was overwritten by its name
and the object was lost.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the tender has a procuring entity."""
    return present(index.objects["Tender"], "procuringEntity", "is missing: nobody is named as running the tender")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="parties")
