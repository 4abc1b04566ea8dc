"""Values as the portal's pages write them: ids and times."""

import re

from ocds_schema.json import Json

LACKING = "page/"
"""What names of what is missing begin with, where the portal did not have a page of it."""

_WHOLE = re.compile(r"[0-9]{1,18}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def whole(value: Json) -> str | None:
    """Give a positive id without leading zeros, or nothing where it is none."""
    text = value.strip() if isinstance(value, str) else ""
    return str(int(text)) if _WHOLE.fullmatch(text) and int(text) else None


def moment(value: Json) -> str:
    """Give a time of the portal's clock, which compares as text, or an empty text where it is none."""
    text = value.strip() if isinstance(value, str) else ""
    return text if _MOMENT.fullmatch(text) else ""
