"""The party that a reference names as tenderer has the role `tenderer`.

Looks at references that lead to exactly one party: the code `tenderer` is among its `roles`. Not applicable where no
such reference leads to a party.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, has_role
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the roles of the parties that are referred to as tenderer."""
    return has_role(index, "tenderer")


CHECK = ReleaseCheck(judge=judge, needs=("tenderer", "Organization"), plain=SETTLED["tenderer"], caveat="parties")
