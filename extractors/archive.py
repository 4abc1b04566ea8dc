"""The archive of raw answers: WARC/1.1 segments, written in a local spool and uploaded once closed."""

import hashlib
import logging
import os
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from zlib_ng import zlib_ng

from extractors.base import HarvestStore, SeenAnswer, Segment, SegmentStorage
from ocds_schema import json
from ocds_schema.errors import PipelineError
from ocds_schema.raw import Exchange, Location
from ocds_schema.run import Run

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/warc"
MOST_BYTES = 256 * 1024 * 1024

_VERSION = "WARC/1.1"
_SUFFIX = ".warc.gz"
_OPEN = ".open"
_CHUNK = 1 << 20
_LEVEL = 6
_GZIP = 31
# Bodies are kept unpacked, so headers about how they were packed on the wire would lie.
_WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


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
        for member in members:
            self.file.write(member)
            self.size += len(member)
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
            record_id = _record_id(segment.name, segment.records)
            self._seen[payload] = SeenAnswer(url=exchange.url, retrieved_at=exchange.retrieved_at, record_id=record_id)
        segment.append(members)
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
        segment.append([_member(_warcinfo(name, self._software, self._run))])
        _sync_folder(self._folder)
        self._segments[kind] = segment
        return segment

    def _members(self, segment: _Spooled, exchange: Exchange, payload: str, seen: SeenAnswer | None) -> list[bytes]:
        answer_id = _record_id(segment.name, segment.records)
        request_id = _record_id(segment.name, segment.records + 1)
        return [
            _member(_answer(exchange, answer_id, payload, seen)),
            _member(_request(exchange, request_id, answer_id)),
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
    """Give the answer's body from an open, seekable segment; its digest is checked.

    Raises:
        LookupError: there is no answer at the offset, or a revisit; the message says where the answer was first seen.
    """
    segment.seek(offset)
    record = next(iter(ArchiveIterator(segment, check_digests="raise")), None)
    if record is None or record.rec_type not in ("response", "revisit"):
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


def _record_id(segment: str, number: int) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{segment}#{number}')}>"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _member(record: Any) -> bytes:
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version=_VERSION).write_record(record)
    packer = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _GZIP)
    return bytes(packer.compress(plain.getvalue()) + packer.flush())


def _warcinfo(name: str, software: str, run: Run) -> Any:
    lines = f"software: {software}\r\nformat: WARC File Format 1.1\r\nisPartOf: {run.source} {run.id}\r\n"
    body = lines.encode()
    return _writer().create_warc_record(
        "",
        "warcinfo",
        payload=BytesIO(body),
        length=len(body),
        warc_headers_dict={
            "WARC-Record-ID": _record_id(name, 0),
            "WARC-Date": _date(run.as_of),
            "WARC-Filename": name.rpartition("/")[2],
        },
    )


def _answer(exchange: Exchange, record_id: str, payload: str, seen: SeenAnswer | None) -> Any:
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _WIRE_HEADERS else name, value)
        for name, value in exchange.response_headers
    ]
    headers.append(("Content-Length", str(len(exchange.response_body))))
    status = StatusAndHeaders(f"{exchange.status} {exchange.reason}".rstrip(), headers, protocol="HTTP/1.1")
    facts = {"WARC-Record-ID": record_id, "WARC-Date": _date(exchange.retrieved_at)}
    if seen is None:
        facts["WARC-Payload-Digest"] = f"sha256:{payload}"
        return _record("response", exchange.url, facts, status, exchange.response_body)
    facts["WARC-Refers-To"] = seen.record_id
    return _writer().create_revisit_record(
        exchange.url,
        f"sha256:{payload}",
        seen.url,
        _date(seen.retrieved_at),
        http_headers=status,
        warc_headers_dict=facts,
    )


def _request(exchange: Exchange, record_id: str, answer_id: str) -> Any:
    parts = urlsplit(exchange.url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    status = StatusAndHeaders(
        f"{exchange.method} {path} HTTP/1.1", list(exchange.request_headers), is_http_request=True
    )
    facts = {
        "WARC-Record-ID": record_id,
        "WARC-Date": _date(exchange.retrieved_at),
        "WARC-Concurrent-To": answer_id,
    }
    return _record("request", exchange.url, facts, status, exchange.request_body)


def _record(kind: str, url: str, facts: dict[str, str], status: StatusAndHeaders, body: bytes) -> Any:
    return _writer().create_warc_record(
        url, kind, payload=BytesIO(body), length=len(body), warc_headers_dict=facts, http_headers=status
    )


def _writer() -> Any:
    return WARCWriter(BytesIO(), gzip=False, warc_version=_VERSION)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
