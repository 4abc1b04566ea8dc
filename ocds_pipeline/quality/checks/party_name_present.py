"""Every party has a name.

A known fault of the former Kyrgyz publication, which gave the legal name but no `name`.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every party has a name."""
    return present(index.objects["Organization"], "name", "is missing: the party has no name")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="parties")
