"""A draft made public: put on the storage, read back, and only then pointed to."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from typing import TypeVar

from ocds_schema import json
from ocds_schema.errors import PublishError, QualityError
from ocds_schema.json import Json
from publish.derive import put_current
from publish.draft import Draft, Progress
from publish.files import EditionFile, media_type_of
from publish.gates import broken, broken_text
from publish.layout import CLIENT, IMMUTABLE, LAYOUT, extension_key, source_key
from publish.lock import Lock
from publish.plan import spare
from publish.pointer import swap
from publish.policy import MACHINE, PAGE
from publish.retract import sign
from publish.sealed import put_keys
from publish.storage import Storage

_CHUNK_BYTES = 1 << 20
_HANDS = 4
_SAMPLE = 50
"""One in so many of the files that were there before is read whole, another choice for every edition."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A published edition; `new_files` and `new_bytes` are what this publication wrote."""

    id: str
    manifest: Json
    new_files: int = 0
    new_bytes: int = 0


def silent(_stage: str, _amount: int) -> None:
    """Take notice of no progress."""


def commit_edition(draft: Draft, storage: Storage, *, progress: Progress = silent, lock: Lock | None = None) -> Edition:
    """Put a draft on the storage, read back all that is new, and move the pointer to it.

    What is there already is not sent. With a `lock` nothing more is written once it is lost.

    Raises:
        PublishError: an object is not what it should be; the pointer has not moved.
        QualityError: a gate of the draft is broken.
        StorageConflictError: the pointer was moved by somebody else, or the lock is lost.
        StorageError: the storage cannot be used.
    """
    if draft.verdict and broken(draft.verdict):
        raise QualityError(broken_text(draft.verdict))
    commit = _Commit(draft, storage, progress, lock)
    commit.send()
    commit.put_shared()
    commit.check()
    commit.point()
    return commit.edition()


class _Commit:
    """A draft on its way."""

    def __init__(self, draft: Draft, storage: Storage, progress: Progress, lock: Lock | None) -> None:
        self._draft = draft
        self._storage = storage
        self._progress = progress
        self._lock = lock
        self._source = draft.order.source.name
        self._new: list[EditionFile] = []
        self._kept: list[EditionFile] = []
        self._sent: list[EditionFile] = []

    def send(self) -> None:
        """Put the files that are not there, those that editions share before the edition's own."""
        spare(self._storage, self._source, {file.path for file in self._draft.files})
        for is_shared in (True, False):
            files = [file for file in self._draft.files if (file.role == "data") is is_shared]
            for file, (is_kept, is_sent) in zip(files, self._each(self._send, files), strict=True):
                (self._kept if is_kept else self._new).append(file)
                if is_sent:
                    self._sent.append(file)
                if not is_kept:
                    self._progress("upload", file.written.bytes)

    def put_shared(self) -> None:
        """Put what all sources and editions share."""
        order = self._draft.order
        for path, content in order.extensions.items():
            self._storage.put_new(
                extension_key(path), content, content_type=media_type_of(path), cache_control=IMMUTABLE
            )
        put_keys(self._storage, order.signing)
        key = order.signing.key if order.signing else None
        sign(self._storage, self._source, json.decode(self._draft.pointer), key)

    def check(self) -> None:
        """Read back what is new, and some of what was there before."""
        edition = self._draft.order.edition_id
        sample = [file for file in self._kept if _is_drawn(f"{edition}/{file.path}")]
        for file, _ in zip(self._new + sample, self._each(self._check_file, self._new + sample), strict=True):
            self._progress("check", file.written.bytes)
        for path, content in self._draft.order.extensions.items():
            _check(self._storage, extension_key(path), json.digest(content))

    def point(self) -> None:
        """Move the pointer, and what else says which edition is the newest."""
        self._put_policy()
        _put_client(self._storage)
        swap(self._storage, self._source, self._draft.pointer, self._draft.previous, self._lock)

    def edition(self) -> Edition:
        """Say what was published."""
        return Edition(
            id=self._draft.order.edition_id,
            manifest=self._draft.manifest,
            new_files=len(self._sent),
            new_bytes=sum(file.written.bytes for file in self._sent),
        )

    def _each(self, act: Callable[[EditionFile], T], files: Iterable[EditionFile]) -> Iterator[T]:
        """Do something with several files at a time, and give the results in order."""

        def guarded(file: EditionFile) -> T:
            if self._lock:
                self._lock.check()
            return act(file)

        with ThreadPoolExecutor(_HANDS) as hands:
            waiting = [hands.submit(guarded, file) for file in files]
            try:
                for each in waiting:
                    yield each.result()
            finally:
                for each in waiting:
                    each.cancel()

    def _send(self, file: EditionFile) -> tuple[bool, bool]:
        """Put a file unless it is there; say whether the edition before has it, and whether it was sent."""
        key = source_key(self._source, file.path)
        stat = self._storage.stat(key)
        is_known = self._draft.known.get(file.path) == file.written.sha256
        if stat and is_known:
            _hold(key, file, stat.bytes, stat.sha256)
        if stat:
            return is_known, False
        is_sent = self._storage.put_new(
            key,
            file.written.path,
            content_type=file.form.media_type,
            cache_control=IMMUTABLE,
            sha256=file.written.sha256,
        )
        return False, is_sent

    def _check_file(self, file: EditionFile) -> None:
        _check(self._storage, source_key(self._source, file.path), file.written.sha256)

    def _put_policy(self) -> None:
        """Put the newest policy where packages say that it is; as it tells of no edition it may precede the pointer."""
        for file in self._draft.files:
            name = file.path.rpartition("/")[2]
            if name in {PAGE, MACHINE}:
                key = source_key(self._source, name)
                put_current(self._storage, key, file.written.path.read_bytes(), file.form.media_type)


def _hold(key: str, file: EditionFile, size: int, sha256: str | None) -> None:
    """Hold what is said of an object that was there before against what it should be.

    Raises:
        PublishError: it is another content.
    """
    if size != file.written.bytes or sha256 not in {None, file.written.sha256}:
        found = f"{size} bytes" if sha256 is None else f"{size} bytes, sha256 {sha256}"
        expected = f"{file.written.bytes} bytes, sha256 {file.written.sha256}"
        raise PublishError(f"{key} was altered: expected {expected}, found {found}; remove it and publish again")


def _is_drawn(name: str) -> bool:
    return int(json.digest(name.encode())[:8], 16) % _SAMPLE == 0


def _check(storage: Storage, key: str, expected: str) -> None:
    with storage.open(key) as stream:
        found = hashlib.sha256()
        while chunk := stream.read(_CHUNK_BYTES):
            found.update(chunk)
    if found.hexdigest() != expected:
        raise PublishError(
            f"{key} reads back with sha256 {found.hexdigest()}, expected {expected}; the edition before stands: "
            "find out who wrote that object, remove it and publish again"
        )


def _put_client(storage: Storage) -> None:
    """Put the client that keeps copies beside the data, as it is in this version."""
    content = resources.files("publish").joinpath(CLIENT).read_bytes()
    put_current(storage, f"{LAYOUT}/{CLIENT}", content, "text/x-python; charset=utf-8")
