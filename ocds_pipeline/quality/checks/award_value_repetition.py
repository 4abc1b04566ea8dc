"""No amount is that of a tenth of all awards.

Looks at the three most frequent amounts, with their currencies. An amount that comes again and again is mostly a
stand-in. Not applicable to fewer than 100 values.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Repetition


def start(_: Context) -> Repetition:
    """Begin with no awards."""
    return Repetition("Award")


CHECK = DatasetCheck(start=start, needs=("Award/value",), caveat="amounts")
