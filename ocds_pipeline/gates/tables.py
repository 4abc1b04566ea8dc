"""The tables of an edition in a database of one file, loaded from the files to be published, to be asked of.

An empty cell is no value. Amounts become floating-point numbers: to look for what is odd, never to add up. Each time
has its day beside it, as a number (20261102) in the column `<name>_day`.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Self

import msgspec

from ocds_pipeline.gates.task import File, Task
from ocds_schema.codelists import codelist
from publish.formats import read_lines, read_rows
from publish.partition import TABLES

RELEASES = "releases"
_TYPES = {"integer": "INTEGER", "amount": "REAL", "number": "REAL"}
_TIME = "time"
_DAY = len("2026-11-02")


class _Release(msgspec.Struct):
    """What of a release goes into its table."""

    ocid: str
    id: str
    date: str


_RELEASE = msgspec.json.Decoder(_Release)


class Tables:
    """The database, and what is counted in it."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.file = file
        self._connection = connection

    @classmethod
    def load(cls, task: Task, folder: Path) -> Self:
        """Load every table and the releases of an edition into a new database in a folder.

        Raises:
            ValueError: a file cannot be read.
        """
        file = folder / "tables.sqlite3"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            for table in TABLES:
                wanted = (table.name, "csv")
                files = [one for one in task.data if (one.entry["table"], one.entry["format"]) == wanted]
                _load(connection, table, files)
            _load_releases(connection, [one for one in task.data if one.entry["table"] == RELEASES])
            connection.commit()
        return cls(file, sqlite3.connect(file))

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def rows(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self._one(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - a name of ours

    def filled(self, table: str) -> dict[str, int]:
        """Count, for each column of a table, the rows in which it holds something."""
        columns = next(each.header for each in TABLES if each.name == table)
        counts = ", ".join(f'count("{column}")' for column in columns)
        (found,) = self._connection.execute(f'SELECT {counts} FROM "{table}"')  # noqa: S608 - names of ours
        return dict(zip(columns, found, strict=True))

    def twins(self) -> tuple[int, int]:
        """Count the contracts that have a value, and those of them that another one is alike to."""
        alike = '"buyer_id", "supplier_id", "value", "date_signed", "title"'
        repeats = self._one(
            f'SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM "contracts" WHERE "value" IS NOT NULL '  # noqa: S608
            f"GROUP BY {alike} HAVING n > 1)"
        )
        return int(self._one('SELECT count("value") FROM "contracts"')), int(repeats or 0)

    def releases_by_day(self) -> dict[int, int]:
        """Count the releases by day."""
        return dict(self._connection.execute('SELECT "date_day", count(*) FROM "releases" GROUP BY 1 ORDER BY 1'))

    def _one(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0]


def codes(name: str) -> list[str]:
    """Give the codes of a codelist, in order."""
    return sorted(codelist(name).codes)


def day_number(day: date) -> int:
    """Write a day as a number."""
    return int(f"{day:%Y%m%d}")


def date_of(number: int) -> date:
    """Read a day that was written as a number."""
    return date.fromisoformat(str(number))


def _load(connection: sqlite3.Connection, table: Any, files: Iterable[File]) -> None:
    types = {column.name: column.type for column in table.columns}
    declared = [f'"{name}" {_TYPES.get(kind, "TEXT")}' for name, kind in types.items()]
    declared += [f'"{name}_day" INTEGER' for name, kind in types.items() if kind == _TIME]
    _create(connection, table.name, declared)
    rows = chain.from_iterable(_rows(file, types) for file in files)
    _insert(connection, table.name, len(declared), rows)


def _rows(file: File, types: Mapping[str, str]) -> Iterator[list[Any]]:
    rows = read_rows(file.open)
    header = next(rows, [])
    if header != list(types):
        raise ValueError(f"{file.path}: has the columns {', '.join(header)}, expected are {', '.join(types)}")
    times = [place for place, kind in enumerate(types.values()) if kind == _TIME]
    for row in rows:
        yield [cell or None for cell in row] + [_day(row[place]) for place in times]


def _day(text: str) -> int | None:
    digits = text[:_DAY].replace("-", "")
    return int(digits) if digits.isdecimal() else None


def _load_releases(connection: sqlite3.Connection, files: Iterable[File]) -> None:
    declared = ['"ocid" TEXT', '"id" TEXT', '"date" TEXT', '"date_day" INTEGER']
    _create(connection, RELEASES, declared)
    found = (
        _RELEASE.decode(line) for file in files if file.entry["format"] == "jsonl" for line in read_lines(file.open)
    )
    rows = ((one.ocid, one.id, one.date, _day(_in_utc(one.date))) for one in found)
    _insert(connection, RELEASES, len(declared), rows)


def _in_utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def _create(connection: sqlite3.Connection, name: str, declared: Iterable[str]) -> None:
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(declared)})')


def _insert(connection: sqlite3.Connection, name: str, width: int, rows: Iterable[Any]) -> None:
    marks = ", ".join("?" * width)
    connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608 - a name of ours
