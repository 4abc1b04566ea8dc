"""The ocid begins with the prefix that was issued to the publisher.

Looks at `ocid` of the release: it begins with the prefix of the source and a hyphen. Where the source has no prefix
yet, and so uses the placeholder, it begins with that: such data are marked as test data as a whole.
"""

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json


def wrong(value: Json, context: Context) -> str:
    """Say what is wrong with an ocid."""
    prefix = f"{context.ocid_prefix}-"
    if type(value) is str and value.startswith(prefix) and len(value) > len(prefix):
        return ""
    return f"does not begin with the publisher's prefix {prefix}"


CHECK = FieldCheck(group="ocid", wrong=wrong, caveat="identity")
