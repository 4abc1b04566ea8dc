"""An amount has no more digits than a cell of the tables holds.

Looks at amounts of money: at most 20 digits before the point and 18 after it. Of a longer one the cell is empty, and so
are sums with it; the control totals of the manifest count it all the same, and JSON Lines have every digit.
"""

from decimal import Decimal

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_BEFORE, _AFTER = 20, 18


def wrong(value: Json, _: Context) -> str:
    """Say where there are too many digits."""
    if type(value) not in {Decimal, int}:
        return ""
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if number.adjusted() < _BEFORE and isinstance(exponent, int) and exponent >= -_AFTER:
        return ""
    return f"has more than {_BEFORE} digits before the point or {_AFTER} after it: its cell in the tables is empty"


CHECK = FieldCheck(group="amount", wrong=wrong, caveat="amounts")
