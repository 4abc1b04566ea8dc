"""The scheme of an identifier is a register that org-id.guide knows.

Looks at `scheme` of every identifier: it is a code of org-id.guide, of which
`ocds_pipeline/quality/tables/organization_schemes.csv` has those of Kazakhstan, Kyrgyzstan, Tajikistan, Ukraine,
Azerbaijan and Russia, and the international ones. Of other countries only the form is judged: the country's two
letters, a hyphen, a name.
"""

import re
from functools import cache

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.limits import rows
from ocds_schema.json import Json

_FORM = re.compile(r"[A-Z]{2}-[A-Z0-9_-]+")


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with a scheme."""
    schemes, countries = _known()
    if type(value) is str and (value in schemes or (_FORM.fullmatch(value) and value[:2] not in countries)):
        return ""
    return "is not a register that org-id.guide knows"


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    table = list(rows("organization_schemes"))
    return frozenset(row["scheme"] for row in table), frozenset(row["country"] for row in table)


CHECK = FieldCheck(group="scheme", wrong=wrong, caveat="parties")
