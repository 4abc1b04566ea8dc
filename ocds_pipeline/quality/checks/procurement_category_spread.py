"""Not nearly everything is of one procurement category.

Counts `tender/mainProcurementCategory`: no code is more than 95 % of all. Not applicable to fewer than 100 codes.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code procurementCategory", bound=0.95)


CHECK = DatasetCheck(start=start, needs=("Tender/mainProcurementCategory",), caveat="codes")
