"""The tables of one year in every format, written in one pass over its processes."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from publish.cells import RowsDigest
from publish.columnar import Collector
from publish.delimited import CsvTable, ExcelCsvTable
from publish.detail_tables import TABLES
from publish.files import CSV, EXCEL_CSV, EditionFile, data_file
from publish.rows import Process
from publish.tables import Table

_BATCH = 30_000
"""Rows that are collected before they are written; the memory goes by it."""


class YearTables:
    """Takes a year's processes by ocid, and gives the files."""

    def __init__(self, year: int, folder: Path) -> None:
        """Open all files in a folder."""
        with ExitStack() as stack:
            self._tables = [stack.enter_context(_OpenTable(table, year, folder)) for table in TABLES]
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def add(self, process: Process) -> None:
        """Take a process."""
        for table in self._tables:
            table.collector.add(process)
        if sum(table.collector.waiting for table in self._tables) > _BATCH:
            self._write()

    def finish(self) -> list[EditionFile]:
        """Close all files and say what they are."""
        self._write()
        return [file for table in self._tables for file in table.finish()]

    def _write(self) -> None:
        for table in self._tables:
            table.write()


class _OpenTable:
    """One table's files."""

    def __init__(self, table: Table, year: int, folder: Path) -> None:
        self.collector = Collector(table)
        self._table = table
        self._year = year
        self._digest = RowsDigest(table.columns)
        name = f"{table.name}-{year:04d}"
        self._csv = CsvTable(folder / f"{name}.csv", table.columns)
        self._excel = ExcelCsvTable(folder / f"{name}-excel.csv", table.columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self._csv, self._excel):
            file.__exit__(None, None, None)

    def write(self) -> None:
        if self.collector.waiting:
            batch = self.collector.batch()
            self._digest.add(batch)
            self._csv.write(batch)
            self._excel.write(batch)

    def finish(self) -> list[EditionFile]:
        digest = self._digest.hexdigest()
        table = self._table
        return [
            data_file(file.finish(digest), form, table.name, self._year, sorted_by=("ocid",), columns=table.header)
            for file, form in ((self._csv, CSV), (self._excel, EXCEL_CSV))
        ]
