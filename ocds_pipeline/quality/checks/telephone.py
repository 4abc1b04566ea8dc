"""A telephone number can be one.

Looks at `telephone` and `faxNumber` of contact points: 5 to 15 digits (the most that ITU-T E.164 has), with nothing
but spaces, brackets, hyphens, points and a leading plus among them, and an extension at the end. Several numbers in
one field, of no more than 200 characters together, are each looked at. The number itself is never shown, because many
are those of persons.
"""

import re

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_SEVERAL = re.compile(r"[,;/]")
_EXTENSION = re.compile(r"(?:доб|вн|ішкі|ext|x)[^0-9]*[0-9]{1,6}$", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9 ()./\u00a0\u2010-\u2015-]+")
_FEWEST, _MOST = 5, 15
_LONGEST = 200


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with a telephone number."""
    numbers = _SEVERAL.split(value) if type(value) is str and len(value) <= _LONGEST else ["?"]
    return "" if all(map(_is_number, numbers)) else "is no telephone number"


def _is_number(text: str) -> bool:
    bare = _EXTENSION.sub("", text.strip()).strip(" ,.(")
    return bool(_NUMBER.fullmatch(bare)) and _FEWEST <= sum(map(str.isdigit, bare)) <= _MOST


CHECK = FieldCheck(group="telephone", wrong=wrong, caveat="contacts")
