"""The statuses of awards are those of a living system.

Counts `status`: `active` is between 0.1 and 99 % of all. A status that never changes tells nothing. Not applicable to
fewer than 100 codes.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no statuses."""
    return Codes("code awardStatus", ("active",))


CHECK = DatasetCheck(start=start, needs=("Award/status",), caveat="codes")
