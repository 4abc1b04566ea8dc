"""Where everything of a publication is: keys, paths relative to `v1/<source>/`, and edition ids."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.storage import Storage

LAYOUT = "v1"
LAYOUT_VERSION = "1.0"
CLIENT = "ocds_sync.py"
"""The client that keeps copies, beside the data."""
CATALOG = "catalog.json"
"""The catalogue of all sources, and `EDITIONS`, the list of one source's editions."""
EDITIONS = "editions.json"
IMMUTABLE = "public, max-age=31536000, immutable"
"""The cache header of objects that are never written again."""
FRESH = "no-cache"
"""The cache header of pointers: a cache asks before it answers."""

FAILURES = "failed/"
"""The folder of what is kept of editions that were stopped."""

_EDITION_ID = re.compile(r"\d{8}T\d{6}Z-\d{6}")
_TARGET = re.compile(
    rf"(?P<root>.*)(?:^|/){LAYOUT}(?:/(?P<source>[a-z0-9_-]+)(?:/editions/(?P<edition>{_EDITION_ID.pattern}))?(?:/.*)?)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a URL or path points at: the storage's root, and a source and edition where it names them."""

    root: str
    source: str | None = None
    edition_id: str | None = None


def edition_id(as_of: datetime, sequence: int) -> str:
    """Name an edition: `YYYYMMDDTHHMMSSZ-NNNNNN`, the moment it speaks for in UTC and its number."""
    return f"{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}-{sequence:06d}"


def sequence_of(edition: str) -> int:
    """Give an edition's number.

    Raises:
        PublishError: it is no edition id.
    """
    if not _EDITION_ID.fullmatch(edition):
        raise PublishError(f"{edition!r} is no edition id: it reads YYYYMMDDTHHMMSSZ-NNNNNN")
    return int(edition[-6:])


def source_key(source: str, path: str) -> str:
    """Give the key of a path that a manifest names."""
    return f"{LAYOUT}/{source}/{path}"


def pointer_key(source: str) -> str:
    """Give the key of the pointer to a source's newest edition."""
    return source_key(source, "latest.json")


def lock_key(source: str) -> str:
    """Give the key of the lock of a source's publisher; it is beside what is published, and not for the public."""
    return f"_lock/{source}.json"


def plan_key(source: str) -> str:
    """Give the key of the list of a source's objects that nothing needs; it is not for the public either."""
    return f"_gc/{source}.json"


def extension_key(path: str) -> str:
    """Give the key of a file of an OCDS extension of our own."""
    return f"{LAYOUT}/extensions/{path}"


def extension_file_key(entry: Json) -> str:
    """Give the key of a file of an extension that a manifest names."""
    return f"{LAYOUT}/{entry['path'].removeprefix('../')}"


def key_key(name: str) -> str:
    """Give the key of a public key that manifests are signed with."""
    return f"{LAYOUT}/keys/{name}"


def edition_path(edition: str, name: str) -> str:
    """Give the path of a file of an edition."""
    return f"editions/{edition}/{name}"


def data_path(table: str, form: str, year: int, sha256: str, ending: str) -> str:
    """Give the path of a data file: named by its content, and so shared by all editions that hold it."""
    return f"{data_folder(table, form, year)}/{table}-{year:04d}-{sha256[:16]}{_ended(ending)}"


def lookup_path(table: str, form: str, sha256: str, ending: str) -> str:
    """Give the path of a data file of all years together."""
    return f"data/{table}/{form}/all/{table}-{sha256[:16]}{_ended(ending)}"


def _ended(ending: str) -> str:
    return ending if ending.startswith("-") else f".{ending}"


def retractions_path(sha256: str) -> str:
    """Give the path of a list of editions that were taken back: named by its content."""
    return f"retractions/{sha256[:16]}.json"


def failed_path(edition: str, number: int) -> str:
    """Give the path of the record of an edition that was stopped, which may have happened more than once."""
    return f"{FAILURES}{edition}{f'-{number}' if number > 1 else ''}.json"


def data_folder(table: str, form: str, year: int) -> str:
    """Give the path of the folder of a year's data files."""
    return f"data/{table}/{form}/year={year:04d}"


def locate(target: str) -> Place:
    """Read a URL or path that points at a publication, a source, an edition, or a file of one.

    A local path is made absolute, so that `.` inside a publication works.
    """
    url = target if "://" in target else str(Path(target).resolve())
    match = _TARGET.fullmatch(url.rstrip("/"))
    if match is None:
        return Place(root=url)
    root = match["root"] or ("/" if url.startswith("/") else "")
    return Place(root=root, source=match["source"], edition_id=match["edition"])


def sources(storage: Storage) -> Iterator[str]:
    """List the sources that a storage holds an edition of; every key is looked at."""
    for key in storage.keys(f"{LAYOUT}/"):
        parts = key.split("/")
        if len(parts) == 3 and parts[2] == "latest.json":  # noqa: PLR2004 - v1, source, file
            yield parts[1]
