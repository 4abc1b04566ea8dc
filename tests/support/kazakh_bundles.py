"""Bundles of Kazakh documents, put together as the store does it."""

from collections.abc import Sequence

from ocds_schema.json import Json
from ocds_schema.raw import Bundle, Document, Way
from tests.support import countries
from tests.support.countries import AS_OF, KEY

__all__ = ["AS_OF", "CONTEXT", "KEY", "bundle", "bundles", "document"]

CONTEXT = countries.context("kazakhstan")


def document(kind: str, fields: Json, way: Way = "rest") -> Document:
    """Make a document of a portal object, keyed and linked as a harvest does it."""
    key = str(fields.get("id") or fields.get("pid") or fields.get("key") or "0")
    return countries.document("kazakhstan", kind, way, key, fields)


def bundle(process: str, documents: Sequence[Document], *, wanted: bool = False, published: bool = False) -> Bundle:
    """Make the bundle of a process, ordered as the store orders it."""
    return countries.bundle("kazakhstan", process, documents, wanted=wanted, published=published)


def bundles(documents: Sequence[Document]) -> list[Bundle]:
    """Make the bundles of documents that need no others: one for each process."""
    grouped: dict[str, list[Document]] = {}
    for one in documents:
        if one.links.process is not None:
            grouped.setdefault(one.links.process, []).append(one)
    return [bundle(process, found) for process, found in sorted(grouped.items())]
