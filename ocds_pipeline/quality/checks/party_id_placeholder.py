"""The id of a party is a real number, not a stand-in.

Looks at the ids of parties and of references to them: they are not made up of zeros or nines only, nor words that
stand for nothing. Programs that prepare data for indicators take such ids out, because all who have one would be
taken for the same party.
"""

import re

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_STAND_IN = re.compile(r"(?:[A-Z]{2}-[A-Z0-9]+-)?(?:0+|9{4,}|1{6,}|null|none|n/?a|нет|-+)", re.IGNORECASE)


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the id of a party."""
    return "stands for no number: all who have it are taken for one party" if _STAND_IN.fullmatch(str(value)) else ""


CHECK = FieldCheck(group="party_id", wrong=wrong, caveat="parties")
