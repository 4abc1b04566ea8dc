"""What a verification found: each difference names the file, what was expected of it, and what it holds."""

from collections import Counter
from dataclasses import dataclass

from ocds_schema.json import Json

_MOST_PER_FILE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference. `file` is a key of the storage."""

    file: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.file}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """The outcome of a verification: what was looked at, and every difference.

    `data_collected` says when data of the edition was collected, as its publisher keeps data only so long;
    `files_collected` are gone with it, which is no difference. `retraction` says who took the edition back, when and
    why. `files_unnamed` are below the source's folder, but nothing that is published names them.
    """

    source: str
    edition_id: str | None
    files: int
    bytes: int
    records: int
    findings: tuple[Finding, ...]
    data_collected: str | None = None
    retraction: Json = None
    files_collected: int = 0
    files_redacted: int = 0
    files_unnamed: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing differs."""
        return not self.findings

    def facts(self) -> Json:
        """Give the report as plain JSON."""
        return {
            "source": self.source,
            "editionId": self.edition_id,
            "files": self.files,
            "bytes": self.bytes,
            "records": self.records,
            "sound": self.is_sound,
            "retraction": self.retraction,
            "dataCollected": self.data_collected,
            "filesCollected": self.files_collected,
            "filesRedacted": self.files_redacted,
            "filesUnnamed": self.files_unnamed,
            "findings": [{"file": each.file, "expected": each.expected, "found": each.found} for each in self.findings],
        }


class Findings:
    """Findings as they come in; of one file no more than twenty are kept, the rest is counted."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._count: Counter[str] = Counter()

    def add(self, file: str, expected: object, found: object) -> None:
        """Take note of a difference."""
        self._count[file] += 1
        if self._count[file] <= _MOST_PER_FILE:
            self._kept.append(Finding(file=file, expected=str(expected), found=str(found)))

    def compare(self, file: str, what: str, expected: object, found: object) -> bool:
        """Take note if two things differ, and say whether they are equal."""
        if expected != found:
            self.add(file, f"{what} {expected}", found)
        return expected == found

    def all(self) -> tuple[Finding, ...]:
        """Give the findings, and how many more there were of each file."""
        more = [
            Finding(file=file, expected="no difference", found=f"{count - _MOST_PER_FILE} differences more")
            for file, count in self._count.items()
            if count > _MOST_PER_FILE
        ]
        return (*self._kept, *more)
