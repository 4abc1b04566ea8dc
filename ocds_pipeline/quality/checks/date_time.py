"""A date is a date and time with a zone, in a year that public procurement may plausibly know.

Looks at every field that the standard declares as a date and time: it is written as RFC 3339 has it, such as
2024-03-01T09:30:00+05:00, is a day of the calendar, and lies in the years 1990 to 2049. Null is passed over.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.times import FIRST_YEAR, LAST_YEAR, moment, year
from ocds_schema.json import Json


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with a date."""
    if type(value) is not str or moment(value) is None:
        return "is not a date and time with a zone, such as 2024-03-01T09:30:00+05:00"
    if not FIRST_YEAR <= year(value) <= LAST_YEAR:
        return f"is not in the years {FIRST_YEAR} to {LAST_YEAR}"
    return ""


CHECK = FieldCheck(group="date", wrong=wrong, caveat="dates")
