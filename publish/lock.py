"""One publisher of a source at a time: a lock on the storage itself, with a lease that runs out and a fence that grows.

The lock spares two publishers each other's work, and tells them of each other. That only one of them commits is held by
the swap of the pointer, whatever becomes of the lock.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from ocds_schema import json
from ocds_schema.errors import StorageBusyError, StorageConflictError, StorageError
from ocds_schema.json import Json
from publish.files import JSON
from publish.layout import FRESH, lock_key
from publish.storage import Storage

_ATTEMPTS = 3
_KINDS = {"fence": int, "editionId": str, "pointer": str}
_LIVE: set[str] = set()
"""Tokens of the locks that this process holds: another one that says it is this process's has lost its holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """How long a lock holds without being renewed, how often it is, and the pause before one's own lock is believed.

    All in seconds. The pause is only made where the storage knows no compare-and-swap.
    """

    lasts: float = 90.0
    renewed: float = 20.0
    pause: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes, and what it knows of others.

    `holder` names it, for people and for `is_gone`, which says of another's holder whether it surely lives no more.
    `token` is different for every lock that is taken.
    """

    holder: Json
    is_gone: Callable[[Json], bool]
    token: Callable[[], str]
    clock: Callable[[], datetime]
    uptime: Callable[[], float]
    wait: Callable[[float], None]
    lease: Lease = Lease()


class Lock:
    """A lock that is held."""

    def __init__(self, storage: Storage, source: str, publisher: Publisher) -> None:
        self._storage = storage
        self._key = lock_key(source)
        self._publisher = publisher
        self.token = publisher.token()
        self._guard = threading.Lock()
        self._version: str | None = None
        self._since = publisher.clock()
        self._renewed_at = publisher.uptime()
        self._renewals = 0
        self._lost = ""
        self._facts: Json = {"fence": 0, "editionId": None, "pointer": None}

    @property
    def pointer(self) -> str | None:
        """The text of the last pointer that a holder of the lock knew of."""
        return self._facts["pointer"]  # type: ignore[no-any-return]

    def enter(self, edition_id: str, at_least: int = 0) -> int:
        """Give the fence for an edition: larger than that of any edition before, and the same one whenever it is asked.

        Raises:
            StorageConflictError: the lock is lost.
        """
        if self._facts["editionId"] != edition_id or self._facts["fence"] < at_least:
            self._facts |= {"fence": max(self._facts["fence"] + 1, at_least), "editionId": edition_id}
            self._write(is_held=True)
        return int(self._facts["fence"])

    def remember(self, pointer: bytes) -> None:
        """Keep the pointer as it is, so that it can be put back should somebody delete it."""
        self._facts["pointer"] = pointer.decode()

    def check(self) -> None:
        """Make sure that the lock is still held.

        Raises:
            StorageConflictError: it was taken away, or could not be renewed for as long as it lasts.
        """
        if self._lost:
            raise StorageConflictError(self._lost)

    def renew(self) -> None:
        """Renew the lease; where the storage does not answer, this may be tried again until the lease is over."""
        try:
            self._write(is_held=True)
        except StorageConflictError:
            pass
        except StorageError as error:
            silent = self._publisher.uptime() - self._renewed_at
            if silent > self._publisher.lease.lasts:
                self._lost = f"{self._key}: could not be renewed for {silent:.0f} s, and so is lost: {error}"

    def release(self) -> None:
        """Let the lock go; it stays there as a note of the last fence and pointer."""
        if not self._lost:
            self._write(is_held=False)

    def take(self) -> None:
        """Take the lock.

        Raises:
            StorageBusyError: somebody else holds it.
        """
        for _ in range(_ATTEMPTS):
            stat = self._storage.stat(self._key)
            held = _read(self._storage, self._key) if stat else {}
            if held.get("isHeld", bool(stat)):
                self._make_way(held, stat.version if stat else "")
            self._facts |= _facts_of(held)
            self._version = stat.version if stat else None
            try:
                self._write(is_held=True)
            except StorageConflictError:
                self._lost = ""
                continue
            self._confirm()
            return
        raise StorageBusyError(f"{self._key}: several publishers want this lock: run again when they are done")

    def _make_way(self, held: Json, version: str) -> None:
        """Come back only where whoever holds the lock is gone, or has let the lease run out."""
        holder = _holder_of(held)
        is_ours = holder == self._publisher.holder and str(held.get("token")) not in _LIVE
        if is_ours or (holder and self._publisher.is_gone(holder)):
            return
        lasts = self._publisher.lease.lasts
        left = _seconds_left(held, self._publisher.clock())
        # A lease that would last longer than leases do was given by a clock that is wrong: ours or the other's.
        if left is not None and 0 < left <= lasts:
            raise StorageBusyError(f"{self._told(held)}: run again when it is done")
        if not self._storage.capabilities().compare_and_swap and holder.get("host") != self._publisher.holder["host"]:
            raise StorageBusyError(
                f"{self._told(held)} and never gave it back. The storage cannot keep two writers apart, so make sure "
                f"that nobody publishes there any more, delete {self._key}, and run again"
            )
        # Clocks differ and jump, so an expired lease alone proves nothing: one that is alive renews it.
        self._publisher.wait(1.5 * self._publisher.lease.renewed)
        now = self._storage.stat(self._key)
        if now and now.version != version:
            raise StorageBusyError(f"{self._told(held)}: run again when it is done")

    def settle(self) -> None:
        """Where two may both have written an object, wait until the later of them has."""
        if not self._storage.capabilities().compare_and_swap:
            self._publisher.wait(self._publisher.lease.pause)

    def _confirm(self) -> None:
        if self._storage.capabilities().compare_and_swap:
            return
        self.settle()
        held = _read(self._storage, self._key)
        if held.get("token") != self.token:
            raise StorageBusyError(f"{self._told(held)}: run again when it is done")

    def _told(self, held: Json) -> str:
        holder = _holder_of(held) or {"host": "somebody"}
        who = ", ".join(f"{name} {value}" for name, value in sorted(holder.items()) if name in {"host", "pid"})
        return f"{self._key}: {who} holds the lock since {held.get('since', 'an unknown time')}"

    def _write(self, *, is_held: bool) -> None:
        now = self._publisher.clock()
        with self._guard:
            body = {
                **self._facts,
                "isHeld": is_held,
                "holder": self._publisher.holder,
                "token": self.token,
                "since": self._since.isoformat(timespec="seconds"),
                "renewals": self._renewals,
                "expires": (now + timedelta(seconds=self._publisher.lease.lasts)).isoformat(timespec="seconds"),
            }
            try:
                self._version = self._storage.replace(
                    self._key,
                    json.encode_pretty(body),
                    expected=self._version,
                    content_type=JSON.media_type,
                    cache_control=FRESH,
                )
            except StorageConflictError as error:
                self._lost = f"{error} (the lock was taken away)"
                raise StorageConflictError(self._lost) from error
            self._renewed_at = self._publisher.uptime()
            self._renewals += 1


@contextmanager
def hold(storage: Storage, source: str, publisher: Publisher) -> Iterator[Lock]:
    """Hold a source's lock while the block runs; its lease is renewed in the background.

    Raises:
        StorageBusyError: somebody else holds it; that is not waited for.
        StorageError: the storage cannot be used.
    """
    lock = Lock(storage, source, publisher)
    _LIVE.add(lock.token)
    try:
        lock.take()
        try:
            with _renewed(lock, publisher.lease):
                yield lock
        finally:
            # A lock that cannot be given back runs out.
            with suppress(StorageError):
                lock.release()
    finally:
        _LIVE.discard(lock.token)


@contextmanager
def _renewed(lock: Lock, lease: Lease) -> Iterator[None]:
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(lease.renewed):
            lock.renew()

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()


def _read(storage: Storage, key: str) -> Json:
    """Read a lock; one that somebody damaged says nothing, and is waited out like any other."""
    try:
        found = json.decode(storage.read(key))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _holder_of(held: Json) -> Json:
    """Give who holds a lock, or nothing where that is not said as it should be."""
    holder = held.get("holder")
    return holder if isinstance(holder, dict) else {}


def _facts_of(held: Json) -> Json:
    """Give what a lock says besides who holds it, as far as it is of the right kind."""
    return {name: held[name] for name, kinds in _KINDS.items() if name in held and isinstance(held[name], kinds)}


def _seconds_left(held: Json, now: datetime) -> float | None:
    try:
        return (datetime.fromisoformat(held["expires"]) - now).total_seconds()
    except (KeyError, TypeError, ValueError):
        return None
