"""A quantity is a number.

Looks at quantities, durations in days and numbers of tenderers: none is a text such as "1000". Null is passed over. A
known fault of the former Kyrgyz publication, in the conditions of contracts.
"""

from decimal import Decimal

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_NUMBERS = frozenset({int, Decimal})


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the type of a number."""
    return "" if type(value) in _NUMBERS else "is not a number"


CHECK = FieldCheck(group="count", wrong=wrong, caveat="amounts")
