"""A tender has lots.

A known fault of the former Kyrgyz publication, counted by its users. Lots come with an extension: a publisher that
uses none fails throughout.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the tender has lots."""
    return present(index.objects["Tender"], "lots", "is missing: the tender has no lots")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="lots")
