"""An award says who won.

Looks at awards that are active: those that are pending, cancelled or unsuccessful have no winner. A known fault of
the former Kyrgyz publication.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import awards_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every active award has suppliers."""
    return present(
        [one for one in index.objects["Award"] if one.get("status") == "active"],
        "suppliers",
        "is missing: who won is not told",
    )


CHECK = ReleaseCheck(judge=judge, needs=("Award/status",), plain=awards_fit, caveat="parties")
