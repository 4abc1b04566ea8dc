"""A digest of its own in a JSON object that nothing else vouches for: one altered byte of it is found by itself."""

from ocds_schema import json
from ocds_schema.json import Json

_NAME = "digest"


def stamped(body: Json) -> bytes:
    """Write an object with the SHA-256 of what it is without it; one that it has already is made anew."""
    rest = {name: value for name, value in body.items() if name != _NAME}
    return json.encode_pretty({**rest, _NAME: f"sha256:{json.digest(json.encode_pretty(rest))}"})


def is_stamped(data: bytes) -> bool:
    """Whether an object is, byte for byte, what was written with its digest."""
    try:
        return stamped(json.decode(data)) == data
    except (ValueError, AttributeError):
        return False
