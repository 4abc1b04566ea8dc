"""Evidence: the record of the archive that a document came from, read again and held against its own digests."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from extractors.packed import BROKEN, texts, unpacked
from extractors.texts import decode_text
from extractors.warc import record_id
from ocds_pipeline.explain.spans import Span, find_in_json, find_in_page, json_span, shown_label
from ocds_schema import json
from ocds_schema.errors import StorageError
from ocds_schema.json import Json
from ocds_schema.paths import Steps
from ocds_schema.raw import Document, Location
from publish.storage import Storage
from transformers.causes import pick

_ANSWERS = ("response", "resource")
_DAMAGED = (AttributeError, ValueError)
"""What warcio raises besides where a record's own headers are damaged."""
_ENCODINGS = ("utf-8", "cp1251", "utf-8-sig", "utf-16", "cp1252", "koi8-r", "cp866")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where an answer has a document's field.

    `steps` lead to it in an answer of JSON. `span` are its bytes in the answer as it was sent; nothing where the answer
    is packed, and then `member` may name the file within.
    """

    steps: Steps | None
    span: Span | None
    member: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The record of an answer in the archive.

    `first` is where the answer's bytes are, where the record at `location` only says that they came before. `trouble`
    says in words why the archive does not bear a document out; without it the bytes are there, and their SHA-256 is
    the one that was written down when they came.
    """

    location: Location | None
    first: Location | None = None
    record: str = ""
    address: str = ""
    sha256: str = ""
    payload: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """The archive of one source: its storage, and its segments with how many records each has."""

    storage: Storage
    segments: Sequence[tuple[str, int]]

    def evidence(self, document: Document) -> Evidence:
        """Read the record that a document points at."""
        location = document.location
        if location is None:
            return Evidence(location=None, trouble="the document does not say where its answer is in the archive")
        try:
            return self._read(location)
        except (StorageError, ArchiveLoadFailed, *BROKEN, *_DAMAGED) as error:
            return Evidence(location=location, trouble=f"the record cannot be read: {error}")

    def _read(self, location: Location) -> Evidence:
        with closing(self.storage.open(location.segment, location.offset)) as stream:
            record = _first(stream)
            if record is None or record.rec_type not in (*_ANSWERS, "revisit"):
                return Evidence(location=location, trouble="there is no record of an answer at this offset")
            if record.rec_type != "revisit":
                return _judged(record, location, location)
            earlier = record.rec_headers.get_header("WARC-Refers-To")
        return self._earlier(earlier, location)

    def _earlier(self, identity: str, location: Location) -> Evidence:
        """Read the record that a revisit refers to: record ids are made of segment and number."""
        for name, records in self.segments:
            if any(record_id(name, number) == identity for number in range(records)):
                return self._in_segment(name, identity, location)
        return Evidence(location=location, trouble=f"it repeats {identity}, which is in no segment that is counted")

    def _in_segment(self, name: str, identity: str, location: Location) -> Evidence:
        with closing(self.storage.open(name)) as stream:
            records = ArchiveIterator(stream)
            for record in records:
                if record.rec_headers.get_header("WARC-Record-ID") == identity:
                    content = _judged(record, location, None)
                    records.read_to_end(record)
                    return replace(content, first=Location(segment=name, offset=records.get_record_offset()))
        return Evidence(location=location, trouble=f"it repeats {identity}, which is not in {name}")


def _first(stream: BinaryIO) -> Any:
    return next(iter(ArchiveIterator(stream)), None)


def _judged(record: Any, location: Location, first: Location | None) -> Evidence:
    payload = bytes(record.content_stream().read())
    found = hashlib.sha256(payload).hexdigest()
    stated = (record.rec_headers.get_header("WARC-Payload-Digest") or "").rpartition(":")[2]
    trouble = "" if stated == found else f"its bytes have the SHA-256 {found}, but {stated or 'none'} was written down"
    headers = record.http_headers.headers if record.http_headers else ()
    return Evidence(
        location=location,
        first=first,
        record=record.rec_headers.get_header("WARC-Record-ID"),
        address=record.rec_headers.get_header("WARC-Target-URI") or "",
        sha256=found,
        payload=payload,
        headers=tuple(headers),
        trouble=trouble,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of an answer of JSON: its text, the way to it, and its first byte in the answer, unless that is packed."""

    member: str
    text: bytes
    steps: Steps
    start: int | None


class Answer:
    """What a record's bytes say, read once for all fields that are looked for in it."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._whole: dict[int, _Part | None] = {}

    @cached_property
    def _texts(self) -> list[tuple[str, bytes, Json]]:
        """The JSON of the answer, or of each file that is packed in it; nothing where there is none."""
        found = []
        try:
            for member, stream in unpacked(BytesIO(self._evidence.payload)):
                found += [(member, text, json.decode(text)) for text in texts(stream)]
        except (*BROKEN, ValueError):
            return []
        return found

    @cached_property
    def _page(self) -> tuple[str, str]:
        """The text of a page, and the encoding that gives its bytes again; none where some were replaced."""
        page = decode_text(self._evidence.payload, self._evidence.headers)[0]
        fit = (each for each in _ENCODINGS if page.encode(each, "replace") == self._evidence.payload)
        return page, next(fit, "")

    def find(self, document: Document, steps: Steps, raw: Json) -> Found | None:
        """Find a document's field, or nothing where the answer does not have it."""
        found = self._in_texts(document, steps)
        if found is None and document.way == "html":
            return self._in_page(raw, _beside(document.fields, steps))
        return found

    def shows(self, labels: Sequence[str]) -> str:
        """Give the first of some labels that a page shows; empty where it shows none."""
        return shown_label(self._page[0], labels)

    def _in_texts(self, document: Document, steps: Steps) -> Found | None:
        whole = self._holding(document)
        if whole is not None:
            return self._within(whole, steps)
        for member, text, answer in self._texts:
            way = find_in_json(answer, document.fields, steps)
            if way is not None:
                return self._within(self._part(member, text, ()), way)
        return None

    def _holding(self, document: Document) -> "_Part | None":
        """Give the part of the answer that is the document as a whole."""
        key = id(document)
        if key not in self._whole:
            ways = ((member, text, find_in_json(answer, document.fields, ())) for member, text, answer in self._texts)
            self._whole[key] = next(
                (self._part(member, text, way) for member, text, way in ways if way is not None), None
            )
        return self._whole[key]

    def _part(self, member: str, text: bytes, steps: Steps) -> "_Part":
        span = json_span(text, steps) or (0, len(text))
        # Within a packed file there are no bytes of the answer to point at.
        start = self._evidence.payload.find(text)
        return _Part(
            member=member,
            text=text[span[0] : span[1]],
            steps=steps,
            start=start + span[0] if start >= 0 else None,
        )

    @staticmethod
    def _within(part: "_Part", steps: Steps) -> Found:
        span = json_span(part.text, steps) if part.start is not None else None
        placed = (part.start + span[0], part.start + span[1]) if span and part.start is not None else None
        return Found(steps=(*part.steps, *steps), span=placed, member=part.member)

    def _in_page(self, raw: Json, beside: Sequence[Json]) -> Found | None:
        page, encoding = self._page
        span = find_in_page(page, raw, beside)
        if span is None:
            return None
        begin, end = (len(page[:place].encode(encoding)) for place in span) if encoding else (0, 0)
        return Found(steps=None, span=(begin, end) if encoding else None)


def _beside(body: Json, steps: Steps) -> list[Json]:
    """Give the single values that stand in the same object as a field."""
    if not steps:
        return []
    holder = pick(body, steps[:-1])
    members = holder.items() if isinstance(holder, dict) else ()
    return [value for name, value in members if name != steps[-1] and isinstance(value, str) and value]
