"""The largest hundredth of the tenders is not worth more than all the others.

Looks at the values of tenders, each currency for itself where it has at least 100 of them. A few amounts that
outweigh all others are mostly typing errors. The sums are exact; of the class of amounts that the hundredth cuts, all
within one percent of each other, the mean is taken.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Amounts


def start(_: Context) -> Amounts:
    """Begin with no tenders."""
    return Amounts("Tender")


CHECK = DatasetCheck(start=start, needs=("Tender/value",), caveat="amounts")
