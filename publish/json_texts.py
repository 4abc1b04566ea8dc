"""Texts as JSON writes them, made an array without being read one by one."""

import re

import pyarrow as pa

from ocds_schema import json
from publish.arrays import SEPARATOR, NotQuotedError, parted

NO_TEXT = "\ufffd"
"""What stands for a character that no format can hold."""
_IN_TEXTS = bytes.maketrans(b"\x01\x02", b'"\\')
_ESCAPES = (
    *((b"\\\\", b"\x02"), (b'\\"', b"\x01"), (b"\\/", b"/"), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t")),
    *((b"\\b", NO_TEXT.encode()), (b"\\f", NO_TEXT.encode())),
)
_BY_NUMBER = re.compile(rb"(?:\\u[0-9A-Fa-f]{4})+")
_SPECIAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\"\\]")


class NoTextError(Exception):
    """Something else stands where a text should: in which row, and what."""

    def __init__(self, row: int, cell: bytes) -> None:
        super().__init__(row, cell)
        self.row = row
        self.cell = cell


def parted_json(data: bytes, rows: int) -> pa.Array:
    """Give the texts of texts of JSON that were joined.

    Raises:
        NoTextError: one is no text.
    """
    has_escapes = b"\\" in data
    if has_escapes:
        data = _without_escapes(data)
    try:
        texts = parted(data, rows, is_quoted=True)
    except NotQuotedError:
        texts = parted(_without_nulls(data), rows, is_quoted=True)
    return _with_marks(texts) if has_escapes else texts


def _with_marks(texts: pa.Array) -> pa.Array:
    """Give texts with those quotes and backslashes that other characters stood for."""
    bits, offsets, content = texts.buffers()
    content = pa.py_buffer(content.to_pybytes().translate(_IN_TEXTS))
    return pa.Array.from_buffers(texts.type, len(texts), [bits, offsets, content], texts.null_count)


def _without_nulls(data: bytes) -> bytes:
    cells = [b"" if cell == b"null" else cell for cell in data.split(SEPARATOR)]
    for row, cell in enumerate(cells):
        if cell[:1] not in b'"':
            raise NoTextError(row, cell)
    return SEPARATOR.join(cells)


def _without_escapes(data: bytes) -> bytes:
    """Give texts of JSON without escapes; a quote and a backslash within them stand as characters that no text has."""
    for escape, character in _ESCAPES:
        data = data.replace(escape, character)
    return _BY_NUMBER.sub(_by_number, data) if b"\\u" in data else data


def _by_number(found: re.Match[bytes]) -> bytes:
    text = str(json.decode(b'"%b"' % found[0]))
    return _SPECIAL.sub(lambda each: {'"': "\x01", "\\": "\x02"}.get(each[0], NO_TEXT), text).encode()
