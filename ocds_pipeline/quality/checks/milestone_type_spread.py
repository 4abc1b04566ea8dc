"""How often each type of milestone is used.

Counts `type` of milestones of the tender, its contracts and their implementation. The figures are shown, not judged.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code milestoneType")


CHECK = DatasetCheck(start=start, needs=("Milestone/type",), caveat="codes")
