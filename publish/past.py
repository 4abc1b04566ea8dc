"""The editions before: their manifests, one after the other, and what they published."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import BinaryIO

from ocds_schema import json
from ocds_schema.errors import StorageError
from ocds_schema.json import Json
from publish.formats import read_lines
from publish.layout import edition_path, source_key
from publish.storage import Storage


class Lines:
    """Lines that are read anew each time they are gone through; so many at the start are passed over."""

    def __init__(self, read: Callable[[], Iterator[bytes]], *, skipped: int = 0) -> None:
        """Take what begins to read them."""
        self._read = read
        self._skipped = skipped

    def __iter__(self) -> Iterator[bytes]:
        return islice(self._read(), self._skipped, None)


class Past:
    """What is on the storage of a source, seen from its newest edition."""

    def __init__(self, storage: Storage, source: str, newest: Json | None) -> None:
        """Take the newest edition's manifest, or nothing where there is none."""
        self._storage = storage
        self._source = source
        self._newest = newest

    def manifests(self) -> Iterator[Json]:
        """Give the manifests, the newest first, as far back as they are still there."""
        manifest = self._newest
        while manifest is not None:
            yield manifest
            previous = manifest["previous"]
            manifest = previous and self._manifest(previous["editionId"])

    def lines(self, path: str) -> Iterator[bytes]:
        """Give the lines of a gzipped file; one that is missing is a `StorageError`, a broken one a `ValueError`."""
        return read_lines(partial(self.open, path))

    def open(self, path: str) -> BinaryIO:
        """Give a file's content as a stream, to be closed by the caller; a missing one is a `StorageError`."""
        return self._storage.open(source_key(self._source, path))

    def holds(self, entry: Json) -> bool:
        """Whether the file of a manifest's entry is there, as long as it should be and with its hash."""
        stat = self._storage.stat(source_key(self._source, entry["path"]))
        return stat is not None and stat.bytes == entry["bytes"] and stat.sha256 in {None, entry["sha256"]}

    def _manifest(self, edition_id: str) -> Json:
        try:
            return json.decode(self._storage.read(source_key(self._source, edition_path(edition_id, "manifest.json"))))
        except (StorageError, ValueError):
            return None
