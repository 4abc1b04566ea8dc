"""The address of a document is one that a browser can open.

Looks at `url` of documents: it begins with http:// or https://, names a host, and has no space in it. Whether
somebody answers there is the check `document_url_answers`.
"""

import re

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

_URL = re.compile(r"https?://(?=[^\s/?#]*[^\s/?#.])\S+", re.IGNORECASE)


def wrong(value: Json, _: Context) -> str:
    """Say what is wrong with an address."""
    return "" if type(value) is str and _URL.fullmatch(value) else "is no address that a browser can open"


CHECK = FieldCheck(group="document_url", wrong=wrong, caveat="documents")
