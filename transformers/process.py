"""From a bundle's documents to the canonical process: the part that is the same for every country."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol

from ocds_schema.json import Json
from ocds_schema.model import Process
from ocds_schema.raw import Bundle, Document, Links
from transformers.codes import CodeTable
from transformers.corrections import Corrections
from transformers.mapping import DocumentMapping
from transformers.rules import Reading, Rule

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity of a portal: its fields by their snake_case names, whichever way they came."""

    kind: str
    key: str
    links: Links
    fields: Json = field(repr=False)
    disputed: tuple[str, ...] = ()
    """Fields of which documents that are equally new say different things."""

    @property
    def name(self) -> str:
        """The entity's kind and key, as problems name it."""
        return f"{self.kind}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A mapped process.

    `process_id` is the source's own process id, the last part of the ocid; without it the process cannot be published
    and a fatal problem says why. `process` is nothing where there is nothing to say (any more). `ocid` is that of
    another publisher whose data is published again; it stands in the place of one of ours. `changed` is when the
    documents say that they changed, where the mapping knows better than its `change_fields`.
    """

    process_id: str | None
    process: Process | None
    ocid: str | None = None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """An OCDS path that is put together from several documents, in words for the mapping's page."""

    path: str
    document: str
    fields: tuple[str, ...]
    words: str


class CountryMapping(Protocol):
    """What a country provides as `transformers.<country>.MAPPING`."""

    documents: Sequence[DocumentMapping]
    """Every kind of source document, with what becomes of each field."""
    assembled: Sequence[tuple[str, Rule]]
    """Rules outside of record mappings, each with the document that it reads."""
    composed: Sequence[Composed]
    """What is put together without rules."""
    tables: Sequence[CodeTable]
    codelists: Mapping[str, str]
    """The OCDS codelist of each table whose codes are of one, by the table's name."""
    corrections: Corrections
    change_fields: Sequence[str]
    """Source fields that say when a document changed."""

    def is_told_elsewhere(self, bundle: Bundle) -> bool:
        """Tell whether other processes are told with this one's documents, so that it has no releases of its own."""
        ...

    def entities(self, given: Sequence[Document]) -> list[Entity]:
        """Bring the ways of each entity together."""
        ...

    def map(self, bundle: Bundle, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
        """Map the entities of one process; `ocid_base` and a process id make an ocid."""
        ...


def snake_case(name: str) -> str:
    """Give the snake_case form of a camelCase name."""
    return _HUMP.sub("_", name).lower()


class Folding(dict[str, str]):
    """Names of a source's fields, folded to snake_case, each only once; aliases replace what that gives."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        super().__init__()
        self._aliases = aliases

    def __missing__(self, name: str) -> str:
        snake = snake_case(name)
        self[name] = found = self._aliases.get(snake, snake)
        return found

    def fields(self, document: Document) -> Json:
        """Give a document's fields by their snake_case names, which are those of REST."""
        return document.fields if document.way == "rest" else self.folded(document.fields)

    def folded(self, value: Json) -> Json:
        """Give a JSON value whose member names are folded, at every depth."""
        if value.__class__ is dict:
            return {
                self[name]: self.folded(member) if member.__class__ in _NESTS else member
                for name, member in value.items()
            }
        return [self.folded(member) if member.__class__ in _NESTS else member for member in value]


_NESTS = (dict, list)


def overlaid(
    documents: Sequence[Document], folding: Folding, newness: str, together: Sequence[Sequence[str]] = ()
) -> list[Entity]:
    """Bring the ways of each entity together: the newer's fields over the older's.

    The newer is the one whose `newness` field is the later; of two alike it is the one that came by GraphQL. Fields
    that belong `together` all come from one document.
    """
    groups: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        groups.setdefault((document.kind, document.key), []).append(document)
    return [_overlay(group, folding, newness, together) for group in groups.values()]


def _overlay(group: list[Document], folding: Folding, newness: str, together: Sequence[Sequence[str]]) -> Entity:
    if len(group) == 1:
        first = group[0]
        return Entity(kind=first.kind, key=first.key, links=first.links, fields=folding.fields(first))
    ways = [(folding.fields(document), document) for document in group]
    ways.sort(key=lambda way: (_instant(way[0].get(newness)), way[1].way == "graphql"))
    fields: dict[str, Json] = {}
    disputed: set[str] = set()
    for way, _ in ways:
        if _instant(way.get(newness)) == _instant(fields.get(newness)):
            disputed.update(name for name in fields.keys() & way.keys() if _differ(fields[name], way[name]))
        for names in together:
            if any(name in way for name in names):
                fields.update(dict.fromkeys(names))
        fields.update(way)
    newest = ways[-1][1]
    return Entity(kind=newest.kind, key=newest.key, links=newest.links, fields=fields, disputed=tuple(sorted(disputed)))


def _instant(raw: Json) -> str:
    """Give a time as it compares, to the second; documents without one are the oldest, and alike."""
    return str(raw or "")[:19].replace("T", " ")


def _differ(one: Json, other: Json) -> bool:
    """Tell whether two ways say different things; how a number or a time is written does not matter."""
    if one in _NOTHING or other in _NOTHING or one.__class__ in _NESTS or other.__class__ in _NESTS:
        return False
    return one != other and _plain(one) != _plain(other)


def _plain(value: Json) -> Decimal | str:
    if isinstance(value, int | Decimal):
        return Decimal(value)
    text = str(value).strip()
    if _CLOCK.match(text):
        return _instant(text)
    try:
        found = Decimal(text)
    except InvalidOperation:
        return text
    return found if found.is_finite() else text


_NOTHING = (None, "")
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:")


def newest_change(entities: Sequence[Entity], names: Sequence[str], latest: str) -> list[str]:
    """Give the change times that documents and their nested objects state, not after `latest`, newest first.

    Times are compared as the portal writes them: `YYYY-MM-DD HH:MM:SS`.
    """
    found: set[str] = set()
    for entity in entities:
        _collect(entity.fields, names, found)
    return sorted((time for time in found if time <= latest), reverse=True)


def _collect(fields: Mapping[str, Json], names: Sequence[str], found: set[str]) -> None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            found.add(value[:19].replace("T", " "))
    for member in fields.values():
        if member.__class__ is list:
            for nested in member:
                if nested.__class__ is dict:
                    _collect(nested, names, found)
