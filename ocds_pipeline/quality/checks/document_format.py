"""The format of a document is a media type.

Looks at `format` of documents: `offline/print`, or a media type as RFC 6838 writes it, whose first part is one of
those that IANA has and whose second part is not one of the unregistered ones (`x-…`). Whether the second part is
registered is not looked up: the register changes every week.
"""

import re

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_TYPE = re.compile(
    r"(?:application|audio|font|example|haptics|image|message|model|multipart|text|video)"
    r"/(?!x-|x\.)[a-z0-9][a-z0-9!#$&^_.+-]{0,126}",
    re.IGNORECASE,
)


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with a format."""
    is_type = type(value) is str and (value == "offline/print" or _TYPE.fullmatch(value))
    return "" if is_type else "is no media type, such as application/pdf"


CHECK = FieldCheck(group="document_format", wrong=wrong, caveat="documents")
