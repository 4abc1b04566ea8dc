"""How often each relation between processes is used.

Counts `relationship` of related processes, of which each may have several. The figures are shown, not judged.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code relatedProcess")


CHECK = DatasetCheck(start=start, needs=("RelatedProcess/relationship",), caveat="codes")
