"""The tables of an edition in a database of one file, loaded from the files to be published, to be asked of.

Years that were counted before, and are what they were, are not loaded: what was counted in them is added.

An empty cell is no value. Amounts become floating-point numbers: to look for what is odd, never to add up. Each time
has its day beside it, as a number (20261102) in the column `<name>_day`.
"""

import math
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np

from ocds_pipeline.gates.task import File, Task
from ocds_schema.codelists import codelist
from publish.figures import FiguresFile, FiguresOf
from publish.files import CSV, LINES
from publish.formats import read_lines, read_rows
from publish.partition import TABLES
from publish.tables import Table

RELEASES = "releases"
RELEASE_DAYS = f"{RELEASES}/date"
_COUNTS, _TWINS = "counts", "twins"
_PLACES = 6
"""Digits behind the point of logarithms that are kept: the same values give the same text."""
_WITHIN = "rowid >= ? AND rowid < ?"
_TYPES = {"integer": "INTEGER", "amount": "REAL", "number": "REAL"}
_TIME = "time"
_DAY = len("2026-11-02")


_Place = tuple[int, int]
_Places = dict[str, _Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns, as `table/column`, of which it is counted how often they have each day, or each code."""

    days: Sequence[str]
    codes: Sequence[str]


class _Release(msgspec.Struct):
    """What of a release goes into its table."""

    ocid: str
    id: str
    date: str


_RELEASE = msgspec.json.Decoder(_Release)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is counted in the tables of one year.

    `rows` by table, `filled` by table and column; `days` are the days of columns of times, and `codes` what stands in
    columns of codes, by `table/column`, each with its number of rows. `days` has those of the releases, too. `twins`
    gives a number for each contract with a value, the same for those that are alike. `sizes` has, by currency, the
    number of contracts worth more than nothing, and the sum of the decimal logarithms of their values.
    """

    rows: Mapping[str, int]
    filled: Mapping[str, Mapping[str, int]]
    days: Mapping[str, Mapping[int, int]]
    codes: Mapping[str, Mapping[str, int]]
    twins: Callable[[], "array[int]"]
    sizes: Mapping[str, tuple[int, float]]

    @classmethod
    def of(cls, kept: FiguresOf) -> Self:
        """Read what was kept of a year."""
        facts = kept.facts(_COUNTS)
        days = {name: {int(day): count for day, count in each.items()} for name, each in facts["days"].items()}
        sizes = {currency: (count, float(logs)) for currency, (count, logs) in facts["sizes"].items()}
        return cls(**{**facts, "days": days, "sizes": sizes}, twins=partial(kept.numbers, _TWINS))

    def keep(self, file: FiguresFile) -> None:
        """Write all of it."""
        days = {name: {str(day): count for day, count in each.items()} for name, each in self.days.items()}
        sizes = {currency: [count, str(logs)] for currency, (count, logs) in self.sizes.items()}
        facts = {"rows": self.rows, "filled": self.filled, "days": days, "codes": self.codes, "sizes": sizes}
        file.facts(_COUNTS, facts)
        file.numbers(_TWINS, self.twins())


class Tables:
    """The database with the years that are read, and what is counted in it and was counted in the others."""

    def __init__(
        self, file: Path, read: Mapping[int, Counted], kept: Mapping[int, Counted], whole: Collection[str]
    ) -> None:
        self.file = file
        self.read = read
        self._kept = kept
        self._whole = whole

    @classmethod
    def load(cls, task: Task, folder: Path, columns: Columns) -> Self:
        """Load the tables and the releases of the years to be read into a new database in a folder.

        `columns` are those of which days or codes are counted.

        Raises:
            ValueError: a file cannot be read.
        """
        file = folder / "tables.sqlite3"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            places: dict[int, _Places] = {year: {} for year in task.years if year not in task.kept}
            for table in TABLES:
                _create_table(connection, table)
                for one in task.to_read(table.name, CSV):
                    place = _insert(connection, table.name, _rows(one, _types(table)))
                    places.setdefault(one.entry["partition"]["year"], {})[table.name] = place
            _create(connection, RELEASES, ['"ocid" TEXT', '"id" TEXT', '"date" TEXT', '"date_day" INTEGER'])
            for one in task.to_read(RELEASES, LINES):
                place = _insert(connection, RELEASES, _releases(one))
                places.setdefault(one.entry["partition"]["year"], {})[RELEASES] = place
            connection.commit()
            read = {year: _count(connection, place, columns) for year, place in places.items() if year not in task.kept}
        kept = {year: Counted.of(FiguresOf(path)) for year, path in task.kept.items()}
        return cls(file, read, kept, task.whole)

    def others(self, table: str) -> Sequence[Counted]:
        """Give the years of a table that are not in the database."""
        return () if table in self._whole else [*self._kept.values()]

    @property
    def every(self) -> Sequence[Counted]:
        """The years, those in the database first."""
        return [*self.read.values(), *self._kept.values()]

    def has_twice(self, table: str, key: Sequence[str]) -> bool:
        """Whether two rows of a table in the database have the same key; to have none is one, too."""
        names = ", ".join(f'"{name}"' for name in key)
        query = f'SELECT 1 FROM "{table}" GROUP BY {names} HAVING count(*) > 1 LIMIT 1'  # noqa: S608 - names of ours
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query).fetchone() is not None

    def is_asked(self, table: str) -> bool:
        """Whether the database has rows of a table."""
        return table in self._whole or any(each.rows.get(table) for each in self.read.values())

    def rows(self, table: str) -> int:
        """Count the rows of a table."""
        return sum(each.rows.get(table, 0) for each in self.every)

    def filled(self, table: str) -> dict[str, int]:
        """Count, for each column of a table, the rows in which it holds something."""
        columns = next(each.header for each in TABLES if each.name == table)
        years = [each.filled.get(table, {}) for each in self.every]
        return {column: sum(each.get(column, 0) for each in years) for column in columns}

    def twins(self) -> tuple[int, int]:
        """Count the contracts that have a value, and those of them that another one is alike to."""
        years = [np.frombuffer(each.twins(), dtype=np.int64) for each in self.every]
        numbers = np.concatenate([np.zeros(0, dtype=np.int64), *years])
        return len(numbers), len(numbers) - len(np.unique(numbers))

    def sizes(self) -> dict[str, Mapping[str, tuple[int, float]]]:
        """Give, by year and currency, the number of contracts worth something, and the logarithms of that added up."""
        return {str(year): each.sizes for year, each in sorted({**self.read, **self._kept}.items())}

    def releases_by_day(self) -> dict[int, int]:
        """Count the releases by day."""
        days: Counter[int] = Counter()
        for each in self.every:
            days.update(each.days.get(RELEASE_DAYS, {}))
        return dict(sorted(days.items()))


def codes(name: str) -> list[str]:
    """Give the codes of a codelist, in order."""
    return sorted(codelist(name).codes)


def day_number(day: date) -> int:
    """Write a day as a number."""
    return int(f"{day:%Y%m%d}")


def date_of(number: int) -> date:
    """Read a day that was written as a number."""
    return date.fromisoformat(str(number))


def _types(table: Table) -> dict[str, str]:
    return {column.name: column.type for column in table.columns}


def _create_table(connection: sqlite3.Connection, table: Table) -> None:
    types = _types(table)
    declared = [f'"{name}" {_TYPES.get(kind, "TEXT")}' for name, kind in types.items()]
    declared += [f'"{name}_day" INTEGER' for name, kind in types.items() if kind == _TIME]
    _create(connection, table.name, declared)


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


def _releases(file: File) -> Iterator[tuple[str, str, str, int | None]]:
    for one in map(_RELEASE.decode, read_lines(file.open)):
        yield one.ocid, one.id, one.date, _day(_in_utc(one.date))


def _in_utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def _create(connection: sqlite3.Connection, name: str, declared: Iterable[str]) -> None:
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(declared)})')


def _insert(connection: sqlite3.Connection, name: str, rows: Iterable[Sequence[Any]]) -> _Place:
    """Add rows, and give the numbers of the first and of the one after the last."""
    (first,) = connection.execute(f'SELECT coalesce(max(rowid), 0) + 1 FROM "{name}"').fetchone()  # noqa: S608 - ours
    width = len(connection.execute(f'PRAGMA table_info("{name}")').fetchall())
    marks = ", ".join("?" * width)
    added = connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows).rowcount  # noqa: S608 - ours
    return first, first + max(0, added)


def _count(connection: sqlite3.Connection, places: _Places, columns: Columns) -> Counted:
    filled = {table.name: _filled(connection, table, places[table.name]) for table in TABLES if table.name in places}
    days = {name: _by_value(connection, places, f"{name}_day") for name in columns.days}
    days[RELEASE_DAYS] = _by_value(connection, places, f"{RELEASES}/date_day")
    twins = array("q", _alike(connection, places["contracts"]) if "contracts" in places else ())
    return Counted(
        rows={name: last - first for name, (first, last) in places.items()},
        filled=filled,
        days=days,
        codes={name: _by_value(connection, places, name) for name in columns.codes},
        twins=lambda: twins,
        sizes=_sizes(connection, places["contracts"]) if "contracts" in places else {},
    )


def _filled(connection: sqlite3.Connection, table: Table, place: _Place) -> dict[str, int]:
    counts = ", ".join(f'count("{column}")' for column in table.header)
    query = f'SELECT {counts} FROM "{table.name}" WHERE {_WITHIN}'  # noqa: S608 - names of ours
    (found,) = connection.execute(query, place)
    return dict(zip(table.header, found, strict=True))


def _by_value(connection: sqlite3.Connection, places: _Places, name: str) -> dict[Any, int]:
    """Count the rows by what stands in a column, `table/column`."""
    table, _, column = name.partition("/")
    if table not in places:
        return {}
    query = f'SELECT "{column}", count(*) FROM "{table}" WHERE {_WITHIN} AND "{column}" NOT NULL GROUP BY 1 ORDER BY 1'  # noqa: S608
    return dict(connection.execute(query, places[table]))


def _sizes(connection: sqlite3.Connection, place: _Place) -> dict[str, tuple[int, float]]:
    logs: defaultdict[str, list[float]] = defaultdict(list)
    query = f'SELECT "currency", "value" FROM "contracts" WHERE {_WITHIN} AND "value" > 0'  # noqa: S608 - names of ours
    for currency, value in connection.execute(query, place):
        logs[currency or ""].append(math.log10(value))
    return {currency: (len(each), round(math.fsum(each), _PLACES)) for currency, each in sorted(logs.items())}


def _alike(connection: sqlite3.Connection, place: _Place) -> Iterator[int]:
    """Give a number for each contract with a value: 64 bits that others have only where they are alike."""
    alike = '"buyer_id", "supplier_id", "value", "date_signed", "title"'
    query = f'SELECT {alike} FROM "contracts" WHERE {_WITHIN} AND "value" NOT NULL'  # noqa: S608 - names of ours
    for row in connection.execute(query, place):
        yield int.from_bytes(
            blake2b(repr(row).encode(errors="surrogatepass"), digest_size=8).digest(), "big", signed=True
        )
