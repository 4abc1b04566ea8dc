"""The one record by which a published file may be another than its manifest says: `redactions.json`.

It says of each redaction what kind it was, which process, when, by whom, why and on what legal ground, never the value;
and of each object what it was and what it is now, or that it was withdrawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.derive import put_current
from publish.files import TEXT
from publish.layout import source_key
from publish.manifest import check_note
from publish.signing import SUFFIX, SigningKey
from publish.stamp import stamped
from publish.storage import Storage

NAME = "redactions.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """An object that held what was taken out: its path, size and hash then, and those of now; none if withdrawn."""

    path: str
    bytes: int
    sha256: str
    new_bytes: int = 0
    new_sha256: str | None = None

    def facts(self) -> Json:
        """Give it as it is published."""
        new = None if self.new_sha256 is None else {"bytes": self.new_bytes, "sha256": self.new_sha256}
        return {"path": self.path, "bytes": self.bytes, "sha256": self.sha256, "new": new}


class Redacted:
    """What became of objects by all redactions of a source."""

    def __init__(self, entries: Iterable[Json]) -> None:
        """Take the redactions, the first one first."""
        self._moves: dict[str, dict[str, str | None]] = {}
        for entry in entries:
            for each in entry["objects"]:
                new = each["new"] and each["new"]["sha256"]
                self._moves.setdefault(each["path"], {})[each["sha256"]] = new

    def now(self, path: str, sha256: str) -> str | None:
        """Give the hash that an object has now which had another; nothing where it was withdrawn."""
        moves: Mapping[str, str | None] = self._moves.get(path, {})
        found: str | None = sha256
        while found is not None and found in moves:
            found = moves[found]
        return found


def read_redactions(storage: Storage, source: str) -> Sequence[Json]:
    """Give the redactions of a source as they are published, the first one first.

    Raises:
        PublishError: the record of them cannot be read, or is another source's.
    """
    key = source_key(source, NAME)
    if storage.stat(key) is None:
        return ()
    try:
        body = json.decode(storage.read(key))
        check_note(source, key, body)
        entries: Sequence[Json] = body["redactions"]
        Redacted(entries)
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(f"{key} cannot be read ({error!r}): put it back from a copy") from error
    return entries


def publish_redactions(storage: Storage, source: str, entries: Sequence[Json], key: SigningKey | None) -> bool:
    """Publish the redactions of a source, signed where there is a key, and say whether that brought anything new."""
    data = stamped({"dataset": source, "redactions": list(entries)})
    is_new = put_current(storage, source_key(source, NAME), data)
    if key is not None:
        signature = key.sign(data, f"{source} {NAME}")
        is_new |= put_current(storage, source_key(source, f"{NAME}{SUFFIX}"), signature, TEXT.media_type)
    return is_new
