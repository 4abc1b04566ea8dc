"""The process has a buyer.

Without a buyer nobody can be asked, and no purchase can be added up by who paid for it. A known fault of the former
Kyrgyz publication, which named buyers only by a role among the parties.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the release names its buyer."""
    return present(index.objects["Release"], "buyer", "is missing: nobody is named as the buyer")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="parties")
