"""An amount is a real one, not a stand-in.

Looks at amounts of money: a number of six or more digits is not made up of nines only, or of 1234567 and so on.
Programs that prepare data for indicators take such amounts out.
"""

import re
from decimal import Decimal

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_STAND_IN = re.compile(r"9{6,}(?:\.(?:9+|0+))?|1234567(?:8(?:9(?:0)?)?)?(?:\.0+)?")
_LEAST, _BEYOND = 100_000, 10**40


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with an amount that stands for none."""
    if type(value) not in {int, Decimal} or not _LEAST <= value < _BEYOND:
        return ""
    # An integer that is formatted as a number with a fraction becomes a binary one, and loses digits.
    text = str(value) if type(value) is int else f"{value:f}"
    return "looks like a stand-in for an amount that is not known" if _STAND_IN.fullmatch(text) else ""


CHECK = FieldCheck(group="amount", wrong=wrong, caveat="amounts")
