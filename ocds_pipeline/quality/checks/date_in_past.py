"""A date of what has happened lies in the past.

Looks at `date`, `dateMet`, `dateModified`, `datePublished` and `dateSigned`: none is after the moment that the data
speak for, with a day to spare for zones. Null and what is no date are passed over.
"""

from datetime import datetime, timedelta

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.times import moment
from ocds_schema.json import Json

_SPARE = timedelta(days=1)


def wrong(value: Json, context: Context) -> str:
    """Say what is wrong with a date of what has happened."""
    found = moment(value) if type(value) is str else None
    return "lies in the future" if found is not None and found > context.as_of + _SPARE else ""


def until(value: Json) -> datetime | None:
    """Tell from when on a date that lies in the future does so no more."""
    found = moment(value) if type(value) is str else None
    return None if found is None else found - _SPARE


CHECK = FieldCheck(group="past_date", wrong=wrong, caveat="dates", until=until)
