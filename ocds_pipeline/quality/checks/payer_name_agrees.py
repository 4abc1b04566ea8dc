"""A reference to the payer gives the name that the party itself has.

Looks at references with a name that lead to exactly one party with a name: the two are the same, letter for letter.
Names are not shown in the results, because some are those of persons.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.references import SETTLED, name_agrees
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge the names in references to the payer."""
    return name_agrees(index, "payer")


CHECK = ReleaseCheck(judge=judge, needs=("payer/name", "Organization/name"), plain=SETTLED["payer"], caveat="parties")
