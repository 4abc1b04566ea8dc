"""Every edition ever published, from the pointer back to the first, each manifest held against the hash kept of it."""

from collections.abc import Iterator

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.layout import edition_path, source_key
from publish.manifest import Pointer, read_manifest
from publish.storage import Storage


def chain(storage: Storage, source: str, pointer: Pointer) -> Iterator[Json]:
    """Give the manifests, the newest first.

    Raises:
        PublishError: a manifest is gone or altered: it is not known what the editions before it hold.
    """
    manifest = read_manifest(storage, source, pointer)
    while True:
        yield manifest
        previous = manifest["previous"]
        if previous is None:
            return
        manifest = _read(storage, source, previous, manifest["editionId"])


def _read(storage: Storage, source: str, previous: Json, following: str) -> Json:
    key = source_key(source, edition_path(previous["editionId"], "manifest.json"))
    if storage.stat(key) is None:
        raise PublishError(f"{key} is gone, although edition {following} follows it: put it back from a copy")
    data = storage.read(key)
    if json.digest(data) != previous["manifestSha256"]:
        raise PublishError(f"{key} is not the manifest that edition {following} vouches for: put the original back")
    return json.decode(data)
