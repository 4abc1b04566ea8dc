"""The only reader and writer of JSON: amounts keep every digit, members come in one order.

A number with a fraction or an exponent is read as `Decimal` and written digit for digit; an integer of any size
stays an integer. Plain `json` would turn 123456789012345678.91 into 123456789012345680.
"""

import hashlib
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

Json = Any
Text = msgspec.Raw
"""JSON that has not been read: `bytes()` gives its text."""


_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")
_MEMBERS = msgspec.json.Decoder(dict[str, Text])
_BOM = b"\xef\xbb\xbf"


def decode(data: bytes | str | Text) -> Json:
    """Read one JSON text; a byte-order mark before it is passed over.

    Raises:
        ValueError: the text is not JSON. (msgspec's own error is a ValueError.)
    """
    if isinstance(data, bytes) and data.startswith(_BOM):
        data = data[len(_BOM) :]
    return _DECODER.decode(data)


def members(data: bytes) -> dict[str, Text]:
    """Part an object into its members without reading them; several times faster than reading it.

    Raises:
        ValueError: the text is not a JSON object.
    """
    return _MEMBERS.decode(data)


def encode(value: Json) -> bytes:
    """Write canonical JSON: members sorted, no spaces, UTF-8, decimals as they were written."""
    return _ENCODER.encode(value)


def encode_pretty(value: Json) -> bytes:
    """Write JSON for people: members sorted, two spaces, a newline at the end."""
    return msgspec.json.format(_ENCODER.encode(value), indent=2) + b"\n"


def digest(data: bytes) -> str:
    """Give the SHA-256 of some bytes, in 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def member(data: bytes, name: str) -> Json:
    """Give one member of the object that is a JSON text, the others unread.

    Raises:
        KeyError: the object has no such member.
        ValueError: the text is not a JSON object.
    """
    found = _picker(name).decode(data).value
    if found is msgspec.UNSET:
        raise KeyError(name)
    return _DECODER.decode(found)


@cache
def _picker(name: str) -> msgspec.json.Decoder[Any]:
    """Give a decoder that passes over all members but one; the fastest way to a key."""
    fields = [("value", Text | msgspec.UnsetType, msgspec.field(default=msgspec.UNSET, name=name))]
    return msgspec.json.Decoder(msgspec.defstruct("Picked", fields))
