"""Objects looked at one by one: that each is there, whole, and what something else says of it."""

import hashlib
from collections.abc import Callable

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.findings import Findings
from publish.layout import source_key
from publish.redactions import NAME as REDACTIONS
from publish.redactions import Redacted, read_redactions
from publish.retention import NAME as RETENTION
from publish.retention import Ledger, passes, read_ledger
from publish.storage import Storage

_CHUNK_BYTES = 1 << 20


class Objects:
    """The objects of a publication as they are looked at, each once, and counted.

    `files` and `bytes` were looked at, `collected` are gone with the data of an edition that is not kept any more,
    `altered` had something taken out. `seen` are the keys of all of them.
    """

    def __init__(self, storage: Storage, findings: Findings, progress: Callable[[str, int], None]) -> None:
        """Look at nothing yet; `progress` is told how many bytes more have been read (`check`)."""
        self.storage = storage
        self.findings = findings
        self.redacted = Redacted(())
        self.files = self.bytes = self.collected = self.altered = 0
        self.seen: set[str] = set()
        self._progress = progress

    def read_notes(self, source: str) -> Ledger:
        """Learn what was taken out of objects, and give what was collected; take note of what cannot be read."""
        try:
            self.redacted = Redacted(read_redactions(self.storage, source))
        except PublishError as error:
            self.findings.add(source_key(source, REDACTIONS), "what was taken out", error)
        try:
            return read_ledger(self.storage, source)
        except PublishError as error:
            self.findings.add(source_key(source, RETENTION), "what is kept and what was collected", error)
            return Ledger(held={}, collected={})

    def whole(self, key: str) -> bytes | None:
        """Give an object that must be there; where it is not, take note of that."""
        self.seen.add(key)
        if self.storage.stat(key) is None:
            self.findings.add(key, "an object", "none")
            return None
        self.files += 1
        return self.storage.read(key)

    def optional(self, key: str) -> bytes | None:
        """Give an object that need not be there."""
        return self.whole(key) if self.storage.stat(key) is not None else None

    def check(self, key: str, entry: Json, *, collected: bool = False) -> bool:
        """Hold an object against a manifest's entry, and say whether it is what that says.

        `collected`: data of the edition is not kept any more, and may be gone.
        """
        self.seen.add(key)
        stat = self.storage.stat(key)
        if stat is None and collected and passes(entry):
            self.collected += 1
            return False
        if (now := self.redacted.now(entry["path"], entry["sha256"])) != entry["sha256"]:
            self._check_redacted(key, now)
            return False
        self.files += 1
        if stat is None:
            self.findings.add(key, f"{entry['bytes']} bytes", "no such object")
            return False
        is_long = self.findings.compare(key, "bytes:", entry["bytes"], stat.bytes)
        return self.findings.compare(key, "sha256", entry["sha256"], self._digest(key)) and is_long

    def _digest(self, key: str) -> str:
        found = hashlib.sha256()
        with self.storage.open(key) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                found.update(chunk)
                self.bytes += len(chunk)
                self._progress("check", len(chunk))
        return found.hexdigest()

    def _check_redacted(self, key: str, sha256: str | None) -> None:
        """Check an object that something was taken out of; what else the manifest says of it holds no more."""
        self.altered += 1
        found = json.digest(self.storage.read(key)) if self.storage.stat(key) else None
        self.findings.compare(
            key, "sha256, as redactions.json says,", sha256 or "none, withdrawn", found or "none, withdrawn"
        )
