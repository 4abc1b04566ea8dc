"""A language is given by its two-letter code.

Looks at `language` of the release and of documents: it is a code of ISO 639-1, in small letters.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.plain import LANGUAGES
from ocds_schema.json import Json


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with a language."""
    return "" if type(value) is str and value in LANGUAGES else "is no two-letter code of a language, such as ru"


CHECK = FieldCheck(group="language", wrong=wrong, caveat="codes")
