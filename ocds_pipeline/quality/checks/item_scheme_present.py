"""The classification of an item says from which catalogue it is.

A code such as 30236000 means nothing without its scheme. Not applicable where no classification has an id.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every classification with an id has a scheme."""
    return present(
        [one for one in index.objects["Classification"] if one.get("id") is not None],
        "scheme",
        "is missing: from which catalogue the code is, is not told",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="items")
