"""The list of editions that were taken back, and what a pointer says of it.

The list is an object of its own, named by its content, so that the pointer stays small however long it grows. The
pointer names it, and the newest of these editions; later editions carry both on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.layout import retractions_path, sequence_of, source_key
from publish.storage import Storage

MOST_NAMED = 16
"""So many of the editions that were taken back, the newest ones, are named by the pointer itself."""
_MEMBERS = ("retracted", "retractions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """That an edition is taken back: by whom, when (RFC 3339), and why."""

    edition_id: str
    by: str
    reason: str
    date: str

    def facts(self) -> Json:
        """Give it as it is published."""
        return {"editionId": self.edition_id, "date": self.date, "by": self.by, "reason": self.reason}


def carried(pointer: Json) -> Json:
    """Give the members of a pointer about editions that were taken back, as the next pointer has them too."""
    return {name: pointer[name] for name in _MEMBERS if name in pointer}


def told(listed: bytes) -> Json:
    """Give the members of a pointer for a list.

    Raises:
        ValueError: it is no list of editions that were taken back.
    """
    entries = json.decode(listed)["retractions"]
    newest = sorted((str(each["editionId"]) for each in entries), key=sequence_of, reverse=True)
    sha256 = json.digest(listed)
    described = {"path": retractions_path(sha256), "sha256": sha256, "bytes": len(listed), "count": len(entries)}
    return {"retracted": newest[:MOST_NAMED], "retractions": described}


def lists_within(listed: bytes) -> dict[str, bytes]:
    """Give a list and all those that it grew out of, by path."""
    body = json.decode(listed)
    entries = body["retractions"]
    grown = [json.encode_pretty({**body, "retractions": entries[:count]}) for count in range(1, len(entries) + 1)]
    return {retractions_path(json.digest(each)): each for each in grown}


def read_retractions(storage: Storage, source: str, pointer: Json) -> Sequence[Json]:
    """Give the editions that were taken back, the first one first, by what the pointer says.

    Raises:
        PublishError: the list is not the one that the pointer names.
        StorageError: there is none.
    """
    listed = read_listed(storage, source, pointer)
    return json.decode(listed)["retractions"] if listed else ()


def read_listed(storage: Storage, source: str, pointer: Json) -> bytes:
    """Give the list that a pointer names as it was written, or nothing; it raises as `read_retractions` does."""
    if "retractions" not in pointer:
        return b""
    key = source_key(source, pointer["retractions"]["path"])
    listed = storage.read(key)
    if json.digest(listed) != pointer["retractions"]["sha256"]:
        raise PublishError(
            f"{key}: the pointer says sha256 {pointer['retractions']['sha256']}, but it has {json.digest(listed)}: "
            "put the original back"
        )
    return listed
