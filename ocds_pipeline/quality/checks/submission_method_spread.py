"""How often each method of submission is used.

Counts `tender/submissionMethod`, of which a tender may have several. The figures are shown, not judged.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code submissionMethod")


CHECK = DatasetCheck(start=start, needs=("Tender/submissionMethod",), caveat="codes")
