"""An amount has no more digits after the point than money has.

Looks at amounts of money: at most four digits after the point, zeros at the end left out. More is the noise of a
program that reckoned with binary fractions, as in 0.10000000149011612. A known fault of the former Kyrgyz
publication.
"""

from decimal import Context as Wide
from decimal import Decimal

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_MOST = 4
_FINEST = Decimal(1).scaleb(-_MOST)
_WIDE = Wide(prec=1_000, traps=[])


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the digits after the point."""
    # Decimal's own rounding fails where an amount has more than 28 digits.
    if type(value) is not Decimal or value == value.quantize(_FINEST, context=_WIDE):
        return ""
    return f"has more than {_MOST} digits after the point: the noise of binary fractions"


CHECK = FieldCheck(group="amount", wrong=wrong, caveat="amounts")
