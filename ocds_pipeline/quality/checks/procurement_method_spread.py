"""Open procurement is neither all nor nothing.

Counts `tender/procurementMethod`: `open` is between 0.1 and 99 % of all. Not applicable to fewer than 100 codes.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code method", ("open",))


CHECK = DatasetCheck(start=start, needs=("Tender/procurementMethod",), caveat="codes")
