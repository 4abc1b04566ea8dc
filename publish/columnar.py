"""Rows as columns: what is collected of many processes becomes Arrow batches of one declared schema.

Every cell is settled here, once, for all formats: a text without characters that no spreadsheet can hold and no longer
than a spreadsheet's cell, an amount written in full, a time as the portal wrote it. Formats only write down what they
are given, and so can be held against one another cell by cell.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publish.formats import plain
from publish.rows import Process
from publish.tables import Column, Table

MOMENT = pa.timestamp("us", tz="UTC")
NUMBER = pa.decimal128(38, 18)
"""Up to 20 digits before the point and 18 after it; a portal's own floating-point tails fit."""
MOST_CHARACTERS = 32_000
"""Of a cell's text, in UTF-16 units; a spreadsheet takes 32,767."""
CUT = " […]"

_SPACE, _LAST_PLANE = 0x20, 0xEF
_UNSAFE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_BEYOND = 1 << 63
_LARGE = 40
_NUMBER = r"^-?[0-9]{1,20}(\.[0-9]{1,18})?$"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def written_schema(columns: Sequence[Column]) -> pa.Schema:
    """Give the schema of batches as they are collected: whole numbers, and texts for all else."""
    return pa.schema([(each.name, pa.int64() if each.type == "integer" else pa.string()) for each in columns])


def typed_schema(columns: Sequence[Column]) -> pa.Schema:
    """Give the schema of Parquet files: decimals for amounts and numbers, moments in UTC for times."""
    kinds = {"text": pa.string(), "integer": pa.int64(), "amount": NUMBER, "number": NUMBER, "time": MOMENT}
    return pa.schema([(each.name, kinds[each.type]) for each in columns])


class Collector:
    """Collects the rows of a table from one process after another."""

    def __init__(self, table: Table) -> None:
        """Begin with none."""
        self.table = table
        self.filled = dict.fromkeys(table.header, 0)
        self.rows = 0
        self._rows: list[Any] = []
        self._schema = written_schema(table.columns)

    def add(self, process: Process) -> None:
        """Take the rows of a process."""
        self._rows.extend(self.table.rows(process))

    def extend(self, rows: Iterable[Any]) -> None:
        """Take rows that no process gives."""
        self._rows.extend(rows)

    @property
    def waiting(self) -> int:
        """How many rows wait for the next batch."""
        return len(self._rows)

    def batch(self) -> pa.RecordBatch:
        """Give the rows collected since the last batch."""
        rows, self._rows = self._rows, []
        arrays = [_array(column, rows) for column in self.table.columns]
        for column, array in zip(self.table.columns, arrays, strict=True):
            self.filled[column.name] += len(array) - array.null_count
        self.rows += len(rows)
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def typed(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    """Give a batch with decimals and moments in place of their texts."""
    schema = typed_schema(columns)
    arrays = [
        moments(array) if field.type == MOMENT else array.cast(field.type)
        for array, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def moments(times: pa.Array) -> pa.Array:
    """Give the moments of times as they are written."""
    if pc.any(pc.greater(pc.binary_length(times), 25)).as_py():  # finer than a second, maybe finer than can be told
        times = pc.replace_substring_regex(times, pattern=r"(\.\d{6})\d+", replacement=r"\1")
    return times.cast(MOMENT)


def tidy(texts: pa.Array) -> pa.Array:
    """Give texts that every format can hold: an empty one is nothing, a line ends in LF, others are no characters."""
    sizes = pc.binary_length(texts)
    if pc.any(pc.equal(sizes, 0)).as_py():
        texts = pc.if_else(pc.equal(sizes, 0), pa.scalar(None, pa.string()), texts)
    if _is_untidy(texts):
        texts = pc.replace_substring_regex(texts, pattern=r"\r\n?", replacement="\n")
        texts = pc.replace_substring_regex(texts, pattern=_UNSAFE, replacement="\ufffd")
    if pc.any(pc.greater(sizes, MOST_CHARACTERS)).as_py():
        texts = pa.array([_cut(text) for text in texts.to_pylist()], pa.string())
    return texts


def _is_untidy(texts: pa.Array) -> bool:
    """Whether there may be a control character, or one that begins as U+FFFE does; a look at the bytes is cheap."""
    data = texts.buffers()[2]
    if data is None:
        return False
    found = np.frombuffer(data, np.uint8)
    return bool((found < _SPACE).any() or (found == _LAST_PLANE).any())


def _cut(text: str | None) -> str | None:
    if text is None or len(text.encode("utf-16-le")) <= 2 * MOST_CHARACTERS:
        return text
    most = 2 * (MOST_CHARACTERS - len(CUT))
    return text.encode("utf-16-le")[:most].decode("utf-16-le", errors="ignore") + CUT


def _array(column: Column, rows: Sequence[Any]) -> pa.Array:
    cells = map(column.value, rows)
    match column.type:
        case "integer":
            return _integers(list(cells))
        case "amount" | "number":
            return _numbers(_texts([str(each, "ascii") for each in map(bytes, cells)]))
        case "time":
            return _times(_texts(list(cells)))
    return tidy(_texts(list(cells)))


def _texts(cells: list[Any]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except pa.ArrowTypeError:  # an id may be a number
        return pa.array([None if each is None else str(each) for each in cells], pa.string())


def _integers(cells: list[int | None]) -> pa.Array:
    try:
        return pa.array(cells, pa.int64())
    except OverflowError:
        return pa.array([each if each is None or abs(each) < _BEYOND else None for each in cells], pa.int64())


def _numbers(texts: pa.Array) -> pa.Array:
    """Give numbers written in full; what no decimal of the schema can hold is left out, as is what is no number."""
    fits = pc.match_substring_regex(texts, _NUMBER)
    if not pc.all(fits).as_py():
        cells = [_in_full(text) for text in texts.to_pylist()]
        texts = pa.array(cells, pa.string())
        fits = pc.match_substring_regex(texts, _NUMBER)
        texts = pc.if_else(fits, texts, pa.scalar(None, pa.string()))
    return texts


def _in_full(text: str | None) -> str | None:
    if not text or not ("e" in text or "E" in text):
        return text
    number = Decimal(text)
    return plain(number) if abs(number.adjusted()) < _LARGE else None


def _times(texts: pa.Array) -> pa.Array:
    """Give times that can be told; another text, which no valid release has, is left out."""
    try:
        moments(texts)
    except pa.ArrowInvalid:
        cells = [text if text and _TIME.fullmatch(text) and _is_moment(text) else None for text in texts.to_pylist()]
        return pa.array(cells, pa.string())
    return texts


def _is_moment(text: str) -> bool:
    try:
        moments(pa.array([text]))
    except pa.ArrowInvalid:
        return False
    return True
