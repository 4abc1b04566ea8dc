"""How often each type of document is used.

Counts `documentType` in all sections. The figures are shown, not judged.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code documentType")


CHECK = DatasetCheck(start=start, needs=("Document/documentType",), caveat="codes")
