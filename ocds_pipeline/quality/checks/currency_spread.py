"""How often each currency is used.

Counts `currency` of all amounts. The figures are shown, not judged; two currencies in one process are the check
`currencies_agree`.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.spreads import Codes


def start(_: Context) -> Codes:
    """Begin with no codes."""
    return Codes("code currency")


CHECK = DatasetCheck(start=start, needs=("Value/currency",), caveat="amounts")
