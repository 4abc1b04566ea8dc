"""The statuses of tenders are those of a living system.

Counts `status`: `active` and `complete` are each between 0.1 and 99 % of all. A status that never changes tells
nothing. Not applicable to fewer than 100 codes.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no statuses."""
    return Codes("tender_status", ("active", "complete"))


CHECK = DatasetCheck(start=start, needs=("Tender/status",), caveat="codes")
