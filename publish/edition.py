"""One edition: all of a source's files built, put on the storage, read back, and only then pointed to."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError, QualityError
from ocds_schema.json import Json
from publish.derive import derive, put_current
from publish.draft import Draft, Order, Progress, build_edition
from publish.files import JSON, TEXT, EditionFile
from publish.gates import MACHINE as GATES
from publish.gates import Judge, broken, broken_text, record_failure
from publish.history import History
from publish.layout import FRESH, IMMUTABLE, LAYOUT, edition_path, extension_key, key_key, pointer_key, source_key
from publish.manifest import read_manifest, read_pointer
from publish.policy import MACHINE, PAGE
from publish.storage import Storage

__all__ = ["Draft", "Edition", "Order", "Progress", "build_edition", "commit_edition", "write_edition"]

CLIENT = "ocds_sync.py"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A published edition; `new_files` and `new_bytes` are what this publication wrote."""

    id: str
    manifest: Json
    new_files: int = 0
    new_bytes: int = 0


def silent(_stage: str, _amount: int) -> None:
    """Take notice of no progress."""


def write_edition(
    history: History,
    storage: Storage,
    order: Order,
    *,
    work: Path,
    progress: Progress = silent,
    judge: Judge | None = None,
    siblings: Sequence[str] = (),
) -> Edition:
    """Publish an edition; the pointer moves last, and a crash at any moment leaves the old edition or the new one.

    Called again with the same order and history, it ends with the same bytes; an edition already pointed to is left as
    it is. In the folder `work` a copy of every file is made, and removed at the end. `judge` holds these files against
    gates, before any of them goes up. `siblings` are the other sources that may be published there, for the catalogue.

    Raises:
        PublishError: the order does not follow the newest edition, or what was read back is not what was written.
        QualityError: a gate is broken; that the edition failed is kept beside the others, and nothing else is.
        StorageConflictError: somebody else published at the same time.
        StorageError: the storage cannot be used.
    """
    source = order.source.name
    previous = read_pointer(storage, source)
    before = read_manifest(storage, source, previous) if previous else None
    if previous and previous.edition_id == order.edition_id:
        derive(storage, source, order.source.publisher.base_url, siblings)
        return Edition(id=order.edition_id, manifest=before)
    folder = work / f"edition-{source}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    draft = build_edition(
        history,
        order,
        previous=previous,
        before=before,
        folder=folder,
        progress=progress,
        judge=judge,
        earlier=_earlier(storage, source, before),
    )
    if draft.verdict and broken(draft.verdict):
        record_failure(storage, source, draft.verdict)
        shutil.rmtree(folder)
        raise QualityError(broken_text(draft.verdict))
    edition = commit_edition(draft, storage, progress=progress)
    derive(storage, source, order.source.publisher.base_url, siblings)
    shutil.rmtree(folder)
    return edition


def commit_edition(draft: Draft, storage: Storage, *, progress: Progress = silent) -> Edition:
    """Put a draft on the storage, read back all that is new, and move the pointer to it.

    Raises:
        PublishError: an object is not what it should be; the pointer has not moved.
        QualityError: a gate of the draft is broken.
        StorageConflictError: the pointer was moved by somebody else.
        StorageError: the storage cannot be used.
    """
    if draft.verdict and broken(draft.verdict):
        raise QualityError(broken_text(draft.verdict))
    source = draft.order.source.name
    new = [file for file in draft.files if not _is_kept(draft, file, storage)]
    written = [file for file in new if _put(file, source, storage, progress)]
    for path, content in draft.order.extensions.items():
        storage.put_new(extension_key(path), content, content_type=JSON.media_type, cache_control=IMMUTABLE)
    for name, content in (draft.order.signing.files() if draft.order.signing else {}).items():
        storage.put_new(key_key(name), content, content_type=TEXT.media_type, cache_control=IMMUTABLE)
    for file in new:
        _check(storage, source_key(source, file.path), file.written.sha256)
        progress("check", file.written.bytes)
    for path, content in draft.order.extensions.items():
        _check(storage, extension_key(path), json.digest(content))
    _put_policy(draft, storage)
    _put_client(storage)
    _point(draft, storage)
    new_bytes = sum(file.written.bytes for file in written)
    return Edition(id=draft.order.edition_id, manifest=draft.manifest, new_files=len(written), new_bytes=new_bytes)


def _earlier(storage: Storage, source: str, before: Json | None) -> Json | None:
    """Read the verdict on the edition before, where it was held against gates.

    Raises:
        PublishError: it is not the one that edition's manifest names.
    """
    if before is None:
        return None
    path = edition_path(before["editionId"], GATES)
    entry = next((each for each in before["files"] if each.get("path") == path), None)
    if entry is None:
        return None
    key = source_key(source, path)
    data = storage.read(key)
    if json.digest(data) != entry["sha256"]:
        raise PublishError(f"{key}: the manifest says sha256 {entry['sha256']}, but it has {json.digest(data)}")
    return json.decode(data)


def _is_kept(draft: Draft, file: EditionFile, storage: Storage) -> bool:
    """Whether the edition before has the file, and the storage still holds it.

    Raises:
        PublishError: the storage holds another content under its name.
    """
    if draft.known.get(file.path) != file.written.sha256:
        return False
    key = source_key(draft.order.source.name, file.path)
    stat = storage.stat(key)
    if stat is None:
        return False
    if stat.bytes != file.written.bytes or stat.sha256 not in {None, file.written.sha256}:
        found = f"{stat.bytes} bytes" if stat.sha256 is None else f"{stat.bytes} bytes, sha256 {stat.sha256}"
        expected = f"{file.written.bytes} bytes, sha256 {file.written.sha256}"
        raise PublishError(f"{key} was altered: expected {expected}, found {found}; remove it and publish again")
    return True


def _put(file: EditionFile, source: str, storage: Storage, progress: Progress) -> bool:
    is_new = storage.put_new(
        source_key(source, file.path),
        file.written.path,
        content_type=file.form.media_type,
        cache_control=IMMUTABLE,
        sha256=file.written.sha256,
    )
    progress("upload", file.written.bytes)
    return is_new


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


def _put_policy(draft: Draft, storage: Storage) -> None:
    """Put the newest policy where packages say that it is; as it tells of no edition it may come before the pointer."""
    for file in draft.files:
        name = file.path.rpartition("/")[2]
        if name in {PAGE, MACHINE}:
            key = source_key(draft.order.source.name, name)
            put_current(storage, key, file.written.path.read_bytes(), file.form.media_type)


def _put_client(storage: Storage) -> None:
    """Put the client that keeps copies beside the data, as it is in this version."""
    content = resources.files("publish").joinpath(CLIENT).read_bytes()
    put_current(storage, f"{LAYOUT}/{CLIENT}", content, "text/x-python; charset=utf-8")


def _point(draft: Draft, storage: Storage) -> None:
    key = pointer_key(draft.order.source.name)
    storage.replace(
        key,
        draft.pointer,
        expected=draft.previous.version if draft.previous else None,
        content_type=JSON.media_type,
        cache_control=FRESH,
    )
    if storage.read(key) != draft.pointer:
        raise PublishError(
            f"{key} does not read back as written: somebody else publishes {draft.order.source.name} too"
        )
