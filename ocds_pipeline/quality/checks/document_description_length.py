"""The description of a document is short.

Looks at `description` of documents: it has at most 250 characters. More than that is usually the document itself.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_MOST = 250


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with the length of a description."""
    return f"has {len(value)} characters, more than {_MOST}" if type(value) is str and len(value) > _MOST else ""


CHECK = FieldCheck(group="document_description", wrong=wrong, caveat="documents")
