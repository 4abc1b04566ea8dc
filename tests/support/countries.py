"""A country's documents and bundles, put together as a harvest and the store do it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from ocds_pipeline.sources import load_portal
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Bundle, Document, Way
from ocds_schema.source import read_source
from transformers.outcome import Context
from transformers.rules import Reading

AS_OF = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
KEY = b"a key for tests, no secret"


@cache
def context(country: str) -> Context:
    """Give what a transform of the country is given, always the same."""
    return Context(source=read_source(country), pseudonym_key=KEY, as_of=AS_OF)


def new_reading(country: str) -> Reading:
    """Give a reading of the country's documents, without problems yet."""
    source = context(country).source
    return Reading(zone=source.zone, currency=source.currency, as_of=AS_OF, key=KEY, persons=source.person_numbers)


def document(country: str, kind: str, way: Way, key: str, fields: Json) -> Document:
    """Make a document of a portal object, linked as a harvest does it."""
    return Document(
        kind=kind,
        way=way,
        key=key,
        body=json.encode(fields),
        links=load_portal(country).links(kind, way, fields),
        url=context(country).source.portal.base_url,
        retrieved_at=AS_OF,
    )


def bundle(
    country: str, process: str, documents: Sequence[Document], *, wanted: bool = False, published: bool = False
) -> Bundle:
    """Make the bundle of a process, ordered as the store orders it."""
    ordered = tuple(sorted(documents, key=lambda one: (one.kind, one.way, one.key)))
    return Bundle(source=country, process=process, documents=ordered, wanted=wanted, published=published)
