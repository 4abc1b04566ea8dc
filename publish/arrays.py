"""Arrow's arrays and constants made of bytes and numbers that are at hand, without a look at each value.

Arrow loads pandas, which takes it a third of a second and 40 MB, before it turns the first value of Python's into its
own, only to see whether that value is one of pandas'. Made of buffers, none ever is.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocds_schema.errors import PublishError

SEPARATOR = b"\x1f"
"""What texts that are joined stand before; no cell of a table holds it."""
_QUOTE = ord('"')
_MOST_BYTES = 2**31 - 1


@cache
def constant(value: str | int | None) -> pa.Scalar:
    """Give a text, a whole number, or no text, as a value of Arrow's."""
    return indices([value])[0] if isinstance(value, int) else of_texts([value])[0]


def of_texts(cells: Sequence[str | None]) -> pa.Array:
    """Give texts as an array.

    Raises:
        PublishError: together they are longer than an array can be.
    """
    found = [(cell or "").encode() for cell in cells]
    data = b"".join(found)
    offsets = _offsets(len(found), data)
    np.cumsum(np.array([len(each) for each in found], np.int32), out=offsets[1:])
    is_there = np.array([cell is not None for cell in cells], bool)
    return with_nulls(pa.string(), is_there, [pa.py_buffer(offsets), pa.py_buffer(data)])


def _offsets(rows: int, data: bytes) -> Any:
    """Give room for where texts end; Arrow counts their bytes in 31 bits, and beyond that they would be mixed up."""
    if len(data) > _MOST_BYTES:
        raise PublishError(
            f"the texts of one column of {rows:,} rows take {len(data):,} bytes, and a table takes {_MOST_BYTES:,} "
            "at once: some of them cannot be right"
        )
    return np.zeros(rows + 1, np.int32)


def joined(*parts: pa.Array | str, between: str = "", nothing: str | None = None) -> pa.Array:
    """Join texts row by row, with some that all rows share.

    A text that is not there counts as `nothing`; without that, the whole row is not there.
    """
    pieces = [constant(part) if isinstance(part, str) else part for part in parts]
    if nothing is None:
        return pc.binary_join_element_wise(*pieces, constant(between))
    return pc.binary_join_element_wise(*pieces, constant(between), null_handling="replace", null_replacement=nothing)


def indices(numbers: Any) -> pa.Array:
    """Give numbers as places of rows."""
    places = np.ascontiguousarray(numbers, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)], 0)


def flags(found: Any) -> pa.Array:
    """Give what is true and what is not."""
    bits = pa.py_buffer(np.packbits(found, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(found), [None, bits], 0)


def are_true(found: pa.Array) -> Any:
    """Tell what is true, as numpy has it; nothing is not."""
    numbers = pc.fill_null(found, FALSE).cast(pa.uint8())
    return np.frombuffer(numbers.buffers()[1], np.uint8)[: len(found)].astype(bool)


def with_nulls(kind: pa.DataType, is_there: Any, buffers: Sequence[pa.Buffer]) -> pa.Array:
    """Give an array of buffers, in which some rows have nothing."""
    nothing = len(is_there) - int(np.count_nonzero(is_there))
    bits = pa.py_buffer(np.packbits(is_there, bitorder="little")) if nothing else None
    return pa.Array.from_buffers(kind, len(is_there), [bits, *buffers], nothing)


def ends(texts: pa.Array) -> Any:
    """Give where the first text begins and where each ends, in bytes of their buffer."""
    return np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]


def lengths(texts: pa.Array) -> Any:
    """Give how many bytes each text has."""
    found = ends(texts)
    return found[1:] - found[:-1]


def longest(texts: pa.Array) -> int:
    """Give how many bytes the longest text has."""
    return int(lengths(texts).max()) if len(texts) else 0


class NotQuotedError(ValueError):
    """A text does not stand in quotes."""


def parted(data: bytes, rows: int, *, is_quoted: bool = False) -> pa.Array:
    """Give texts before separators, without the quotes that each may stand in; an empty one as nothing.

    Raises:
        NotQuotedError: a text should stand in quotes, and does not begin with one.
        PublishError: together they are longer than an array can be.
    """
    codes = np.frombuffer(data, np.uint8)
    offsets = _offsets(rows, data)
    offsets[1:] = (codes == SEPARATOR[0]).nonzero()[0] + 1
    if is_quoted:
        first = codes[offsets[:-1]]
        if not ((first == _QUOTE) | (first == SEPARATOR[0])).all():
            raise NotQuotedError
    whole = pa.Array.from_buffers(pa.binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(data)], 0)
    cut = pc.binary_slice(whole, 1, -2) if is_quoted else pc.binary_slice(whole, 0, -1)
    return with_nulls(pa.string(), lengths(cut) > 0, cut.buffers()[1:])


TRUE, FALSE = flags(np.array([True, False]))
