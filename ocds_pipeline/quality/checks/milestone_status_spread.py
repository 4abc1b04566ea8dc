"""The statuses of milestones are those of a living system.

Counts `status`: `met` is between 0.1 and 99 % of all. A status that never changes tells nothing. Not applicable to
fewer than 100 codes.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no statuses."""
    return Codes("code milestoneStatus", ("met",))


CHECK = DatasetCheck(start=start, needs=("Milestone/status",), caveat="codes")
