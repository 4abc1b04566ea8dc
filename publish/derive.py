"""Files derived from the pointer and the manifests: lists, feeds, catalogues. They can be made again at any time."""

from collections.abc import Iterator, Sequence

from ocds_schema import json
from ocds_schema.errors import StorageConflictError
from ocds_schema.json import Json
from publish import editions
from publish.catalog import catalog_files, dataset_files
from publish.feeds import feed_files, status_files
from publish.layout import FRESH, LAYOUT, source_key
from publish.manifest import moment, read_manifest, read_pointer
from publish.storage import Storage

_TYPES = {
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".atom": "application/atom+xml; charset=utf-8",
}
_ATTEMPTS = 10
_TITLE = "Public procurement: editions of every source"


def derive(storage: Storage, source: str, base_url: str, names: Sequence[str]) -> int:
    """Bring a source's derived files, and those of the whole, up to its newest edition; say how many were written.

    `names` are the sources that may have been published; a storage is not searched for them, as it may be large.
    `base_url` counts where the newest edition names no address.

    Raises:
        PublishError: a manifest is not the one that is vouched for.
        StorageError: the storage cannot be used.
    """
    listed = editions.list_editions(storage, source)
    pointer = read_pointer(storage, source)
    if listed is None:
        return 0
    newest = read_manifest(storage, source, pointer) if pointer else None
    # By the address that the newest edition names, or nobody could say of what is derived whether it is right.
    base_url = address_of(newest) or base_url
    own = own_files(source, base_url, listed, newest)
    written = sum(put_current(storage, source_key(source, name), content) for name, content in own.items())
    return written + _until_alone(storage, base_url, sorted({*names, source}))


def address_of(newest: Json) -> str | None:
    """Give the publication's address as a manifest names it; those of earlier versions of this program do not."""
    found = (newest or {}).get("access", {}).get("baseUrl")
    return None if found is None else str(found)


def own_files(source: str, base_url: str, listed: Json, newest: Json | None) -> dict[str, bytes]:
    """Give what is derived of one source, by name: from its list of editions, and the manifest of the newest one."""
    files = {editions.NAME: json.encode_pretty(listed)}
    folder = source_key(source, "").rstrip("/")
    if newest is not None:
        files |= feed_files(newest["title"], base_url, folder, [(source, entry) for entry in listed["editions"]])
        files |= dataset_files(base_url, newest)
    return files | status_files(newest["title"] if newest else source, base_url, folder, {source: listed})


def shared_files(storage: Storage, base_url: str, names: Sequence[str]) -> dict[str, bytes]:
    """Give what is derived of all sources together, by name: from their lists of editions and newest manifests.

    Raises:
        PublishError: a manifest is not the one that is vouched for.
        StorageError: the storage cannot be used.
        ValueError: a list of editions cannot be read.
    """
    lists = {name: _read_list(storage, name) for name in names}
    entries = [(name, entry) for name, found in lists.items() for entry in found["editions"]]
    entries.sort(key=lambda each: (moment(each[1]), each[0]), reverse=True)
    retracted = {
        name: found["editions"][0]["retraction"]
        for name, found in lists.items()
        if found["editions"] and "retraction" in found["editions"][0]
    }
    files = catalog_files(base_url, _manifests(storage, names), retracted) | feed_files(
        _TITLE, base_url, LAYOUT, entries
    )
    return files | status_files(_TITLE, base_url, LAYOUT, lists)


def _derive_whole(storage: Storage, base_url: str, names: Sequence[str]) -> int:
    files = shared_files(storage, base_url, names)
    return sum(put_current(storage, f"{LAYOUT}/{name}", content) for name, content in files.items())


def _until_alone(storage: Storage, base_url: str, names: Sequence[str]) -> int:
    """Derive what sources share; where another source's publication does so too, once more with what that brought."""
    for attempt in range(_ATTEMPTS):
        try:
            return _derive_whole(storage, base_url, names)
        except StorageConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    return 0


def _read_list(storage: Storage, source: str) -> Json:
    key = source_key(source, editions.NAME)
    found = json.decode(storage.read(key)) if storage.stat(key) else {}
    return {"editions": [], "failed": [], **found}


def _manifests(storage: Storage, names: Sequence[str]) -> Iterator[Json]:
    for name in names:
        if (pointer := read_pointer(storage, name)) is not None:
            yield read_manifest(storage, name, pointer)


def put_current(storage: Storage, key: str, content: bytes, media_type: str = "") -> bool:
    """Put an object that may be replaced, and say whether it was not there yet as it is now."""
    stat = storage.stat(key)
    if stat is not None and storage.read(key) == content:
        return False
    form = media_type or _TYPES[f".{key.rpartition('.')[2]}"]
    storage.replace(key, content, expected=stat.version if stat else None, content_type=form, cache_control=FRESH)
    return True
