"""Workbooks of ours read back, sheet by sheet: what a spreadsheet shows in each cell, as the tables' columns."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pyarrow as pa

from publish.columnar import written_schema
from publish.tables import Column, Table
from publish.xlsx import FIRST_TIME_STYLE, SECONDS_OF_1970

_SHEET = re.compile(rb'<sheet name="([^"]*)" sheetId="(\d+)"')
_FORMAT = re.compile(r'formatCode="yyyy-mm-dd hh:mm:ss&quot;([^"]*)&quot;"')
_CELL = re.compile(
    rb'<c(?: s="(\d+)")?(?: t="inlineStr")?(?:/>|>(?:<is><t xml:space="preserve">([^<]*)</t></is>|<v>([^<]*)</v>)</c>)'
)
_ESCAPED = re.compile(r"_x005F_(x[0-9A-Fa-f]{4}_)")
_ROW_END = b"</row>"
_CHUNK_BYTES = 1 << 20
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_Cell = tuple[bytes, bytes, bytes]


def sheets(path: Path, tables: Sequence[Table]) -> Iterator[tuple[str, Table, Iterator[pa.RecordBatch]]]:
    """Give the sheets of a workbook that hold tables: the name, the table, and its rows.

    Raises:
        ValueError: it is no workbook of ours.
    """
    by_name = {table.name: table for table in tables}
    try:
        with zipfile.ZipFile(path) as book:
            offsets = _FORMAT.findall(book.read("xl/styles.xml").decode())
            for name, number in _SHEET.findall(book.read("xl/workbook.xml")):
                table = by_name.get(name.decode().partition(" ")[0])
                if table is not None:
                    rows = _rows(book, f"xl/worksheets/sheet{number.decode()}.xml", len(table.columns))
                    yield name.decode(), table, _batches(table, rows, offsets)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"no workbook: {error}") from error


def _rows(book: zipfile.ZipFile, name: str, width: int) -> Iterator[list[_Cell]]:
    """Give the cells of whole rows, some at a time; the header, which is written in another way, is none."""
    rest = b""
    with book.open(name) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            rest += chunk
            end = rest.rfind(_ROW_END) + len(_ROW_END)
            if end < len(_ROW_END):
                continue
            cells = _CELL.findall(rest, 0, end)
            rest = rest[end:]
            if len(cells) % width:
                raise ValueError(f"{name}: {len(cells)} cells do not make rows of {width}")
            yield cells


def _batches(table: Table, rows: Iterator[list[_Cell]], offsets: Sequence[str]) -> Iterator[pa.RecordBatch]:
    width = len(table.columns)
    for cells in rows:
        arrays = [
            pa.array([_value(column, cell, offsets) for cell in cells[place::width]], pa.string())
            for place, column in enumerate(table.columns)
        ]
        schema = written_schema(table.columns)
        cast = [array.cast(field.type) for array, field in zip(arrays, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(cast, schema=schema)


def _value(column: Column, cell: _Cell, offsets: Sequence[str]) -> str | None:
    style, text, number = cell
    if not text and not number:
        return None
    if text:
        return _ESCAPED.sub(r"_\1", unescape(text.decode()))
    if column.type == "time":
        return _time(float(number), offsets[int(style) - FIRST_TIME_STYLE])
    return number.decode() if column.type == "integer" else format(Decimal(number.decode()), "f")


def _time(days: float, offset: str) -> str:
    moment = _1970 + timedelta(seconds=round(days * 86_400) - SECONDS_OF_1970)
    return f"{moment:%Y-%m-%dT%H:%M:%S}{offset}"
