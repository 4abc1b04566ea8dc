"""The party that a reference names as payee has the role `payee`.

Looks at references that lead to exactly one party: the code `payee` is among its `roles`. Not applicable where no
such reference leads to a party.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, has_role
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the roles of the parties that are referred to as payee."""
    return has_role(index, "payee")


CHECK = ReleaseCheck(judge=judge, needs=("payee", "Organization"), plain=SETTLED["payee"], caveat="parties")
