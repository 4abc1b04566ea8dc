"""An e-mail address can be one.

Looks at `email` of contact points: one @ between a name and a domain with a dot, without spaces (after RFC 5322,
without its quoted names and comments). The address itself is never shown, because many are those of persons.
"""

import re

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with an e-mail address."""
    return "" if type(value) is str and _EMAIL.fullmatch(value.strip()) else "is no e-mail address"


CHECK = FieldCheck(group="email", wrong=wrong, caveat="contacts")
