"""Writes many rows at once: one prepared statement for SQLite, a binary COPY for PostgreSQL."""

import io
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, LargeBinary, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from ocds_pipeline.store.tables import Moment, in_utc

Row = tuple[Any, ...]

_NULL = struct.pack("!i", -1)
_COPY_START = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_COPY_END = struct.pack("!h", -1)
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FOUR_BYTES = struct.Struct("!ii")
_EIGHT_BYTES = struct.Struct("!iq")
_READ_BYTES = 1 << 20
_LENGTH = struct.Struct("!i")


def insert_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows none of which is there yet; each gives the values of the columns named."""
    if not rows:
        return
    columns = [table.c[name] for name in names]
    if connection.dialect.name == "sqlite":
        _insert_prepared(connection, table, columns, rows)
    else:
        _copy(connection, table, columns, rows)


def insert_absent(connection: Connection, table: Table, row: Row) -> None:
    """Insert a whole row, unless its key is there."""
    values = dict(zip(table.columns.keys(), row, strict=True))
    connection.execute(_inserting(connection, table).values(values).on_conflict_do_nothing())


def insert_absent_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Select[*tuple[Any, ...]]
) -> None:
    """Insert the rows that a query gives, passing over those whose key is there.

    The query needs a condition: SQLite would take the conflict for that of a join.
    """
    connection.execute(_inserting(connection, table).from_select(names, rows).on_conflict_do_nothing())


def insert_absent_words(connection: Connection, table: Table, rows: Iterable[tuple[str, ...]]) -> None:
    """Insert whole rows of a table of words, passing over those whose key is there."""
    ordered = sorted(rows)
    if not ordered:
        return
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f'INSERT OR IGNORE INTO "{table.name}" VALUES ({marks})', ordered)  # noqa: S608
    else:
        arrays = ", ".join(["%s::text[]"] * len(table.columns))
        statement = f'INSERT INTO "{table.name}" SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING'  # noqa: S608
        connection.exec_driver_sql(statement, tuple(map(list, zip(*ordered, strict=True))))


def _inserting(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _insert_prepared(connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Row]) -> None:
    places = [index for index, column in enumerate(columns) if isinstance(column.type, Moment)]
    named = ", ".join(f'"{column.name}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({named}) VALUES ({marks})'  # noqa: S608
    connection.exec_driver_sql(statement, [_with_moments_written(row, places) for row in rows])


def _with_moments_written(row: Row, places: Sequence[int]) -> Row:
    values = list(row)
    for place in places:
        values[place] = _written_moment(values[place])
    return tuple(values)


@lru_cache(4096)
def _written_moment(value: datetime) -> str:
    """Write a time the way SQLAlchemy reads it; a page's documents often share one."""
    return in_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _copy(connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Row]) -> None:
    packed = [_packed(column, values) for column, values in zip(columns, zip(*rows, strict=True), strict=True)]
    starts = [struct.pack("!h", len(columns))] * len(rows)
    content = b"".join([_COPY_START, *chain.from_iterable(zip(starts, *packed, strict=True)), _COPY_END])
    named = ", ".join(f'"{column.name}"' for column in columns)
    cursor: Any = connection.connection.cursor()
    try:
        statement = f'COPY "{table.name}" ({named}) FROM STDIN (FORMAT BINARY)'
        cursor.copy_expert(statement, io.BytesIO(content), _READ_BYTES)
    finally:
        cursor.close()


def _packed(column: Column[Any], values: Sequence[Any]) -> list[bytes]:
    pack = _packer(column)
    # A page's rows share their source, run and address: those are packed once.
    if values.count(values[0]) == len(values):
        return [_NULL if values[0] is None else pack(values[0])] * len(values)
    return [_NULL if value is None else pack(value) for value in values]


def _packer(column: Column[Any]) -> Callable[[Any], bytes]:
    # In this order: every BigInteger is an Integer.
    for kind, pack in _PACKERS:
        if isinstance(column.type, kind):
            return pack
    return _packed_text


def _packed_text(value: str) -> bytes:
    content = value.encode()
    return _LENGTH.pack(len(content)) + content


def _packed_bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _packed_long(value: int) -> bytes:
    return _EIGHT_BYTES.pack(8, value)


def _packed_integer(value: int) -> bytes:
    return _FOUR_BYTES.pack(4, value)


def _packed_boolean(value: bool) -> bytes:
    return b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"


@lru_cache(4096)
def _packed_moment(value: datetime) -> bytes:
    return _EIGHT_BYTES.pack(8, (in_utc(value) - _POSTGRES_EPOCH) // _MICROSECOND)


_PACKERS: tuple[tuple[type, Callable[[Any], bytes]], ...] = (
    (Moment, _packed_moment),
    (BigInteger, _packed_long),
    (Integer, _packed_integer),
    (Boolean, _packed_boolean),
    (LargeBinary, _packed_bytes),
)
