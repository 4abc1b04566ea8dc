"""A quantity is not below zero.

Looks at quantities, durations in days and numbers of tenderers. Texts are passed over.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.money import is_number
from ocds_schema.json import Json


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the sign of a number."""
    return "is below zero" if is_number(value) and value < 0 else ""


CHECK = FieldCheck(group="count", wrong=wrong, caveat="amounts")
