"""A digest of its own in a JSON object that nothing else vouches for: one altered byte of it is found by itself."""

from ocds_schema import json
from ocds_schema.json import Json

_NAME = "digest"
_KIND = "sha256:"


def stamped(body: Json) -> bytes:
    """Write an object with the SHA-256 of what it is without it; one that it has already is made anew."""
    rest = {name: value for name, value in body.items() if name != _NAME}
    return json.encode_pretty({**rest, _NAME: f"{_KIND}{json.digest(json.encode_pretty(rest))}"})


def is_untouched(data: bytes) -> bool:
    """Whether an object is as it was written with its digest, or has none: earlier versions of this program wrote none.

    What has the name or the value of a digest was written with one.
    """
    if is_stamped(data):
        return True
    try:
        body = json.decode(data)
        values = [each for each in body.values() if isinstance(each, str)]
    except (ValueError, AttributeError):
        return False
    return _NAME not in body and not any(each.startswith(_KIND) for each in values)


def is_stamped(data: bytes) -> bool:
    """Whether an object is, byte for byte, what was written with its digest."""
    try:
        return stamped(json.decode(data)) == data
    except (ValueError, AttributeError):
        return False
