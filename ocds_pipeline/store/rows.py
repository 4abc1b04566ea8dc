"""How documents, cursors, releases and records are written as rows, and read back."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from ocds_pipeline.store import bulk
from ocds_schema.raw import Document, Links, Location
from ocds_schema.release import Record, Release

AnyRow = Row[*tuple[Any, ...]]
Identity = tuple[str, str, str]
"""Kind, way and key of a document."""

DOCUMENT_COLUMNS = (
    "source",
    "kind",
    "way",
    "key",
    "process",
    "family",
    "wants",
    "open",
    "stirred",
    "digest",
    "url",
    "retrieved_at",
    "segment",
    "offset",
    "changed_run",
    "body",
)
RELEASE_COLUMNS = ("source", "ocid", "id", "date", "tag", "run", "cause", "body")
RECORD_COLUMNS = (
    "source",
    "process",
    "ocid",
    "year",
    "date",
    "digest",
    "state_digest",
    "inputs",
    "mapped",
    "gone",
    "body",
)

_BETWEEN_WANTS = "\n"
_BETWEEN_TAGS = ","
_FIRST_DAY = date(1970, 1, 1)


def identity(document: Document) -> Identity:
    """Give what tells a document from every other of its source."""
    return document.kind, document.way, document.key


def join_wants(wants: Sequence[str]) -> str:
    """Write the wants of one document as one text."""
    return _BETWEEN_WANTS.join(wants)


def split_wants(text: str) -> tuple[str, ...]:
    """Read what `join_wants` wrote."""
    return tuple(text.split(_BETWEEN_WANTS)) if text else ()


def split_want(want: str) -> tuple[str, str]:
    """Part `kind/key` into its kind and its key."""
    kind, _, key = want.partition("/")
    return kind, key


def by_kind(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Group kind and key pairs: the keys of each kind, in order and once."""
    return {kind: [key for _, key in of_kind] for kind, of_kind in groupby(sorted(set(pairs)), lambda pair: pair[0])}


def day_number(day: date) -> int:
    """Number a day, counted from 1970."""
    return (day - _FIRST_DAY).days


def run_number(run_id: str) -> int:
    """Give the number of a run among those of its source: later runs have higher ones."""
    return int(run_id.rpartition("-")[2])


def document_row(document: Document, source: str, run: str, frame: bytes, stirred: int) -> bulk.Row:
    """Write a document as a row of `DOCUMENT_COLUMNS`."""
    links, location = document.links, document.location
    return (
        source,
        document.kind,
        document.way,
        document.key,
        links.process,
        links.family,
        join_wants(links.wants),
        links.open,
        stirred,
        bytes.fromhex(document.digest),
        document.url,
        document.retrieved_at,
        location.segment if location else None,
        location.offset if location else None,
        run,
        frame,
    )


def read_links(row: AnyRow) -> Links:
    """Make a document's links of its row."""
    return Links(process=row.process, family=row.family, wants=split_wants(row.wants), open=row.open)


def read_document(row: AnyRow, body: bytes) -> Document:
    """Make a document of its row and its body."""
    return Document(
        kind=row.kind,
        way=row.way,
        key=row.key,
        body=body,
        links=read_links(row),
        url=row.url,
        retrieved_at=row.retrieved_at,
        location=None if row.segment is None else Location(segment=row.segment, offset=row.offset),
    )


def release_row(release: Release, source: str, run: str, frame: bytes) -> bulk.Row:
    """Write a release as a row of `RELEASE_COLUMNS`."""
    return source, release.ocid, release.id, release.date, _BETWEEN_TAGS.join(release.tag), run, release.cause, frame


def read_release(row: AnyRow, body: bytes) -> Release:
    """Make a release of its row and its body."""
    return Release(
        ocid=row.ocid,
        id=row.id,
        date=row.date,
        tag=tuple(row.tag.split(_BETWEEN_TAGS)) if row.tag else (),
        body=body,
        cause=row.cause,
    )


def record_row(record: Record, source: str, frame: bytes, *, mapped: int | None, gone: bool) -> bulk.Row:
    """Write a record as a row of `RECORD_COLUMNS`.

    `mapped` is the number of the run whose documents it was made from, `gone` whether the portal has it no longer.
    """
    digests = map(bytes.fromhex, (record.digest, record.state_digest, record.inputs))
    return source, record.process, record.ocid, record.year, record.date, *digests, mapped, gone, frame


def read_record(row: AnyRow, body: bytes) -> Record:
    """Make a record of its row and its body."""
    return Record(
        ocid=row.ocid,
        process=row.process,
        year=row.year,
        date=row.date,
        digest=row.digest.hex(),
        state_digest=row.state_digest.hex(),
        inputs=row.inputs.hex(),
        body=body,
    )
