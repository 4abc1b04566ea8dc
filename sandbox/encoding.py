"""JSON as the stand-ins write it: amounts keep every digit."""

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """Write a value; a Decimal goes out as a JSON number, digit for digit."""
    return _ENCODER.encode(value)
