"""Rows as columns: what is collected of many processes becomes Arrow batches of one declared schema.

Every cell is settled here, once, for all formats: a text without characters that no spreadsheet can hold and no longer
than a spreadsheet's cell, an amount written in full, a time as the portal wrote it. Formats only write down what they
are given, and so can be held against one another cell by cell.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
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
_BETWEEN = b"\x1f"
_TURNED_ROWS = 500
_FIRST_OF_NUMBERS, _LAST_OF_NUMBERS, _SHORT = ord("-"), ord("9"), 19
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
        self._order = order_of(table)
        self._waiting: list[tuple[Any, ...]] = []
        self._schema = written_schema(table.columns)

    def add(self, process: Process) -> None:
        """Take the rows of a process."""
        self._waiting.extend(map(self._cells, self._rows(process)))

    def extend(self, rows: Iterable[Any]) -> None:
        """Take rows that no process gives."""
        self._waiting.extend(map(self._cells, rows))

    @property
    def waiting(self) -> int:
        """How many rows wait for the next batch."""
        return len(self._waiting)

    def batch(self) -> pa.RecordBatch:
        """Give the rows collected since the last batch."""
        rows, self._waiting = self._waiting, []
        cells = _turned(rows, len(self._order))
        arrays = [_array(column, cells[place]) for column, place in zip(self.table.columns, self._order, strict=True)]
        for column, array in zip(self.table.columns, arrays, strict=True):
            self.filled[column.name] += len(array) - array.null_count
        self.rows += len(rows)
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _turned(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Give the columns of rows; some rows at a time, so that what is read once need not be fetched again."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for start in range(0, len(rows), _TURNED_ROWS):
        for column, cells in zip(columns, zip(*rows[start : start + _TURNED_ROWS], strict=True), strict=True):
            column.extend(cells)
    return columns


def cells_of(table: Table) -> Callable[[Any], tuple[Any, ...]]:
    """Give what takes all cells out of a row at once: first those found by a path, then those found in a way."""
    paths = [column.value for column in table.columns if isinstance(column.value, str)]
    ways = [column.value for column in table.columns if not isinstance(column.value, str)]
    simple = attrgetter(*paths)
    match ways:
        case []:
            return simple
        case [way]:
            return lambda row: (*simple(row), way(row))
        case [one, other]:
            return lambda row: (*simple(row), one(row), other(row))
    return lambda row: (*simple(row), *[way(row) for way in ways])


def order_of(table: Table) -> list[int]:
    """Give the place of each column's cell among those that `cells_of` gives."""
    by_path = [isinstance(column.value, str) for column in table.columns]
    found = [place for is_path in (True, False) for place, each in enumerate(by_path) if each is is_path]
    return [found.index(place) for place in range(len(found))]


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
    """Give texts that every format can hold: a line ends in LF, what is no character is U+FFFD, none is too long."""
    if _is_untidy(texts):
        texts = pc.replace_substring_regex(texts, pattern=r"\r\n?", replacement="\n")
        texts = pc.replace_substring_regex(texts, pattern=_UNSAFE, replacement="\ufffd")
    if pc.any(pc.greater(pc.binary_length(texts), MOST_CHARACTERS)).as_py():
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
            return _numbers(_joined(_BETWEEN.join(cells), cells))
        case "time":
            return _times(_texts(cells))
    return tidy(_texts(cells))


def _texts(cells: Sequence[Any]) -> pa.Array:
    try:
        return _joined("\x1f".join(["" if each is None else each for each in cells]).encode(), cells)
    except TypeError:  # an id may be a number
        return _texts([None if each is None else str(each) for each in cells])


def _joined(data: bytes, cells: Sequence[Any]) -> pa.Array:
    """Give cells that were joined as texts, an empty one as nothing; several times faster than one after the other."""
    rows = len(cells)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _BETWEEN[0])
    if len(ends) != max(rows - 1, 0):  # a cell holds what should stand between them
        return _one_by_one(cells)
    content = data.replace(_BETWEEN, b"")
    offsets = np.zeros(rows + 1, np.int32)
    if rows:
        offsets[1:rows] = ends - np.arange(rows - 1)
        offsets[rows] = len(content)
    buffers = [pa.py_buffer(offsets), pa.py_buffer(content)]
    return _with_nulls(pa.string(), np.diff(offsets) > 0, buffers)


def _one_by_one(cells: Sequence[Any]) -> pa.Array:
    texts = [each if each is None or isinstance(each, str) else bytes(each).decode() for each in cells]
    return pa.array([text or None for text in texts], pa.string())


def _with_nulls(kind: pa.DataType, is_there: Any, buffers: Sequence[pa.Buffer]) -> pa.Array:
    nothing = len(is_there) - int(np.count_nonzero(is_there))
    bits = pa.py_buffer(np.packbits(is_there, bitorder="little")) if nothing else None
    return pa.Array.from_buffers(kind, len(is_there), [bits, *buffers], nothing)


def _integers(cells: Sequence[int | None]) -> pa.Array:
    try:
        numbers = np.array([0 if each is None else each for each in cells], np.int64)
    except OverflowError:
        return _integers([each if each is None or abs(each) < _BEYOND else None for each in cells])
    return _with_nulls(pa.int64(), np.array([each is not None for each in cells], bool), [pa.py_buffer(numbers)])


def _numbers(texts: pa.Array) -> pa.Array:
    """Give numbers written in full; what no decimal of the schema can hold is left out, as is what is no number."""
    if _are_plain(texts):
        return texts
    fits = pc.match_substring_regex(texts, _NUMBER)
    if not pc.all(fits).as_py():
        cells = [_in_full(text) for text in texts.to_pylist()]
        texts = pa.array(cells, pa.string())
        fits = pc.match_substring_regex(texts, _NUMBER)
        texts = pc.if_else(fits, texts, pa.scalar(None, pa.string()))
    return texts


def _are_plain(texts: pa.Array) -> bool:
    """Whether all are short and of signs, points and digits alone: of JSON texts, those are numbers in full."""
    _, offsets, data = texts.buffers()
    if not data:
        return True
    found = np.frombuffer(data, np.uint8)
    is_short = np.diff(np.frombuffer(offsets, np.int32)).max() <= _SHORT
    return bool(is_short and found.min() >= _FIRST_OF_NUMBERS and found.max() <= _LAST_OF_NUMBERS)


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
