"""How often each of the award criteria is used.

Counts `tender/awardCriteria`. The figures are shown, not judged.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code awardCriteria")


CHECK = DatasetCheck(start=start, needs=("Tender/awardCriteria",), caveat="codes")
