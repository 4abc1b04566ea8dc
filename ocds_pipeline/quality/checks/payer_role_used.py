"""Every party with the role `payer` is referred to as payer.

A role that nothing in the release refers to says that somebody took part, but not in what. Not applicable where no
party has the role.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, role_used
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether the role `payer` is used."""
    return role_used(index, "payer")


CHECK = ReleaseCheck(
    judge=judge, needs=("Organization/roles",), plain=SETTLED["payer"], alike="codes, idle", caveat="parties"
)
