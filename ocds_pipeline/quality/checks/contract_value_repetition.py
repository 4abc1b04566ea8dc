"""No amount is that of a tenth of all contracts.

Looks at the three most frequent amounts, with their currencies. An amount that comes again and again is mostly a
stand-in. Not applicable to fewer than 100 values.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Repetition


def start(_: Context) -> Repetition:
    """Begin with no contracts."""
    return Repetition("Contract")


CHECK = DatasetCheck(start=start, needs=("Contract/value",), caveat="amounts")
