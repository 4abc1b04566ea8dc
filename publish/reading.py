"""Tables read back from their files, batch by batch, as a reader of that format sees them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from publish.cells import RowsDigest
from publish.columnar import typed_schema, written_schema
from publish.delimited import FORMULA
from publish.tables import Table

Opened = Callable[[], BinaryIO]
Batches = Iterator[pa.RecordBatch]

_BLOCK_BYTES = 4 << 20
_ROWS = 20_000
_NUMBERS = frozenset({"amount", "number"})


def digest_of(table: Table, form: str, opened: Opened) -> tuple[int, str]:
    """Read a table in a format and give its rows and their digest.

    Raises:
        ValueError: the file is not what this format and this table are.
    """
    digest = RowsDigest(table.columns)
    for batch in READERS[form](table, opened):
        digest.add(batch)
    return digest.rows, digest.hexdigest()


def read_csv(table: Table, opened: Opened) -> Batches:
    """Give the rows of plain CSV."""
    for batch in _delimited(table, opened, ","):
        arrays = [
            _undefused(array) if column.type == "text" else array
            for column, array in zip(table.columns, batch.columns, strict=True)
        ]
        yield _written(table, arrays)


def read_excel_csv(table: Table, opened: Opened) -> Batches:
    """Give the rows of CSV for Excel."""
    for batch in _delimited(table, opened, ";"):
        arrays = []
        for column, array in zip(table.columns, batch.columns, strict=True):
            if column.type in _NUMBERS:
                arrays.append(pc.replace_substring(_unguarded(array), ",", "."))
            else:
                arrays.append(_undefused(_unguarded(array)) if column.type == "text" else array)
        yield _written(table, arrays)


def read_parquet(table: Table, opened: Opened) -> Batches:
    """Give the rows of Parquet."""
    with local(opened) as path, parquet.ParquetFile(path) as file:
        if file.schema_arrow.remove_metadata() != typed_schema(table.columns):
            raise ValueError(f"the columns are {file.schema_arrow.remove_metadata()}")
        yield from file.iter_batches(batch_size=_ROWS)


def _delimited(table: Table, opened: Opened, delimiter: str) -> Batches:
    header = list(table.header)
    with opened() as stream:
        reader = csv.open_csv(
            pa.PythonFile(stream, "r"),
            read_options=csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
        if reader.schema.names != header:
            raise ValueError(f"the columns are {', '.join(reader.schema.names)}")
        yield from reader


def _written(table: Table, arrays: list[pa.Array]) -> pa.RecordBatch:
    schema = written_schema(table.columns)
    cast = [array.cast(field.type) for array, field in zip(arrays, schema, strict=True)]
    return pa.RecordBatch.from_arrays(cast, schema=schema)


def _undefused(texts: pa.Array) -> pa.Array:
    found = pc.match_substring_regex(texts, FORMULA.replace("^", "^'", 1))
    return pc.if_else(found, pc.utf8_slice_codeunits(texts, 1), texts)


def _unguarded(texts: pa.Array) -> pa.Array:
    found = pc.match_substring_regex(texts, '(?s)^=".*"$')
    inner = pc.replace_substring(pc.utf8_slice_codeunits(texts, 2, -1), '""', '"')
    return pc.if_else(found, inner, texts)


class local:  # noqa: N801 - used as a function
    """Give a path for what can be opened; a copy where it is no file of this machine."""

    def __init__(self, opened: Opened) -> None:
        """Open it."""
        self._opened = opened
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        """Give the path."""
        stream = self._opened()
        with stream:
            name = getattr(stream, "name", None)
            if isinstance(name, str) and Path(name).is_file():
                return Path(name)
            self._folder = tempfile.TemporaryDirectory()
            path = Path(self._folder.name) / "file"
            with path.open("wb") as copy:
                shutil.copyfileobj(stream, copy, _BLOCK_BYTES)
            return path

    def __exit__(self, *_: object) -> None:
        """Remove the copy."""
        if self._folder is not None:
            self._folder.cleanup()


READERS: Mapping[str, Callable[[Table, Opened], Batches]] = {
    "csv": read_csv,
    "excel-csv": read_excel_csv,
    "parquet": read_parquet,
    "parquet-by-supplier": read_parquet,
}
"""How each format is read."""
