"""An id is a text.

Looks at the ids of tender, awards, contracts, bids, lots, items, parties and references to them: each is a text. OCDS
allows whole numbers too, but where one side writes 1 and the other "1", programs do not find one by the other. A
known fault of the former Kyrgyz publication, which mixed both.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the type of an id."""
    return "" if type(value) is str else "is not a text: ids written in two ways do not meet"


CHECK = FieldCheck(group="id", wrong=wrong, caveat="references")
