"""Rows as columns: what is collected of many processes becomes Arrow batches of one declared schema.

Every cell is settled here, once, for all formats: a text without characters that no spreadsheet can hold and no longer
than a spreadsheet's cell, an amount written in full, a time as the portal wrote it. Formats only write down what they
are given, and so can be held against one another cell by cell.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Raw

from ocds_schema.errors import PublishError
from publish.arrays import SEPARATOR, constant, indices, longest, of_texts, parted, with_nulls
from publish.formats import plain
from publish.json_texts import NO_TEXT, NoTextError, parted_json
from publish.rows import Process
from publish.tables import OWN, Cell, Column, Table, Type, is_own

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
_BETWEEN = SEPARATOR.decode()
_BODIES = attrgetter("bodies")
_PROCESSES = 32
"""Processes whose rows are at hand at once."""
_FIRST_OF_NUMBERS, _LAST_OF_NUMBERS, _SHORT = ord("-"), ord("9"), 19
_NUMBER = r"^-?[0-9]{1,20}(\.[0-9]{1,18})?$"
_TO_THE_SECOND = len("2026-01-01T00:00:00+05:00")
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

    Cells are taken out of some processes at a time, column by column: few enough that they are still at hand, and
    their memory is used again for the next ones, which is what makes this fast. What the rows of a part share is
    taken once, and repeated in the end. `waiting` is how many rows wait for the next batch.
    """

    def __init__(self, table: Table) -> None:
        """Begin with none."""
        self.table = table
        self.filled = dict.fromkeys(table.header, 0)
        self.rows = 0
        self.waiting = 0
        self._rows = table.rows
        self._fresh: list[Any] = []
        self._processes = 0
        self._lengths: list[int] = []
        self._cells = [_CELLS[column.type]() for column in table.columns]
        self._is_shared = [table.in_parts and not is_own(column) for column in table.columns]
        found = list(zip(self._is_shared, table.columns, self._cells, strict=True))
        self._shared = [(_way(column.value), cells.add) for is_shared, column, cells in found if is_shared]
        self._own = [(_way(_path(table, column)), cells.add) for is_shared, column, cells in found if not is_shared]
        self._schema = written_schema(table.columns)

    def add(self, process: Process) -> int:
        """Take the rows of a process, and say how many they are."""
        rows = self._rows(process)
        self._fresh += rows
        found = sum(_lengths(rows)) if self.table.in_parts else len(rows)
        self.waiting += found
        self._processes += 1
        if self._processes == _PROCESSES:
            self._take()
        return found

    def extend(self, rows: Sequence[Any]) -> None:
        """Take rows that no process gives."""
        self._fresh += rows
        self.waiting += len(rows)

    def batch(self) -> pa.RecordBatch:
        """Give the rows collected since the last batch.

        Raises:
            PublishError: a cell is no text, which no validated release can have.
        """
        self._take()
        lengths, self._lengths = self._lengths, []
        parts = indices(np.repeat(np.arange(len(lengths)), np.array(lengths, np.int64)))
        arrays: list[pa.Array] = []
        for column, is_shared, cells in zip(self.table.columns, self._is_shared, self._cells, strict=True):
            try:
                arrays.append(cells.array(len(lengths)).take(parts) if is_shared else cells.array(self.waiting))
            except NoTextError as error:
                of = arrays[0][error.row].as_py() if arrays else "a compiled release"
                raise PublishError(
                    f"{of} cannot be put into tables: {self.table.name}.{column.name}: {error.cell[:200]!r} is no text"
                ) from None
        for column, array in zip(self.table.columns, arrays, strict=True):
            self.filled[column.name] += len(array) - array.null_count
        self.rows += self.waiting
        self.waiting = 0
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _take(self) -> None:
        self._processes = 0
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        for way, add in self._shared:
            add(way(fresh))
        if self.table.in_parts:
            self._lengths += _lengths(fresh)
            fresh = list(chain.from_iterable(map(_BODIES, fresh)))
        for way, add in self._own:
            add(way(fresh))


def _lengths(parts: Iterable[Any]) -> Iterable[int]:
    return map(len, map(_BODIES, parts))


def _path(table: Table, column: Column) -> str | Cell:
    """Give how a cell is found in its row."""
    return column.value.removeprefix(OWN) if table.in_parts and isinstance(column.value, str) else column.value


def _way(value: str | Cell) -> Callable[[Sequence[Any]], list[Any]]:
    """Give how the cells of a column are found in rows.

    A path of members becomes a function of its own: written out, it takes half the time of an `attrgetter`, whatever
    its length. Paths are those of the tables' declarations.
    """
    if not isinstance(value, str):
        return lambda rows: list(map(value, rows))
    assert all(name.isidentifier() for name in value.split("."))  # noqa: S101
    found: Callable[[Sequence[Any]], list[Any]] = eval(f"lambda rows: [row.{value} for row in rows]")  # noqa: S307
    return found


class _Cells(Protocol):
    """The cells of a column, until they are made an array."""

    def add(self, cells: Sequence[Any]) -> None: ...

    def array(self, rows: int) -> pa.Array: ...


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
    if longest(times) > _TO_THE_SECOND:  # finer than a second, maybe finer than can be told
        times = pc.replace_substring_regex(times, pattern=r"(\.\d{6})\d+", replacement=r"\1")
    return times.cast(MOMENT)


def tidy(texts: pa.Array) -> pa.Array:
    """Give texts that every format can hold: a line ends in LF, what is no character is U+FFFD, none is too long."""
    if _is_untidy(texts):
        texts = pc.replace_substring_regex(texts, pattern=r"\r\n?", replacement="\n")
        texts = pc.replace_substring_regex(texts, pattern=_UNSAFE, replacement="\ufffd")
    if longest(texts) > MOST_CHARACTERS:
        texts = of_texts([_cut(text) for text in texts.to_pylist()])
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


class _Texts:
    """Texts, joined some at a time: several times faster than one after the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._is_json = False

    def add(self, cells: Sequence[Any]) -> None:
        if type(cells[0]) is Raw:
            self._is_json = True
            self._parts.append(SEPARATOR.join(cells))
        else:
            self._parts.append(_joined(cells))

    def array(self, rows: int) -> pa.Array:
        return tidy(self.parted(rows))

    def parted(self, rows: int) -> pa.Array:
        data, self._parts = _whole(self._parts), []
        return parted_json(data, rows) if self._is_json else parted(data, rows)


class _Times(_Texts):
    def array(self, rows: int) -> pa.Array:
        return _times(self.parted(rows))


class _Numbers:
    """Numbers as JSON writes them, joined as texts are."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def add(self, cells: Sequence[bytes | Raw]) -> None:
        self._parts.append(SEPARATOR.join(cells))

    def array(self, rows: int) -> pa.Array:
        data, self._parts = _whole(self._parts), []
        return _numbers(parted(data, rows))


class _Integers:
    def __init__(self) -> None:
        self._cells: list[int | None] = []

    def add(self, cells: Sequence[int | None]) -> None:
        self._cells += cells

    def array(self, _rows: int) -> pa.Array:
        cells, self._cells = self._cells, []
        return _integers(cells)


_CELLS: Mapping[Type, Callable[[], _Cells]] = {
    "text": _Texts,
    "time": _Times,
    "amount": _Numbers,
    "number": _Numbers,
    "integer": _Integers,
}


def _joined(cells: Sequence[str | int | None]) -> bytes:
    try:
        text = _BETWEEN.join(cells)  # type: ignore[arg-type] # what is no text is met below
    except TypeError:  # an id may be a number, or not be there
        if cells.count(None) == len(cells):
            return _BETWEEN.encode() * (len(cells) - 1)
        text = _BETWEEN.join([each if type(each) is str else "" if each is None else str(each) for each in cells])
    if text.count(_BETWEEN) >= len(cells):  # a cell holds what should stand between them, and no format can
        text = _BETWEEN.join(["" if each is None else str(each).replace(_BETWEEN, NO_TEXT) for each in cells])
    return text.encode()


def _whole(parts: Sequence[bytes]) -> bytes:
    """Join what was joined, with a separator after the last cell too."""
    return SEPARATOR.join([*parts, b""])


def _integers(cells: Sequence[int | None]) -> pa.Array:
    try:
        numbers = np.array([0 if each is None else each for each in cells], np.int64)
    except OverflowError:
        return _integers([each if each is None or abs(each) < _BEYOND else None for each in cells])
    return with_nulls(pa.int64(), np.array([each is not None for each in cells], bool), [pa.py_buffer(numbers)])


def _numbers(texts: pa.Array) -> pa.Array:
    """Give numbers written in full; what no decimal of the schema can hold is left out, as is what is no number."""
    if _are_plain(texts):
        return texts
    fits = pc.match_substring_regex(texts, _NUMBER)
    if not pc.all(fits).as_py():
        cells = [_in_full(text) for text in texts.to_pylist()]
        texts = of_texts(cells)
        fits = pc.match_substring_regex(texts, _NUMBER)
        texts = pc.if_else(fits, texts, constant(None))
    return texts


def _are_plain(texts: pa.Array) -> bool:
    """Whether all are short and of signs, points and digits alone: of JSON texts, those are numbers in full."""
    data = texts.buffers()[2]
    if not data:
        return True
    found = np.frombuffer(data, np.uint8)
    return bool(longest(texts) <= _SHORT and found.min() >= _FIRST_OF_NUMBERS and found.max() <= _LAST_OF_NUMBERS)


def _in_full(text: str | None) -> str | None:
    if not text or not ("e" in text or "E" in text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:  # no number, such as `true`
        return None
    return plain(number) if abs(number.adjusted()) < _LARGE else None


def _times(texts: pa.Array) -> pa.Array:
    """Give times that can be told; another text, which no valid release has, is left out."""
    try:
        moments(texts)
    except pa.ArrowInvalid:
        cells = [text if text and _TIME.fullmatch(text) and _is_moment(text) else None for text in texts.to_pylist()]
        return of_texts(cells)
    return texts


def _is_moment(text: str) -> bool:
    try:
        moments(of_texts([text]))
    except pa.ArrowInvalid:
        return False
    return True
