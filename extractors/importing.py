"""Files instead of a portal: their bytes go to the archive as evidence, what they hold becomes documents of way `file`.

A country that reads files exposes an `IMPORTER` beside its `PORTAL`.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from extractors.archive import Archive
from extractors.base import HarvestStore, Segment
from extractors.packed import BROKEN, TooLargeError, texts, unpacked
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Document, Links, Location, Way
from ocds_schema.run import Cursor, PageCounts, Run

log = logging.getLogger(__name__)

NOT_READABLE = "not readable"
WAY: Way = "file"

_AT_ONCE = 500

OnFile = Callable[[int, int], None]
LinksOf = Callable[[str, Way, Json], Links]


@dataclass(slots=True, kw_only=True)
class Contents:
    """What a JSON text of a file holds: documents as kind, key and fields, and what of it was left, by reason."""

    documents: list[tuple[str, str, Json]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


class Importer(Protocol):
    """What a country tells the import about the files that people hold."""

    def read(self, data: bytes) -> Contents:
        """Read one JSON text: a whole file, or a line of one.

        Raises:
            ValueError: it cannot be read; the message says why.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to import, and the name it is known by from then on: never a path of this machine."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """How one file ended: `kept` documents, what was `left` by reason, and why not all of it could be read."""

    name: str
    digest: str
    kept: int
    left: Counter[str]
    fault: str

    def to_json(self) -> Json:
        """Give the report as JSON."""
        return {
            "file": self.name,
            "sha256": self.digest,
            "kept": self.kept,
            "left": dict(sorted(self.left.items())),
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import brought. `documents` are those of this process, all else of the whole run."""

    files: tuple[FileReport, ...]
    documents: PageCounts
    segments: tuple[Segment, ...]

    @property
    def faulty(self) -> tuple[FileReport, ...]:
        """The files of which not all could be read."""
        return tuple(file for file in self.files if file.fault)

    def to_json(self) -> Json:
        """Give the report as JSON; of the files, only those with a fault are named."""
        left = sum((file.left for file in self.files), Counter[str]())
        return {
            "files": len(self.files),
            "objects": sum(file.kept for file in self.files),
            "left": dict(sorted(left.items())),
            "faulty": [file.to_json() for file in self.faulty],
            "documents": {
                "new": self.documents.new,
                "changed": self.documents.changed,
                "unchanged": self.documents.unchanged,
            },
            "segments": [
                {"name": each.name, "records": each.records, "bytes": each.bytes, "sha256": each.sha256}
                for each in self.segments
            ],
        }


def import_files(
    importer: Importer,
    files: Sequence[File],
    *,
    run: Run,
    links: LinksOf,
    archive: Archive,
    store: HarvestStore,
    on_file: OnFile | None = None,
) -> ImportReport:
    """Keep every file in the archive and what it holds as documents, in the order given.

    A run that was killed goes on where it was: a file that was read to its end, known by its content, is not read
    again. `on_file` is told how many files and how many documents are done.
    """
    reader = _Reader(importer, run=run, links=links, archive=archive, store=store)
    reports: list[FileReport] = []
    with archive:
        for number, file in enumerate(files, 1):
            reports.append(reader.read(file))
            if on_file:
                on_file(number, sum(report.kept for report in reports))
    return ImportReport(files=tuple(reports), documents=reader.counts, segments=tuple(store.segments(run)))


@dataclass(slots=True, kw_only=True)
class _Progress:
    """How far a file has been read: texts, documents, what was left; and where its bytes are archived."""

    location: Location
    texts: int = 0
    kept: int = 0
    seen: int = 0
    left: Counter[str] = field(default_factory=Counter)
    fault: str = ""
    done: bool = False

    @classmethod
    def of(cls, cursor: Cursor) -> "_Progress":
        place, note = json.decode(cursor.position), json.decode(cursor.note)
        return cls(
            location=Location(segment=place["segment"], offset=place["offset"]),
            texts=place["texts"],
            kept=cursor.kept,
            seen=cursor.seen,
            left=Counter(note["left"]),
            fault=note["fault"],
            done=cursor.state != "open",
        )

    def cursor(self) -> Cursor:
        position = {"segment": self.location.segment, "offset": self.location.offset, "texts": self.texts}
        note = {"left": dict(sorted(self.left.items())), "fault": self.fault}
        return Cursor(
            position=json.encode(position).decode(),
            seen=self.seen,
            kept=self.kept,
            state="open" if not self.done else "disputed" if self.fault else "done",
            note=json.encode(note).decode(),
        )


class _Reader:
    """Reads files for one run."""

    def __init__(self, importer: Importer, *, run: Run, links: LinksOf, archive: Archive, store: HarvestStore) -> None:
        self._importer = importer
        self._run = run
        self._links = links
        self._archive = archive
        self._store = store
        self.counts = PageCounts()

    def read(self, file: File) -> FileReport:
        with file.path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        cursor = self._store.cursor(self._run, f"file {digest}")
        if cursor is None:
            address = f"file:///{quote(file.name)}"
            progress = _Progress(location=self._archive.add_file("files", file.path, address, digest))
        else:
            progress = _Progress.of(cursor)
        if not progress.done:
            self._read_on(file, digest, progress)
        if progress.fault:
            log.warning("not all could be read file=%s reason=%s", file.name, progress.fault)
        return FileReport(name=file.name, digest=digest, kept=progress.kept, left=progress.left, fault=progress.fault)

    def _read_on(self, file: File, digest: str, progress: _Progress) -> None:
        documents: list[Document] = []
        try:
            for member, text in islice(_texts(file.path), progress.texts, None):
                documents += self._documents(file, member, text, progress)
                progress.texts += 1
                if len(documents) >= _AT_ONCE:
                    self._save(digest, progress, documents)
                    documents = []
        except (*BROKEN, TooLargeError) as error:
            progress.fault = str(error) or "it breaks off"
        if not progress.kept and not progress.fault and progress.left.keys() <= {NOT_READABLE}:
            progress.fault = "it holds nothing that can be read"
        progress.done = True
        self._save(digest, progress, documents)

    def _documents(self, file: File, member: str, text: bytes, progress: _Progress) -> Iterator[Document]:
        try:
            contents = self._importer.read(text)
        except ValueError:
            contents = Contents(left=Counter({NOT_READABLE: 1}))
        progress.left += contents.left
        progress.kept += len(contents.documents)
        progress.seen += len(contents.documents) + contents.left.total()
        address = f"file:///{quote(file.name)}" + (f"#{quote(member)}" if member else "")
        for kind, key, fields in contents.documents:
            yield Document(
                kind=kind,
                way=WAY,
                key=key,
                body=json.encode(fields),
                links=self._links(kind, WAY, fields),
                url=address,
                retrieved_at=self._run.as_of,
                location=progress.location,
            )

    def _save(self, digest: str, progress: _Progress, documents: Sequence[Document]) -> None:
        self._archive.sync()
        counts = self._store.save_page(self._run, f"file {digest}", progress.cursor(), documents)
        self.counts = PageCounts(
            new=self.counts.new + counts.new,
            changed=self.counts.changed + counts.changed,
            unchanged=self.counts.unchanged + counts.unchanged,
        )


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        for member, stream in unpacked(file):
            for text in texts(stream):
                yield member, text
