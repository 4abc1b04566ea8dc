"""The party that a reference names as payer has the role `payer`.

Looks at references that lead to exactly one party: the code `payer` is among its `roles`. Not applicable where no
such reference leads to a party.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, has_role
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the roles of the parties that are referred to as payer."""
    return has_role(index, "payer")


CHECK = ReleaseCheck(judge=judge, needs=("payer", "Organization"), plain=SETTLED["payer"], caveat="parties")
