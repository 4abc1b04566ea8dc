"""Tables as CSV: plain for programs, and another for a double click in Excel.

Plain CSV is that of RFC 4180: UTF-8 without a byte-order mark, commas, CR LF; texts in quotes, so that an empty cell
is nothing and not an empty text. Excel's is what a Russian Windows reads rightly: a byte-order mark, or Cyrillic turns
into nonsense, semicolons, commas in numbers. There is no line `sep=;`: Excel would forget the mark.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from publish.arrays import are_true, constant, ends, flags, indices, joined
from publish.columnar import written_schema
from publish.formats import FORMULA, OpenFile, Written
from publish.sinks import Sink
from publish.tables import Column

_BOM = b"\xef\xbb\xbf"
_LOOSE = r"^[\s\d.,:/+\-eE%()'$\x{a0}]*\d[\s\d.,:/+\-eE%()'$\x{a0}]*$"
_DATED = r"(?i)^\d{1,4}[\s.\-]*[a-zа-я]{3,9}[\s.\-]*\d{0,4}$|^[a-zа-я]{3,9}[\s.\-]+\d{1,4}$"
_DOUBLED = '""'
_DIGITS = 15
_NUMBERS = frozenset({"amount", "number"})


def _among(first: bytes) -> Any:
    """Give which bytes are among some."""
    found = np.zeros(256, bool)
    found[list(first)] = True
    return found


# Bytes beyond ASCII are the first ones of other spaces and of full-width signs.
_IS_BEGINNING = _among(b"'=+-@\t\n \xc2\xe3\xef")
_IS_DIGIT = _among(b"0123456789")
_IS_LOOSE = _among(b" \t\n\f\r0123456789.,:/+-eE%()'$\xc2")


class CsvTable(OpenFile):
    """A table as CSV, written batch by batch; a text that looks like a formula begins with an apostrophe."""

    _delimiter = ","

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        """Open the file and write its header."""
        super().__init__(path)
        self._columns = columns
        self._begin()
        options = csv.WriteOptions(delimiter=self._delimiter, eol="\r\n", quoting_header="none")
        self._writer = csv.CSVWriter(pa.PythonFile(Sink(self), "w"), written_schema(columns), write_options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""
        arrays = [self._shown(column, array) for column, array in zip(self._columns, batch.columns, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=batch.schema))
        self.rows += len(batch)

    def finish(self, content_digest: str) -> Written:
        """Close the file and say what it is."""
        self._writer.close()
        # It holds this file, and this file it: Python sees no such ring in Arrow, and would keep both for ever.
        del self._writer
        return self.written(content_digest)

    def _begin(self) -> None:
        """Write what comes before the header."""

    def _shown(self, column: Column, array: pa.Array) -> pa.Array:
        return defused(array) if column.type == "text" else array


class ExcelCsvTable(CsvTable):
    """A table as CSV for Excel: a text that Excel would take for a number or a date stands as the formula `="text"`."""

    _delimiter = ";"

    def _begin(self) -> None:
        self.put(_BOM)

    def _shown(self, column: Column, array: pa.Array) -> pa.Array:
        if column.type == "text":
            return guarded(defused(array))
        return _with_commas(array) if column.type in _NUMBERS else array


def defused(texts: pa.Array) -> pa.Array:
    """Put an apostrophe before texts that a spreadsheet would take for formulas, also where it has some already."""
    if not _may_be_formulas(texts):
        return texts
    found = pc.match_substring_regex(texts, FORMULA)
    return pc.if_else(found, joined("'", texts), texts)


def _may_be_formulas(texts: pa.Array) -> bool:
    """Whether any text begins as a formula may; a look at the first bytes is cheap."""
    return bool(_IS_BEGINNING[_bytes_at(texts, ends(texts)[:-1])].any())


def guarded(texts: pa.Array) -> pa.Array:
    """Make constants of texts that a spreadsheet would take for numbers or dates: `="007"` stays `007`."""
    bounds = ends(texts)
    first, last = _bytes_at(texts, bounds[:-1]), _bytes_at(texts, np.maximum(bounds[1:] - 1, 0))
    places = np.flatnonzero(_IS_LOOSE[first] | _IS_DIGIT[last])  # others are neither
    some = texts.take(indices(places))
    found = pc.or_(pc.match_substring_regex(some, _LOOSE), pc.match_substring_regex(some, _DATED))
    if not pc.any(found).as_py():
        return texts
    is_guarded = np.zeros(len(texts), bool)
    is_guarded[places] = are_true(found)
    return pc.if_else(flags(is_guarded), joined('="', pc.replace_substring(texts, '"', _DOUBLED), '"'), texts)


def _bytes_at(texts: pa.Array, places: Any) -> Any:
    """Give the bytes at some places of texts, and another one beyond their end, where only an empty text can begin."""
    data = texts.buffers()[2]
    return np.frombuffer(data, np.uint8).take(places, mode="clip") if data else np.zeros(len(texts), np.uint8)


def _with_commas(numbers: pa.Array) -> pa.Array:
    """Give numbers with decimal commas; one of more digits than Excel keeps stands as a text."""
    digits = pc.utf8_length(pc.replace_substring_regex(numbers, r"^-?0*\.?0*|\.", ""))
    shown = pc.replace_substring(numbers, ".", ",")
    return pc.if_else(pc.greater(digits, constant(_DIGITS)), joined('="', shown, '"'), shown)
