"""All tables of a source in one SQLite file, with indexes, views and full-text search.

It is made from the plain CSV files of all years, so it holds what they hold, and an unchanged year need not be put into
tables again. An amount is an INTEGER or a REAL where those hold it exactly, else a TEXT; a time is written as in CSV.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from ocds_schema.json import digest
from publish.formats import Written, sha256_of, written_file
from publish.reading import read_csv
from publish.tables import Column, Table
from publish.year_tables import ALL_TABLES

MOST_ROWS = 60_000_000
"""Beyond so many rows a source has no such file: it would have some 20 GB, and Parquet serves better."""
_PAGE_BYTES = 8192
_TYPES = {"text": "TEXT", "time": "TEXT", "integer": "INTEGER", "amount": "", "number": ""}
_LAYOUT = "2: indexes and search before rows"
"""Another order of making gives other bytes: what was kept of it is of no use."""
_CACHE_KIB = 64 << 10
_ANALYZED_ROWS = 1_000
"""Rows of an index that are looked at to tell how many are alike: enough to choose one, whatever its size."""
_EXACT = 1 << 53
_INDEXES = {
    "processes": ("buyer_id", "first_release"),
    "lots": ("ocid",),
    "items": ("ocid", "buyer_id", "classification_id"),
    "bids": ("ocid", "tenderer_id"),
    "awards": ("ocid", "supplier_id"),
    "contracts": ("ocid", "buyer_id", "supplier_id", "date_signed"),
    "transactions": ("ocid", "payee_id"),
    "parties": ("ocid", "party_id"),
    "documents": ("ocid",),
    "entities": ("entity_id", "name"),
}
_SEARCH = {
    "processes": ("title", "title_kk", "buyer_name", "suppliers"),
    "contracts": ("title", "description", "supplier_name"),
    "items": ("description", "classification_description"),
    "entities": ("name",),
}
_VIEWS = {
    "contracts_of_processes": "SELECT c.*, p.title AS process_title, p.method_details, p.status AS tender_status, "
    "p.url AS process_url FROM contracts c JOIN processes p USING (ocid)",
    "buyers": "SELECT buyer_id, max(buyer_name) AS buyer_name, currency, count(*) AS contracts, sum(value) AS value "
    "FROM contracts WHERE status IS NOT 'cancelled' GROUP BY buyer_id, currency",
    "suppliers": "SELECT supplier_id, max(supplier_name) AS supplier_name, currency, count(*) AS contracts, "
    "sum(value) AS value FROM contracts WHERE status IS NOT 'cancelled' GROUP BY supplier_id, currency",
    "contracts_by_year": "SELECT substr(date_signed, 1, 4) AS year, currency, count(*) AS contracts, "
    "count(DISTINCT supplier_id) AS suppliers, sum(value) AS value FROM contracts WHERE status IS NOT 'cancelled' "
    "GROUP BY year, currency",
}

Years = Mapping[str, Sequence[Callable[[], BinaryIO]]]
"""The plain CSV files of each table, by year."""


def why_not(rows: int) -> str | None:
    """Say why there is no file, for so many rows and with this machine's SQLite; nothing if there is one."""
    if rows > MOST_ROWS:
        return f"more than {MOST_ROWS:,} rows: query the Parquet files, with DuckDB for instance"
    with closing(sqlite3.connect(":memory:")) as connection:
        options = {name for (name,) in connection.execute("PRAGMA compile_options")}
    return None if "ENABLE_FTS5" in options else "the SQLite it was made with has no full-text search"


class Kept:
    """Databases half made, kept from one edition to the next: they hold the years before one that may move again.

    `keys` tell, for each year, all that its rows are made of; `settled` is how many years did not move this time. What
    moved today moves tomorrow, and of all years the newest does: the years before each of the two are kept.
    """

    def __init__(self, folder: Path, keys: Sequence[str], settled: int) -> None:
        """Read and write in a folder of its own."""
        self._folder = folder
        self._keys = [digest("\n".join([_LAYOUT, *keys[:number]]).encode()) for number in range(len(keys) + 1)]
        self._most = max(0, len(keys) - 1)
        self._wanted = {min(settled, self._most), self._most} - {0}
        self.compared = 0
        """How many of the years that were begun with have been held against the years' other files."""

    def begin(self, path: Path) -> int:
        """Begin with what is kept of these years, and say how many of them it holds; none, where there is nothing."""
        for number in range(self._most, 0, -1):
            if (held := self._place(number)).exists():
                shutil.copyfile(held, path)
                if _is_whole(path, _noted(held)):
                    self.compared = number if _is_confirmed(held) else 0
                    return number
                held.unlink()
                path.unlink()
        return 0

    def keep(self, path: Path, filled: int) -> None:
        """Keep the database that is filled with so many years, if it is one to be kept, and none but those."""
        if filled not in self._wanted:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        places = {self._place(number) for number in self._wanted}
        wanted = places | {each for place in places for each in (_noted(place), _confirmed(place))}
        for other in self._folder.iterdir():
            if other not in wanted:
                other.unlink()
        place = self._place(filled)
        if not place.exists():
            half = place.with_suffix(".half")
            shutil.copyfile(path, half)
            _confirmed(place).unlink(missing_ok=True)
            _noted(place).write_text(sha256_of(path))
            half.replace(place)

    def confirm(self) -> None:
        """Note that what is kept has been held against the years' other files, in a database that went on from it."""
        for number in self._wanted:
            if _noted(place := self._place(number)).exists():
                shutil.copyfile(_noted(place), _confirmed(place))

    def _place(self, number: int) -> Path:
        return self._folder / f"{self._keys[number]}.sqlite"


def _noted(place: Path) -> Path:
    """Give where the hash of a kept database is noted."""
    return place.with_suffix(".sha256")


def _confirmed(place: Path) -> Path:
    """Give where it is noted of which bytes of a kept database the rows were compared."""
    return place.with_suffix(".compared")


def _is_confirmed(place: Path) -> bool:
    try:
        return _confirmed(place).read_text() == _noted(place).read_text()
    except (OSError, ValueError):
        return False


def _is_whole(path: Path, noted: Path) -> bool:
    try:
        return noted.read_text() == sha256_of(path)
    except (OSError, ValueError):
        return False


def write_sqlite(
    path: Path, years: Years, *, about: Mapping[str, str], rows: int, content_digest: str, kept: Kept | None = None
) -> Written:
    """Write the file; `about` is what it says of itself, `rows` how many it has.

    Years are filled in one after the other, each in a transaction and a connection of its own, so that the bytes are
    the same where the first of them come from what is `kept`. Indexes and search are there from the start: a day then
    adds the rows of the years that moved, and not those of all years again.
    """
    path.unlink(missing_ok=True)
    number = max(map(len, years.values()), default=0)
    begun = kept.begin(path) if kept else 0
    if not begun:
        with _opened(path) as connection:
            _describe(connection, ALL_TABLES)
            _add_ways(connection, ALL_TABLES)
    for place in range(begun, number):
        with _opened(path) as connection:
            for table in ALL_TABLES:
                _fill(connection, table, years[table.name][place])
        if kept:
            kept.keep(path, place + 1)
    with _opened(path) as connection:
        connection.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
        connection.execute(f"PRAGMA analysis_limit = {_ANALYZED_ROWS}")
        connection.execute("ANALYZE")
    return written_file(path, content_digest, rows)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for one transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        pragmas = (
            f"page_size = {_PAGE_BYTES}",
            "journal_mode = OFF",
            "synchronous = OFF",
            f"cache_size = -{_CACHE_KIB}",
        )
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def _describe(connection: sqlite3.Connection, tables: Sequence[Table]) -> None:
    connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
    for table in tables:
        columns = ", ".join(f'"{each.name}" {_TYPES[each.type]}'.rstrip() for each in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    connection.execute(
        "CREATE TABLE fields "
        "(table_name TEXT, name TEXT, type TEXT, label TEXT, label_ru TEXT, path TEXT, description TEXT)"
    )
    connection.executemany(
        "INSERT INTO fields VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (table.name, each.name, each.type, each.label, each.label_ru, each.path, each.description)
            for table in tables
            for each in table.columns
        ),
    )


def _fill(connection: sqlite3.Connection, table: Table, opened: Callable[[], BinaryIO]) -> None:
    marks = ", ".join("?" * len(table.columns))
    (last,) = connection.execute(f'SELECT coalesce(max(rowid), 0) FROM "{table.name}"').fetchone()  # noqa: S608
    for batch in read_csv(table, opened):
        cells = [_bound(column, array.to_pylist()) for column, array in zip(table.columns, batch.columns, strict=True)]
        connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', zip(*cells, strict=True))  # noqa: S608
    if names := ", ".join(_SEARCH.get(table.name, ())):
        search, found = f"{table.name}_search", f'SELECT rowid, {names} FROM "{table.name}" WHERE rowid > ?'  # noqa: S608
        connection.execute(f"INSERT INTO {search} (rowid, {names}) {found}", (last,))


def _add_ways(connection: sqlite3.Connection, tables: Iterable[Table]) -> None:
    """Add indexes, views and search."""
    for table in tables:
        key = ", ".join(f'"{name}"' for name in table.key)
        connection.execute(f'CREATE INDEX "{table.name}_key" ON "{table.name}" ({key})')
        for column in _INDEXES[table.name]:
            if column != table.key[0]:
                connection.execute(f'CREATE INDEX "{table.name}_{column}" ON "{table.name}" ("{column}")')
        if names := ", ".join(_SEARCH.get(table.name, ())):
            search = f"{table.name}_search"
            connection.execute(
                f"CREATE VIRTUAL TABLE {search} USING fts5({names}, content='{table.name}', "
                "tokenize='unicode61 remove_diacritics 2')"
            )
    for name, query in _VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {query}")


def _bound(column: Column, cells: list[Any]) -> list[Any]:
    return [None if each is None else _number(each) for each in cells] if column.type in {"amount", "number"} else cells


def _number(text: str) -> int | float | str:
    """Give a number as SQLite may hold it: exactly, or as a text."""
    if "." not in text:
        whole = int(text)
        return whole if abs(whole) <= _EXACT else text
    number = float(text)
    return number if Decimal(repr(number)) == Decimal(text) else text
