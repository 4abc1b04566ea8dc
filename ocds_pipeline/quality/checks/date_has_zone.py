"""A date says in which zone it is.

Looks at every field that the standard declares as a date and time: it ends with Z or an offset such as +05:00.
Without a zone a deadline is uncertain by hours. A known fault of the former Kyrgyz publication, in complaints and
plans. Null is passed over.
"""

import re

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_ZONE = re.compile(r".*(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})", re.DOTALL)
_DAY = 10


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the zone of a date."""
    has_zone = type(value) is not str or (len(value) > _DAY and _ZONE.fullmatch(value[_DAY:]))
    return "" if has_zone else "has no zone, so it may be hours off"


CHECK = FieldCheck(group="date", wrong=wrong, caveat="dates")
