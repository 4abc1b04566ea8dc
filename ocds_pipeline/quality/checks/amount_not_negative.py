"""An amount is not below zero.

Looks at amounts of money. Texts are passed over.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.money import is_number
from ocds_schema.json import Json


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the sign of a number."""
    return "is below zero" if is_number(value) and value < 0 else ""


CHECK = FieldCheck(group="amount", wrong=wrong, caveat="amounts")
