"""Bundles of Kazakh documents, put together as the store does it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from extractors.kazakhstan import PORTAL
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Bundle, Document, Way
from ocds_schema.source import read_source
from transformers.outcome import Context

AS_OF = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
KEY = b"a key for tests, no secret"
CONTEXT = Context(source=read_source("kazakhstan"), pseudonym_key=KEY, as_of=AS_OF)


def document(kind: str, fields: Json, way: Way = "rest") -> Document:
    """Make a document of a portal object, keyed and linked as a harvest does it."""
    return Document(
        kind=kind,
        way=way,
        key=str(fields.get("id") or fields.get("pid") or fields.get("key") or "0"),
        body=json.encode(fields),
        links=PORTAL.links(kind, way, fields),
        url="https://ows.goszakup.gov.kz/v3",
        retrieved_at=AS_OF,
    )


def bundle(process: str, documents: Sequence[Document], *, wanted: bool = False, published: bool = False) -> Bundle:
    """Make the bundle of a process, ordered as the store orders it."""
    ordered = tuple(sorted(documents, key=lambda one: (one.kind, one.way, one.key)))
    return Bundle(source="kazakhstan", process=process, documents=ordered, wanted=wanted, published=published)


def bundles(documents: Sequence[Document]) -> list[Bundle]:
    """Make the bundles of documents that need no others: one for each process."""
    grouped: dict[str, list[Document]] = {}
    for one in documents:
        if one.links.process is not None:
            grouped.setdefault(one.links.process, []).append(one)
    return [bundle(process, found) for process, found in sorted(grouped.items())]
