"""The connection to the database: one engine, transactions that end whole, and errors in plain words."""

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    ARRAY,
    URL,
    ColumnElement,
    Connection,
    Engine,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ocds_pipeline.store.bodies import Bodies
from ocds_pipeline.store.schema import upgrade
from ocds_pipeline.store.tables import METADATA
from ocds_schema import json
from ocds_schema.errors import StoreError, StoreSetupError

BUSY_SECONDS = 60
CONNECT_SECONDS = 10
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    # FULL, not NORMAL: an edition must never be ahead of the database, not even after a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA wal_autocheckpoint = 8192",
)


class Database:
    """An open database with the tables in place; what the parts of the store have in common."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self.url = url
        self._engine = engine
        self._writer = engine.execution_options(writing=True)
        self._bodies = Bodies()
        self._dictionaries: dict[str, dict[str, int]] = {}
        self._counts: dict[str, dict[str, int]] = {}
        driver = engine.dialect.loaded_dbapi
        self._failures: tuple[type[Exception], ...] = (SQLAlchemyError, driver.Error)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database of a URL, `sqlite:///path` or `postgresql://…`, and bring its tables up to date.

        Raises:
            StoreSetupError: the URL is of another kind of database, or the tables are of a newer version.
            StoreError: the database cannot be reached.
        """
        address = _address(url)
        database = cls(address, _engine(address))
        try:
            database.prepare()
        except BaseException:
            database.close()
            raise
        return database

    def prepare(self) -> None:
        """Bring the tables up to date."""
        with self._writing() as connection:
            upgrade(connection, self.name)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The database's URL, without its password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours, and not a server's."""
        return self._engine.dialect.name == "sqlite"

    def take_stock(self) -> None:
        """Have the database look at how much its tables hold; call it between saving much and looking for much.

        PostgreSQL looks by itself, but a minute later; until then it takes the tables for all but empty, and compares
        each row of one with each of another. SQLite goes by its indexes.
        """
        if self.is_sqlite:
            return
        for name in METADATA.tables:
            with self._reading() as connection:
                connection.exec_driver_sql(f'ANALYZE (SKIP_LOCKED) "{name}"')

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads.

        Raises:
            StoreError: the database cannot be reached or used.
        """
        with self._plainly(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Open a transaction that is kept whole when the block ends, and not at all when it fails.

        Raises:
            StoreError: the database cannot be reached or used.
        """
        with self._plainly(), self._writer.begin() as connection:
            yield connection

    def _among(self, column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
        """Say that a column has one of any number of values, with a single parameter."""
        wanted = list(values)
        if self.is_sqlite:
            # An IN list of parameters would meet SQLite's limit on variables.
            each = func.json_each(json.encode(wanted).decode()).table_valued("value")
            return column.in_(select(each.c.value))
        return column == any_(bindparam(None, wanted, type_=ARRAY(Text)))

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            # Not chained: a driver's error may quote whole rows.
            raise StoreError(_in_words(self.name, error, is_file=self.is_sqlite)) from None


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreSetupError(
            "the database URL cannot be read; it looks like sqlite:///var/store.sqlite3 or postgresql://user@host/name"
        ) from None
    match address.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _file_address(address)
        case "postgresql" | "postgres" | "postgresql+psycopg2":
            return address.set(drivername="postgresql+psycopg2")
    raise StoreSetupError(
        f"{address.drivername}:// is no database this store can use: give sqlite:///path or postgresql://user@host/name"
    )


def _file_address(address: URL) -> URL:
    if not address.database or address.database == ":memory:":
        raise StoreSetupError("an SQLite store needs a file: give sqlite:///path")
    try:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder of {address.database} cannot be made: {error.strerror}") from None
    return address


def _engine(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        address,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": f"ocds-pipeline process {os.getpid()} on {socket.gethostname()}",
            "options": "-c timezone=UTC",
        },
    )


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions start late, and not at all before a CREATE TABLE.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later may find the file taken in between; this one waits at its start.
    writes = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_words(name: str, error: Exception, *, is_file: bool) -> str:
    cause = getattr(error, "orig", None) or error
    first = str(cause).strip().partition("\n")[0]
    remedy = (
        "see that the folder can be written to, that the disk has room and that the file is an SQLite database"
        if is_file
        else "see that the server is up and lets this user in, and that OCDS_DATABASE_URL is right"
    )
    return f"the database {name} cannot be used: {first}; {remedy}"
