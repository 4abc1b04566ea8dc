"""Objects that are gone or are not what their manifest says: found, and replaced where the very bytes can be had."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import StorageError
from ocds_schema.json import Json
from publish.files import JSON, TEXT, media_type_of
from publish.formats import sha256_of
from publish.layout import IMMUTABLE, edition_path, extension_file_key, source_key
from publish.lock import Lock
from publish.manifest import published, sums_of
from publish.redactions import Redacted
from publish.retention import passes
from publish.storage import Storage

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """An object that should be there with a hash, and what is wrong with it: it is `missing` or `altered`."""

    key: str
    sha256: str
    what: str
    media_type: str = JSON.media_type


Maker = Callable[[Sequence[Damage], Path], Iterator[tuple[str, Path]]]
"""Gives what it can of some objects, as files in a folder, by key; whether they are the right ones is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """An object that was put back, and from where."""

    key: str
    whence: str


def damages(
    storage: Storage,
    source: str,
    manifest: Json,
    *,
    progress: Callable[[int], None],
    collected: bool = False,
    redacted: Redacted | None = None,
    but: Collection[str] = (),
) -> Iterator[Damage]:
    """Give what is wrong with the files of an edition, `but` for some keys.

    Of one whose data was `collected` what went with it may be gone; what was `redacted` is to be what it was made then.
    """
    data = storage.read(source_key(source, edition_path(manifest["editionId"], "manifest.json")))
    listed = sums_of(manifest, data)
    path = edition_path(manifest["editionId"], "SHA256SUMS")
    yield from look(storage, source_key(source, path), json.digest(listed), TEXT.media_type, progress)
    for entry in published(manifest):
        key = source_key(source, entry["path"])
        sha256 = redacted.now(entry["path"], entry["sha256"]) if redacted else entry["sha256"]
        if key in but or sha256 is None:
            continue
        found = look(storage, key, sha256, entry["mediaType"], progress)
        yield from (each for each in found if not (collected and each.what == "missing" and passes(entry)))
    for entry in manifest["ocds"]["extensionFiles"]:
        if (key := extension_file_key(entry)) not in but:
            yield from look(storage, key, entry["sha256"], media_type_of(key), progress)


def look(
    storage: Storage, key: str, sha256: str, media_type: str, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Damage]:
    """Give what is wrong with an object, if anything is."""
    if storage.stat(key) is None:
        yield Damage(key=key, sha256=sha256, what="missing", media_type=media_type)
        return
    found = hashlib.sha256()
    with storage.open(key) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            found.update(chunk)
            progress(len(chunk))
    if found.hexdigest() != sha256:
        yield Damage(key=key, sha256=sha256, what="altered", media_type=media_type)


def mend(
    storage: Storage, wanted: Sequence[Damage], makers: Mapping[str, Maker], folder: Path, lock: Lock
) -> tuple[list[Mended], list[Damage]]:
    """Put back what some maker has the very bytes of; give what was put back, and what stays damaged.

    Makers are asked one after the other, each only for what the ones before it do not have.
    """
    mended: list[Mended] = []
    left = {each.key: each for each in wanted}
    for whence, maker in makers.items():
        if not left:
            break
        place = folder / whence.replace(" ", "-")
        place.mkdir(parents=True, exist_ok=True)
        for key, path in maker(list(left.values()), place):
            if key in left and sha256_of(path) == left[key].sha256:
                lock.check()
                damage = left.pop(key)
                put_file(storage, key, path, damage.media_type, damage.sha256)
                mended.append(Mended(key=key, whence=whence))
    return mended, list(left.values())


def from_copy(copy: Storage) -> Maker:
    """Take objects from another storage, which holds a copy of the publication under the same keys."""

    def make(wanted: Sequence[Damage], folder: Path) -> Iterator[tuple[str, Path]]:
        for number, each in enumerate(wanted):
            path = folder / f"{number}"
            try:
                if copy.stat(each.key) is None:
                    continue
                with copy.open(each.key) as stream, path.open("wb") as file:
                    while chunk := stream.read(_CHUNK_BYTES):
                        file.write(chunk)
            except StorageError:
                continue
            yield each.key, path
            path.unlink()

    return make


def from_contents(contents: Mapping[str, bytes]) -> Maker:
    """Take objects from what is known of them, by key."""

    def make(wanted: Sequence[Damage], folder: Path) -> Iterator[tuple[str, Path]]:
        for each in wanted:
            if each.key in contents:
                path = folder / "content"
                path.write_bytes(contents[each.key])
                yield each.key, path

    return make


def from_files(make_files: Callable[[Sequence[Damage], Path], Iterable[tuple[str, Path]]]) -> Maker:
    """Take objects from files that are built when they are wanted."""

    def make(wanted: Sequence[Damage], folder: Path) -> Iterator[tuple[str, Path]]:
        yield from ((key, path) for key, path in make_files(wanted, folder) if path.exists())

    return make


def put_file(storage: Storage, key: str, path: Path, media_type: str, sha256: str) -> None:
    """Put a file in the place of whatever an object is now."""
    storage.delete(key)
    storage.put_new(key, path, content_type=media_type, cache_control=IMMUTABLE, sha256=sha256)
