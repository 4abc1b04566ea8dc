"""The release says in which language its texts are.

A known fault of the former Kyrgyz publication.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the release tells its language."""
    return present(index.objects["Release"], "language", "is missing: the language of the texts is not told")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="texts")
