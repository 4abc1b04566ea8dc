"""The two spellings of the portal's fields: snake_case over REST, camelCase over GraphQL."""

import re
from functools import cache

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_ODD = {"sum1": "sum_1", "sum2": "sum_2", "sum3": "sum_3", "level": "level_"}


@cache
def snake(name: str) -> str:
    """The REST spelling of a GraphQL field."""
    return _ODD.get(name) or _CAPITAL.sub("_", name).lower()
