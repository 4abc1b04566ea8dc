"""The records of the archive, as WARC/1.1 writes them: answers and their requests, files, and what a segment is."""

import uuid
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from zlib_ng import zlib_ng

from extractors.base import SeenAnswer
from ocds_schema.raw import Exchange
from ocds_schema.run import Run

_VERSION = "WARC/1.1"
_LEVEL = 6
_GZIP = 31
# Bodies are kept unpacked, so headers about how they were packed on the wire would lie.
_WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


def record_id(segment: str, number: int) -> str:
    """Give the id of the record that is the segment's at that place; the same whenever it is written."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{segment}#{number}')}>"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def member(record: Any) -> bytes:
    """Give a record as one gzip member."""
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version=_VERSION).write_record(record)
    packer = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _GZIP)
    return bytes(packer.compress(plain.getvalue()) + packer.flush())


def pack(record: Any, file: BinaryIO) -> int:
    """Write a record as one gzip member, piece by piece, and say of how many bytes."""
    packer = _Packer(file)
    WARCWriter(packer, gzip=False, warc_version=_VERSION).write_record(record)
    return packer.finish()


class _Packer:
    """Packs what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packer = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _GZIP)
        self._size = 0

    def write(self, data: bytes) -> None:
        self._size += self._file.write(self._packer.compress(data))

    def flush(self) -> None:
        """Do nothing: a record ends with `finish`."""

    def finish(self) -> int:
        return self._size + self._file.write(self._packer.flush())


def warcinfo_record(name: str, software: str, run: Run) -> Any:
    """Give the record a segment begins with: what it is, and who wrote it."""
    lines = f"software: {software}\r\nformat: WARC File Format 1.1\r\nisPartOf: {run.source} {run.id}\r\n"
    body = lines.encode()
    return _writer().create_warc_record(
        "",
        "warcinfo",
        payload=BytesIO(body),
        length=len(body),
        warc_headers_dict={
            "WARC-Record-ID": record_id(name, 0),
            "WARC-Date": _date(run.as_of),
            "WARC-Filename": name.rpartition("/")[2],
        },
    )


def answer_record(exchange: Exchange, identity: str, payload: str, seen: SeenAnswer | None) -> Any:
    """Give the record of an answer; of one seen before, a `revisit` that refers to it."""
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _WIRE_HEADERS else name, value)
        for name, value in exchange.response_headers
    ]
    headers.append(("Content-Length", str(len(exchange.response_body))))
    status = StatusAndHeaders(f"{exchange.status} {exchange.reason}".rstrip(), headers, protocol="HTTP/1.1")
    facts = {"WARC-Record-ID": identity, "WARC-Date": _date(exchange.retrieved_at)}
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


def request_record(exchange: Exchange, identity: str, answer_id: str) -> Any:
    """Give the record of a request, which belongs to its answer's."""
    parts = urlsplit(exchange.url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    status = StatusAndHeaders(
        f"{exchange.method} {path} HTTP/1.1", list(exchange.request_headers), is_http_request=True
    )
    facts = {
        "WARC-Record-ID": identity,
        "WARC-Date": _date(exchange.retrieved_at),
        "WARC-Concurrent-To": answer_id,
    }
    return _record("request", exchange.url, facts, status, exchange.request_body)


def resource_record(
    address: str,
    content: BinaryIO,
    *,
    size: int,
    identity: str,
    moment: datetime,
    payload: str,
    seen: SeenAnswer | None,
) -> Any:
    """Give the record of a file, read from `content` when it is written; of one seen before, a `revisit`."""
    digest = f"sha256:{payload}"
    facts = {"WARC-Record-ID": identity, "WARC-Date": _date(moment)}
    if seen is not None:
        facts["WARC-Refers-To"] = seen.record_id
        return _writer().create_revisit_record(
            address, digest, seen.url, _date(seen.retrieved_at), warc_headers_dict=facts
        )
    facts |= {"WARC-Payload-Digest": digest, "WARC-Block-Digest": digest}
    return _writer().create_warc_record(
        address,
        "resource",
        payload=content,
        length=size,
        warc_content_type="application/octet-stream",
        warc_headers_dict=facts,
    )


def _record(kind: str, url: str, facts: dict[str, str], status: StatusAndHeaders, body: bytes) -> Any:
    return _writer().create_warc_record(
        url, kind, payload=BytesIO(body), length=len(body), warc_headers_dict=facts, http_headers=status
    )


def _writer() -> Any:
    return WARCWriter(BytesIO(), gzip=False, warc_version=_VERSION)
