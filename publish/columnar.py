"""Rows as columns: what is collected of many processes becomes Arrow batches of one declared schema.

Every cell is settled here, once, for all formats: a text without characters that no spreadsheet can hold and no longer
than a spreadsheet's cell, an amount written in full, a time as the portal wrote it. Formats only write down what they
are given, and so can be held against one another cell by cell.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter, itemgetter
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

_SPACE = 0x20
_NO_CHARACTER = re.compile(b"\xef\xbf[\xbe\xbf]")
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
    """Collects the rows of a table from one process after another.

    Cells are taken out of a process while it is at hand: so its memory is used again for the next one, which is what
    makes this fast.
    """

    def __init__(self, table: Table) -> None:
        """Begin with none."""
        self.table = table
        self.filled = dict.fromkeys(table.header, 0)
        self.rows = 0
        self._rows = table.rows
        self._cells = cells_of(table)
        self._columns: list[list[Any]] = [[] for _ in table.columns]
        self._schema = written_schema(table.columns)

    def add(self, process: Process) -> None:
        """Take the rows of a process."""
        rows = self._rows(process)
        if rows:
            self.extend(rows)

    def extend(self, rows: Iterable[Any]) -> None:
        """Take rows that no process gives."""
        for column, cells in zip(self._columns, zip(*map(self._cells, rows), strict=True), strict=False):
            column.extend(cells)

    @property
    def waiting(self) -> int:
        """How many rows wait for the next batch."""
        return len(self._columns[0])

    def batch(self) -> pa.RecordBatch:
        """Give the rows collected since the last batch."""
        columns, self._columns = self._columns, [[] for _ in self._columns]
        arrays = [_array(column, cells) for column, cells in zip(self.table.columns, columns, strict=True)]
        for column, array in zip(self.table.columns, arrays, strict=True):
            self.filled[column.name] += len(array) - array.null_count
        self.rows += len(columns[0])
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def cells_of(table: Table) -> Callable[[Any], tuple[Any, ...]]:
    """Give what takes all cells out of a row at once."""
    paths = [column.value for column in table.columns if isinstance(column.value, str)]
    ways = [column.value for column in table.columns if not isinstance(column.value, str)]
    simple = attrgetter(*paths)
    if not ways:
        return simple
    # The order in which they are found, and from it the order of the columns.
    found = [column.value for column in table.columns]
    order = itemgetter(*(_place(found, place, len(paths)) for place in range(len(found))))
    return lambda row: order((*simple(row), *[way(row) for way in ways]))


def _place(found: list[Any], place: int, paths: int) -> int:
    is_path = isinstance(found[place], str)
    before = sum(isinstance(each, str) is is_path for each in found[:place])
    return before if is_path else paths + before


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
    """Whether there is a control character, a line end, or U+FFFE or U+FFFF; a look at the bytes is cheap."""
    data = texts.buffers()[2]
    if not data:
        return False
    found = np.frombuffer(data, np.uint8)
    return bool(found.min() < _SPACE or _NO_CHARACTER.search(data))


def _cut(text: str | None) -> str | None:
    if text is None or len(text.encode("utf-16-le")) <= 2 * MOST_CHARACTERS:
        return text
    most = 2 * (MOST_CHARACTERS - len(CUT))
    return text.encode("utf-16-le")[:most].decode("utf-16-le", errors="ignore") + CUT


def _array(column: Column, cells: Sequence[Any]) -> pa.Array:
    match column.type:
        case "integer":
            return _integers(cells)
        case "amount" | "number":
            return _numbers(pa.array(map(bytes, cells), pa.binary(), size=len(cells)).cast(pa.string()))
        case "time":
            return _times(_texts(cells))
    return tidy(_texts(cells))


def _texts(cells: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except pa.ArrowTypeError:  # an id may be a number
        return pa.array([None if each is None else str(each) for each in cells], pa.string())


def _integers(cells: Sequence[int | None]) -> pa.Array:
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
