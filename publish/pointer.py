"""The pointer of a source: found before a publication, put back where somebody deleted it, and replaced at its end."""

from ocds_schema import json
from ocds_schema.errors import PublishError, StorageError
from publish.files import JSON
from publish.layout import FRESH, lock_key, pointer_key, sequence_of, source_key
from publish.lock import Lock
from publish.manifest import Pointer, is_of, of_another, read_manifest, read_pointer
from publish.storage import Storage


def find_pointer(storage: Storage, source: str, lock: Lock | None = None, *, own: str | None = None) -> Pointer | None:
    """Give a source's pointer, or nothing before its first edition.

    A pointer that is gone is put back from what the lock remembers of it, if that edition is there and whole. `own` is
    the edition that is being published, of which a killed publication may have left files.

    Raises:
        PublishError: the pointer is gone although editions were published, and it is not known which the newest is.
    """
    pointer = read_pointer(storage, source)
    if pointer is None and lock and lock.pointer:
        remembered = _remembered(source, lock.pointer)
        _check_later(storage, source, remembered.sequence, own)
        _put_back(storage, source, lock.pointer, remembered)
        pointer = read_pointer(storage, source)
    elif pointer is None:
        # Of a first edition files may lie there that were never pointed to; a second follows one that was.
        _check_later(storage, source, 1, own)
    if pointer and lock:
        lock.remember(storage.read(pointer_key(source)))
    return pointer


def swap(storage: Storage, source: str, text: bytes, expected: Pointer | None, lock: Lock | None) -> None:
    """Replace a source's pointer, and make sure that it is there.

    Raises:
        StorageConflictError: it is not the expected one any more, or the lock is lost.
        PublishError: it does not read back as written.
        StorageError: the storage cannot be used.
    """
    if lock:
        lock.check()
    key = pointer_key(source)
    try:
        storage.replace(
            key,
            text,
            expected=expected.version if expected else None,
            content_type=JSON.media_type,
            cache_control=FRESH,
        )
    except StorageError:
        # A swap that seems to have failed may have been done: what is there now decides.
        if not _reads(storage, key, text):
            raise
    if lock:
        lock.settle()
    if storage.read(key) != text:
        raise PublishError(f"{key} does not read back as written: somebody else publishes {source} too")
    if lock:
        lock.remember(text)


def _reads(storage: Storage, key: str, content: bytes) -> bool:
    return storage.stat(key) is not None and storage.read(key) == content


def _remembered(source: str, text: str) -> Pointer:
    """Give the pointer that the lock remembers; the lock is an object like any other, and may have been altered."""
    try:
        pointer = Pointer(body=json.decode(text), version="")
        _ = (pointer.sequence, pointer.manifest_sha256, str(pointer.body["manifest"]["path"]))
        is_own = is_of(source, pointer.body)
    except (ValueError, KeyError, TypeError, PublishError) as error:
        raise PublishError(
            f"{pointer_key(source)} is gone, and what {lock_key(source)} remembers of it cannot be read ({error!r}): "
            "run `ocds-pipeline repair`"
        ) from error
    if not is_own:
        raise PublishError(
            f"{pointer_key(source)} is gone, and what {lock_key(source)} remembers {of_another(pointer.body)}: run "
            "`ocds-pipeline repair`"
        )
    return pointer


def _put_back(storage: Storage, source: str, text: str, remembered: Pointer) -> None:
    key = pointer_key(source)
    try:
        read_manifest(storage, source, remembered)
    except StorageError as error:
        raise PublishError(f"{key} is gone, and so is what it pointed to: restore both from a copy: {error}") from error
    storage.put_new(key, text.encode(), content_type=JSON.media_type, cache_control=FRESH)


def _check_later(storage: Storage, source: str, newest: int, own: str | None) -> None:
    """Make sure that there is no edition later than the newest that is known, but for our own."""
    prefix = source_key(source, "editions/")
    found = {key.removeprefix(prefix).partition("/")[0] for key in storage.keys(prefix)}
    later = sorted(edition for edition in found if sequence_of(edition) > newest and edition != own)
    if later:
        raise PublishError(
            f"{pointer_key(source)} is gone, although there is an edition {later[-1]}: put the pointer back from a "
            "copy, then run again"
        )
