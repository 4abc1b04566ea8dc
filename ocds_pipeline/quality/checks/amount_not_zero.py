"""An amount is not zero.

Looks at amounts of money. A zero mostly stands for an amount that is not known, and pulls every average down. A known
fault of the former Kyrgyz publication, whose lots had the amount 0 where the source had none.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.money import is_number
from ocds_schema.json import Json


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with a zero."""
    return "is zero, which mostly stands for an amount that is not known" if is_number(value) and value == 0 else ""


CHECK = FieldCheck(group="amount", wrong=wrong, caveat="amounts")
