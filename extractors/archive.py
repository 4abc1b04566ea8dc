"""The archive of raw answers: WARC/1.1 segments, written in a local spool and uploaded once closed."""

import hashlib
import logging
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from warcio.archiveiterator import ArchiveIterator

from extractors.base import HarvestStore, SeenAnswer, Segment, SegmentStorage
from extractors.warc import answer_record, member, pack, record_id, request_record, resource_record, warcinfo_record
from ocds_schema import json
from ocds_schema.errors import PipelineError
from ocds_schema.raw import Exchange, Location
from ocds_schema.run import Run

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/warc"
MOST_BYTES = 256 * 1024 * 1024

_SUFFIX = ".warc.gz"
_OPEN = ".open"
_CHUNK = 1 << 20
_GZIP = 31


@dataclass(slots=True, kw_only=True)
class _Spooled:
    """A segment that is being written."""

    name: str
    path: Path
    file: BinaryIO
    records: int = 0
    size: int = 0
    dirty: bool = False

    def append(self, members: Iterable[bytes]) -> None:
        for packed in members:
            self.file.write(packed)
            self.size += len(packed)
            self.records += 1
        self.dirty = True

    def pack(self, record: Any) -> None:
        self.size += pack(record, self.file)
        self.records += 1
        self.dirty = True

    def sync(self) -> None:
        if self.dirty:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.dirty = False


class Archive:
    """Keeps every exchange of one run, as evidence that any web-archive tool reads.

    Each kind has segments of its own, at most `most_bytes` large, named `<source>/<run id>/<kind>-00001.warc.gz`. What
    was added is safe on this machine's disk after `sync`; `close` uploads and counts the segments. Entering the
    context first repairs, uploads and counts what a killed process has left in the spool; leaving it closes the
    archive, except after an error that is none of ours, which counts as a kill.
    """

    def __init__(
        self,
        run: Run,
        *,
        spool: Path,
        storage: SegmentStorage,
        store: HarvestStore,
        software: str,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._run = run
        self._spool = spool / run.source
        self._folder = self._spool / run.id
        self._storage = storage
        self._store = store
        self._software = software
        self._most_bytes = most_bytes
        self._segments: dict[str, _Spooled] = {}
        self._numbers: dict[str, int] = {}
        self._seen: dict[str, SeenAnswer] = {}

    def __enter__(self) -> Self:
        self.recover()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        elif isinstance(error, PipelineError):
            self._close_after(error)
        else:
            for segment in self._segments.values():
                segment.file.close()

    def recover(self) -> None:
        """Repair, upload and count the segments that killed processes have left in the spool.

        Those of runs that were abandoned are counted too: documents point into them.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for folder in sorted(self._spool.iterdir()):
            run = replace(self._run, id=folder.name)
            for path in sorted(folder.glob(f"*{_SUFFIX}{_OPEN}")):
                self._repair(run, path)
            for path in sorted(folder.glob(f"*{_SUFFIX}")):
                self._upload(run, path, whole_members(path)[1])
            if folder != self._folder and not any(folder.iterdir()):
                folder.rmdir()
        for segment in self._store.segments(self._run):
            self._count(self._run, segment.name.rpartition("/")[2])

    def add(self, kind: str, exchange: Exchange) -> Location:
        """Write an exchange to the kind's segment and say where its answer is.

        An answer with the same content as one before becomes a `revisit` record, which refers to it.
        """
        payload = json.digest(exchange.response_body)
        seen = self._seen.get(payload) or self._store.answer(self._run.source, payload)
        segment = self._segments.get(kind) or self._open(kind)
        members = self._members(segment, exchange, payload, seen)
        if segment.records > 1 and segment.size + sum(map(len, members)) > self._most_bytes:
            self._close(kind)
            segment = self._open(kind)
            members = self._members(segment, exchange, payload, seen)
        location = Location(segment=segment.name, offset=segment.size)
        if seen is None:
            name = record_id(segment.name, segment.records)
            self._seen[payload] = SeenAnswer(url=exchange.url, retrieved_at=exchange.retrieved_at, record_id=name)
        segment.append(members)
        return location

    def add_file(self, kind: str, path: Path, address: str, payload: str) -> Location:
        """Write a file's bytes to the kind's segment, as they are, and say where they are.

        `address` names the file, `payload` is the SHA-256 of its bytes, in hex. A file seen before becomes a `revisit`
        record. However large it is, it is never held in memory.
        """
        seen = self._seen.get(payload) or self._store.answer(self._run.source, payload)
        segment = self._segments.get(kind) or self._open(kind)
        if segment.records > 1 and seen is None and segment.size + path.stat().st_size > self._most_bytes:
            self._close(kind)
            segment = self._open(kind)
        location = Location(segment=segment.name, offset=segment.size)
        name = record_id(segment.name, segment.records)
        with path.open("rb") as content:
            size = path.stat().st_size
            segment.pack(
                resource_record(
                    address, content, size=size, identity=name, moment=self._run.as_of, payload=payload, seen=seen
                )
            )
        if seen is None:
            self._seen[payload] = SeenAnswer(url=address, retrieved_at=self._run.as_of, record_id=name)
        return location

    def sync(self) -> None:
        """Have the disk keep what was added, then remember which answers have been seen."""
        for segment in self._segments.values():
            segment.sync()
        for payload, seen in self._seen.items():
            self._store.save_answer(self._run.source, payload, seen)
        self._seen.clear()

    def close(self) -> None:
        """Close, upload and count every open segment."""
        self.sync()
        for kind in sorted(self._segments):
            self._close(kind)
        if self._folder.exists() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _close_after(self, error: PipelineError) -> None:
        try:
            self.close()
        except PipelineError as trouble:
            # The error that ended the harvest says more; the spool keeps the segments for the next start.
            log.warning("kept segments in the spool run=%s reason=%s after=%s", self._run.id, trouble, error)

    def _open(self, kind: str) -> _Spooled:
        number = self._numbers.get(kind, 0) + 1
        self._numbers[kind] = number
        name = f"{self._run.source}/{self._run.id}/{kind}-{number:05d}{_SUFFIX}"
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{kind}-{number:05d}{_SUFFIX}{_OPEN}"
        segment = _Spooled(name=name, path=path, file=path.open("xb"))
        segment.append([member(warcinfo_record(name, self._software, self._run))])
        _sync_folder(self._folder)
        self._segments[kind] = segment
        return segment

    def _members(self, segment: _Spooled, exchange: Exchange, payload: str, seen: SeenAnswer | None) -> list[bytes]:
        answer_id = record_id(segment.name, segment.records)
        request_id = record_id(segment.name, segment.records + 1)
        return [
            member(answer_record(exchange, answer_id, payload, seen)),
            member(request_record(exchange, request_id, answer_id)),
        ]

    def _close(self, kind: str) -> None:
        segment = self._segments.pop(kind)
        segment.sync()
        segment.file.close()
        path = segment.path.rename(segment.path.with_name(segment.path.name.removesuffix(_OPEN)))
        self._upload(self._run, path, segment.records)

    def _repair(self, run: Run, path: Path) -> None:
        size, records = whole_members(path)
        self._count(run, path.name)
        if records < 2:  # noqa: PLR2004 - the first record only tells what the segment is
            path.unlink()
            return
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
        log.info("repaired segment=%s records=%d bytes=%d", path.name, records, size)
        path.rename(path.with_name(path.name.removesuffix(_OPEN)))

    def _upload(self, run: Run, path: Path, records: int) -> None:
        self._count(run, path.name)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"{run.source}/{run.id}/{path.name}"
        self._storage.put_new(name, path, CONTENT_TYPE)
        self._store.save_segment(run, Segment(name=name, records=records, bytes=path.stat().st_size, sha256=sha256))
        path.unlink()

    def _count(self, run: Run, name: str) -> None:
        kind, _, number = name.partition(_SUFFIX)[0].rpartition("-")
        if run.id == self._run.id and number.isdecimal():
            self._numbers[kind] = max(self._numbers.get(kind, 0), int(number))


def read_record(segment: BinaryIO, offset: int) -> bytes:
    """Give the body of an answer, or a file, from an open, seekable segment; its digest is checked.

    Raises:
        LookupError: there is no answer at the offset, or a revisit; the message says where the answer was first seen.
    """
    segment.seek(offset)
    record = next(iter(ArchiveIterator(segment, check_digests="raise")), None)
    if record is None or record.rec_type not in ("response", "resource", "revisit"):
        raise LookupError(f"there is no answer at offset {offset}")
    if record.rec_type == "revisit":
        first = record.rec_headers.get_header("WARC-Refers-To")
        on = record.rec_headers.get_header("WARC-Refers-To-Date")
        raise LookupError(f"the answer at offset {offset} repeats record {first} of {on}")
    return bytes(record.content_stream().read())


def whole_members(path: Path) -> tuple[int, int]:
    """Count the whole gzip members at the start of a file; give their size in bytes and their number."""
    size = count = 0
    with path.open("rb") as file:
        data = file.read(_CHUNK)
        while data:
            member = zlib.decompressobj(_GZIP)
            used = 0
            while data and not member.eof:
                try:
                    member.decompress(data)
                except zlib.error:
                    return size, count
                used += len(data) - len(member.unused_data)
                data = member.unused_data or file.read(_CHUNK)
            if not member.eof:
                return size, count
            size += used
            count += 1
    return size, count


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
