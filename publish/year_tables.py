"""The tables of one year in every format, written in one pass over its processes."""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from ocds_schema.json import Json
from publish.cells import RowsDigest
from publish.columnar import Collector
from publish.delimited import CsvTable, ExcelCsvTable
from publish.detail_tables import TABLES
from publish.dictionary import fields_sheet, readme_sheet
from publish.entities import ENTITIES, EntityCounter
from publish.files import BY_SUPPLIER, CSV, EXCEL_CSV, PARQUET, XLSX, EditionFile, Form, data_file
from publish.formats import Written
from publish.rows import Process
from publish.sorting import Staged
from publish.tables import Table
from publish.xlsx import SheetFile, Styles, books, write_book

ALL_TABLES: tuple[Table, ...] = (*TABLES, ENTITIES)
FORMS = (CSV, EXCEL_CSV, XLSX, PARQUET, BY_SUPPLIER)
WORKBOOK = "workbook"
_BATCH = 30_000
"""Rows that are collected before they are written; the memory goes by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the tables' files say of themselves: the country's currency, and its title for the workbook.

    `left_out` are the names of formats that are not made.
    """

    currency: str = ""
    title: str = ""
    left_out: frozenset[str] = frozenset()


class YearTables:
    """Takes a year's processes by ocid, and gives the files. What is collected is written beside the collecting."""

    def __init__(self, year: int, folder: Path, said: Said) -> None:
        """Open all files in a folder."""
        forms = [form for form in FORMS if form.name not in said.left_out]
        self._year = year
        self._folder = folder
        self._said = said
        self._styles = Styles()
        self._entities = EntityCounter(year, said.currency)
        self._collected = 0
        self._waiting: list[Future[None]] = []
        with ExitStack() as stack:
            self._writer = stack.enter_context(ThreadPoolExecutor(max_workers=1))
            self._tables = [
                stack.enter_context(_OpenTable(table, year, folder, self._styles, forms)) for table in ALL_TABLES
            ]
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.shutdown(cancel_futures=True)
        self._stack.close()

    def add(self, process: Process) -> None:
        """Take a process."""
        self._entities.add(process)
        for table in self._tables:
            self._collected += table.collector.add(process)
        if self._collected > _BATCH:
            self._write()

    def finish(self) -> list[EditionFile]:
        """Close all files and say what they are."""
        entities = self._entities.rows()
        while some := list(islice(entities, _BATCH)):
            self._tables[-1].collector.extend(some)
            self._write()
        self._write()
        self._wait()
        files = [file for table in self._tables for file in table.finish(self._folder)]
        return [*files, *self._books()]

    @property
    def digests(self) -> Mapping[str, RowsDigest]:
        """The digests of the tables' rows."""
        return {table.collector.table.name: table.digest for table in self._tables}

    def _write(self) -> None:
        self._collected = 0
        batches = [(table, table.collector.batch()) for table in self._tables if table.collector.waiting]
        self._wait()
        self._waiting = [self._writer.submit(table.write, batch) for table, batch in batches]

    def _wait(self) -> None:
        for each in self._waiting:
            each.result()
        self._waiting = []

    def _books(self) -> Iterator[EditionFile]:
        sheets = [(each.collector.table, each.sheets.finish()) for each in self._tables if each.sheets is not None]
        if not sheets:
            return
        made = books(sheets)
        for number, tabs in enumerate(made, 1):
            name = WORKBOOK if number == 1 else f"{WORKBOOK}_{number}"
            listed = [{"name": tab.name, "table": tab.table, "rows": tab.sheet.digest.rows} for tab in tabs]
            written = write_book(
                self._folder / f"{name}-{self._year:04d}.xlsx",
                tabs,
                self._styles,
                readme=readme_sheet(self._said.title, self._year, tabs, number, len(made)),
                fields=fields_sheet(ALL_TABLES),
            )
            yield data_file(written, XLSX, name, self._year, sorted_by=("ocid",), more={"sheets": listed})


class _OpenTable:
    """One table's files, in those formats that are wanted."""

    def __init__(self, table: Table, year: int, folder: Path, styles: Styles, forms: Collection[Form]) -> None:
        self.collector = Collector(table)
        self.digest = RowsDigest()
        self._table = table
        self._year = year
        name = self._name = f"{table.name}-{year:04d}"
        self._delimited = [
            (one, kind(folder / f"{name}{one.ending}", table.columns))
            for one, kind in ((CSV, CsvTable), (EXCEL_CSV, ExcelCsvTable))
            if one in forms
        ]
        self.sheets = SheetFile(folder / f"{name}.sheet", table.columns, styles) if XLSX in forms else None
        sorts = {PARQUET: table.buyer, **({BY_SUPPLIER: table.supplier} if table.supplier else {})}
        self._sorts = {one: by for one, by in sorts.items() if one in forms}
        staged = Staged(folder / f"{name}.staged", table.columns) if self._sorts else None
        self._staged = staged

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for written in self._delimited:
            written[1].close()
        for other in (self.sheets, self._staged):
            if other is not None:
                other.close()

    def write(self, batch: pa.RecordBatch) -> None:
        digest = RowsDigest.of(self._table.columns, batch)
        self.digest.include(digest)
        for _, file in self._delimited:
            file.write(batch)
        if self.sheets is not None:
            self.sheets.write(batch, digest)
        if self._staged is not None:
            self._staged.write(batch)

    def finish(self, folder: Path) -> Iterator[EditionFile]:
        digest = self.digest.hexdigest()
        for form, file in self._delimited:
            filled = {"filled": self.collector.filled} if form == CSV else None
            yield self._file(file.finish(digest), form, (), filled)
        if self._staged is not None:
            self._staged.close()
            for form, by in self._sorts.items():
                path = folder / f"{self._name}-{by}.parquet"
                yield self._file(self._staged.write_parquet(path, by, digest), form, (by,), None)
            self._staged.remove()

    def _file(self, written: Written, form: Form, first: tuple[str, ...], more: Json) -> EditionFile:
        table = self._table
        order = (*first, table.key[0]) if first != table.key[:1] else first
        return data_file(written, form, table.name, self._year, sorted_by=order, columns=table.header, more=more)
