"""One run of a source at a time, in any process on any machine that shares the database."""

import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from ocds_pipeline.store.database import Database
from ocds_schema.errors import SourceBusyError

_HELD: set[int] = set()
"""Descriptors that hold a lock: a child made by forking closes its copies, or the lock would outlive its holder."""

_HOLDER = text(
    "SELECT activity.application_name AS who, activity.state_change AS since "
    "FROM pg_locks JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid "
    "WHERE pg_locks.locktype = 'advisory' AND pg_locks.granted "
    "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND pg_locks.classid::bigint = (:key >> 32) & 4294967295 AND pg_locks.objid::bigint = :key & 4294967295"
)


class Locks(Database):
    """A database that keeps two runs of one source apart."""

    @contextmanager
    def lock(self, source: str) -> Iterator[None]:
        """Hold a source while the block runs; the kernel or the server lets it go should the process die.

        Raises:
            SourceBusyError: another run holds the source; it is not waited for.
        """
        with self._file_lock(source) if self.is_sqlite else self._server_lock(source):
            yield

    @contextmanager
    def _file_lock(self, source: str) -> Iterator[None]:
        path = Path(f"{self.url.database}.{source}.lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            # flock, not lockf: it also keeps apart two stores within one process.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            since = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise _busy(source, holder, since) from None
        _HELD.add(descriptor)
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
            yield
        finally:
            _HELD.discard(descriptor)
            # The file stays: to remove it would open a gap in which two could hold it.
            os.close(descriptor)

    @contextmanager
    def _server_lock(self, source: str) -> Iterator[None]:
        key = {"key": int.from_bytes(hashlib.sha256(f"ocds-pipeline/{source}".encode()).digest()[:8], signed=True)}
        with self._plainly(), self._engine.connect() as connection:
            session = connection.execution_options(isolation_level="AUTOCOMMIT")
            # Its own session, closed at the end: back in the pool it could not tell its lock from another's.
            session.detach()
            if not session.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
                row: Any = session.execute(_HOLDER, key).first()
                raise _busy(source, row and row.who, row and row.since)
            driver: Any = session.connection.dbapi_connection
            descriptor: int = driver.fileno()
            _HELD.add(descriptor)
            try:
                yield
            finally:
                _HELD.discard(descriptor)


def _busy(source: str, holder: str | None, since: datetime | None) -> SourceBusyError:
    began = f" since {since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if since else ""
    return SourceBusyError(
        f"another run of {source} is at work{began} ({holder or 'an unknown process'}): wait until it has ended, "
        "or end it, and run again"
    )


def _let_go_in_child() -> None:
    for descriptor in _HELD:
        os.close(descriptor)
    _HELD.clear()


os.register_at_fork(after_in_child=_let_go_in_child)
