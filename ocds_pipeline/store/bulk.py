"""Writes many rows at once: one prepared statement for SQLite, a binary COPY for PostgreSQL."""

import io
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, LargeBinary, Table
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


def insert_absent(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert whole rows, passing over those whose key is there."""
    names = [column.name for column in table.columns]
    values = [dict(zip(names, row, strict=True)) for row in sorted(rows)]
    if values:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), values)


def _insert_prepared(connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Row]) -> None:
    places = [index for index, column in enumerate(columns) if isinstance(column.type, Moment)]
    named = ", ".join(f'"{column.name}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({named}) VALUES ({marks})'  # noqa: S608
    connection.exec_driver_sql(statement, [_with_moments_written(row, places) for row in rows])


def _with_moments_written(row: Row, places: Sequence[int]) -> Row:
    values = list(row)
    for place in places:
        values[place] = in_utc(values[place]).replace(tzinfo=None).isoformat(" ", "microseconds")
    return tuple(values)


def _copy(connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Row]) -> None:
    packers = [_packer(column) for column in columns]
    start = struct.pack("!h", len(columns))
    parts = [_COPY_START]
    for row in rows:
        parts.append(start)
        parts += [_NULL if value is None else pack(value) for pack, value in zip(packers, row, strict=True)]
    parts.append(_COPY_END)
    named = ", ".join(f'"{column.name}"' for column in columns)
    cursor: Any = connection.connection.cursor()
    try:
        statement = f'COPY "{table.name}" ({named}) FROM STDIN (FORMAT BINARY)'
        cursor.copy_expert(statement, io.BytesIO(b"".join(parts)), _READ_BYTES)
    finally:
        cursor.close()


def _packer(column: Column[Any]) -> Callable[[Any], bytes]:
    # In this order: every BigInteger is an Integer.
    for kind, pack in _PACKERS:
        if isinstance(column.type, kind):
            return pack
    return _packed_text


def _packed_text(value: str) -> bytes:
    return _packed_bytes(value.encode())


def _packed_bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _packed_long(value: int) -> bytes:
    return _EIGHT_BYTES.pack(8, value)


def _packed_integer(value: int) -> bytes:
    return _FOUR_BYTES.pack(4, value)


def _packed_boolean(value: bool) -> bytes:
    return b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"


def _packed_moment(value: datetime) -> bytes:
    return _EIGHT_BYTES.pack(8, (in_utc(value) - _POSTGRES_EPOCH) // _MICROSECOND)


_PACKERS: tuple[tuple[type, Callable[[Any], bytes]], ...] = (
    (Moment, _packed_moment),
    (BigInteger, _packed_long),
    (Integer, _packed_integer),
    (Boolean, _packed_boolean),
    (LargeBinary, _packed_bytes),
)
