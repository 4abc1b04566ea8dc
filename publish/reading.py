"""Tables read back from their files, batch by batch, as a reader of that format sees them."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from publish.cells import RowsDigest
from publish.columnar import typed_schema, written_schema
from publish.findings import Findings
from publish.formats import FORMULA
from publish.spreadsheet import sheets
from publish.tables import Table
from publish.year_tables import ALL_TABLES

Opened = Callable[[], BinaryIO]
Batches = Iterator[pa.RecordBatch]

_BLOCK_BYTES = 4 << 20
_ROWS = 20_000
_NUMBERS = frozenset({"amount", "number"})


def digest_of(table: Table, form: str, opened: Opened) -> RowsDigest:
    """Read a table in a format and give the digest of its rows.

    Raises:
        ValueError: the file is not what this format and this table are.
    """
    digest = RowsDigest()
    for batch in READERS[form](table, opened):
        digest.add(table.columns, batch)
    return digest


def compare_table(
    table: Table, form: str, opened: Opened, expected: RowsDigest, *, key: str, findings: Findings
) -> bool:
    """Note where a table in a format has not the rows that it should have, and say whether it has; `key` names it."""
    try:
        found = digest_of(table, form, opened)
    except (ValueError, OSError, ArithmeticError) as error:
        findings.add(key, f"{table.name} as {form}", f"{type(error).__name__}: {error}")
        return True
    findings.compare(key, "rows:", expected.rows, found.rows)
    if found.total != expected.total and form != "csv":
        findings.add(key, f"{table.name} with the digest {expected.hexdigest()}", found.hexdigest())
    return found == expected


def compare_books(books: Mapping[str, Opened], expected: Mapping[str, RowsDigest], findings: Findings) -> None:
    """Note where the workbooks of a year have not the rows that they should have together."""
    found = {name: RowsDigest() for name in expected}
    key = ""
    try:
        for key, opened in books.items():  # noqa: B007 - the finding names it
            with local(opened) as path:
                for _, table, batches in sheets(path, ALL_TABLES):
                    for batch in batches:
                        found[table.name].add(table.columns, batch)
    except (ValueError, OSError, ArithmeticError, LookupError) as error:
        findings.add(key, "a workbook", f"{type(error).__name__}: {error}")
        return
    for name, digest in expected.items():
        findings.compare(key, f"rows of {name}:", digest.rows, found[name].rows)
        findings.compare(key, f"{name} with the digest", digest.hexdigest(), found[name].hexdigest())


def compare_database(
    opened: Opened,
    expected: Mapping[str, RowsDigest],
    *,
    key: str,
    findings: Findings,
    after: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Note where the SQLite file of a source has not the rows that all years have together.

    Of a table as many rows as `after` says are passed over, which were there before and compared then; `expected` are
    the digests of the others.
    """
    with local(opened) as path:
        for table in ALL_TABLES:
            passed = after.get(table.name, 0)
            try:
                found = RowsDigest()
                for batch in read_sqlite(table, path, passed):
                    found.add(table.columns, batch)
                there = _rows_in(table, path) - found.rows
            except (ValueError, sqlite3.Error, ArithmeticError) as error:
                findings.add(key, f"the table {table.name}", f"{type(error).__name__}: {error}")
                continue
            wanted = expected[table.name]
            findings.compare(key, f"rows of {table.name} before the new ones:", passed, there)
            findings.compare(key, f"rows of {table.name}:", wanted.rows, found.rows)
            findings.compare(key, f"{table.name} with the digest", wanted.hexdigest(), found.hexdigest())


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


def read_sqlite(table: Table, path: Path, after: int = 0) -> Batches:
    """Give the rows of a table of the SQLite file at a path, those with a number after a given one."""
    numbers = {place for place, column in enumerate(table.columns) if column.type in _NUMBERS}
    schema = written_schema(table.columns)
    names = ", ".join(f'"{name}"' for name in table.header)
    with _read_only(path) as connection:
        cursor = connection.execute(f'SELECT {names} FROM "{table.name}" WHERE rowid > ?', (after,))  # noqa: S608 - ours
        while rows := cursor.fetchmany(_ROWS):
            columns = list(zip(*rows, strict=True))
            arrays = [
                pa.array([_in_full(cell) for cell in cells] if place in numbers else cells, field.type)
                for place, (cells, field) in enumerate(zip(columns, schema, strict=True))
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _rows_in(table: Table, path: Path) -> int:
    with _read_only(path) as connection:
        (rows,) = connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608 - a name of ours
        return int(rows)


def _read_only(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True))


def _in_full(cell: float | str | None) -> str | None:
    return format(Decimal(repr(cell)), "f") if isinstance(cell, float) else None if cell is None else str(cell)


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
    "csv-excel": read_excel_csv,
    "parquet": read_parquet,
    "parquet-by-supplier": read_parquet,
}
"""How each format is read."""
