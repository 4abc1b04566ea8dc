"""What a published value depends on: found by changing the source and mapping it again.

Mapping is pure, so a value depends on a source field if, and only if, the value moves when the field is changed. That
holds for whatever a mapping does: sums, ids, links, and what it puts together of several documents. Where no single
field moves a value, because two documents say the same, the fewest that move it together are found.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from ocds_schema import json
from ocds_schema.errors import MappingError
from ocds_schema.json import Json
from ocds_schema.paths import Steps, leaves
from ocds_schema.raw import Bundle, Document, Links, Way
from transformers.outcome import Context, changed_at, map_bundle, named_ocid, new_reading
from transformers.process import CountryMapping, snake_case
from transformers.state import build_state

Relink = Callable[[str, Way, Json], Links]
"""How a document hangs together with others, by its kind, way and fields."""

MOST_FIELDS = 4_000
"""Of a process with more source fields than this, no experiments are made: they would take minutes."""


@dataclass(frozen=True, slots=True)
class RawField:
    """A single value of a document of a bundle: the document's place in the bundle, and the way to the value."""

    document: int
    steps: Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What a value depends on.

    `fields` change the value, each alone. `together` do so only where all of them change, as where several documents
    say the same. `presence` decide whether the object is there that the value is of, nearest
    first. `documents` are, where no field
    matters, the places in the bundle of documents without which the value is not there.
    """

    fields: tuple[RawField, ...] = ()
    together: tuple[RawField, ...] = ()
    presence: tuple[RawField, ...] = ()
    documents: tuple[int, ...] = ()


def mapped_values(bundle: Bundle, mapping: CountryMapping, context: Context) -> dict[Steps, Json]:
    """Give the single values of a bundle's state, with its ocid, and its date where the documents tell one."""
    reading = new_reading(context)
    mapped, entities = map_bundle(bundle, mapping, reading, context.source)
    state = build_state(mapped.process, context.source.language, context.source.person_numbers)
    found = leaves(state.content)
    if not found:
        return {}
    changed = mapped.changed or changed_at(entities, mapping, reading)
    if changed is not None:
        found["date",] = changed.astimezone(context.source.zone).isoformat(timespec="seconds")
    try:
        ocid = named_ocid(mapped, context.source)
    except MappingError:
        ocid = None
    if ocid is not None:
        found["ocid",] = ocid
    return found


@dataclass(kw_only=True)
class Experiments:
    """Changes of a bundle's source, and what each moves. Equal experiments are made once."""

    bundle: Bundle
    mapping: CountryMapping
    context: Context
    relink: Relink
    values: dict[Steps, Json] = field(init=False)
    fields: tuple[RawField, ...] = field(init=False)
    _moved: dict[Sequence[int], dict[Steps, bool]] = field(init=False, default_factory=dict)
    _unlisted: dict[tuple[tuple[str, str], ...], dict[Steps, bool]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._kinds = {kind.kind: kind for kind in self.mapping.documents}
        self.values = mapped_values(self.bundle, self.mapping, self.context)
        documents = self.bundle.documents
        self.fields = tuple(
            one
            for one in self.every_field
            if not self._is_ignored(documents[one.document].kind, one.steps) or self._links(one)
        )

    @property
    def every_field(self) -> list[RawField]:
        """Every single value of the documents; `fields` are those that the mapping reads, or that link documents."""
        return [
            RawField(place, steps)
            for place, document in enumerate(self.bundle.documents)
            for steps in _scalars(document.fields, ())
        ]

    def _is_ignored(self, kind: str, steps: Steps) -> bool:
        """Tell whether the mapping declares that it does not read a field."""
        mapping = self._kinds.get(kind)
        for step in steps:
            name = snake_case(step)
            if mapping is None or step.isdecimal():
                continue
            if name in mapping.ignored or step in mapping.ignored:
                return True
            mapping = mapping.children.get(name)
        return False

    @property
    def is_possible(self) -> bool:
        """Whether the process is small enough for experiments."""
        return len(self.fields) <= MOST_FIELDS

    def raw(self, one: RawField) -> Json:
        """Give a source field's value."""
        return pick(self.bundle.documents[one.document].fields, one.steps)

    def causes(self, path: Steps) -> Causes:
        """Give what the value at a path depends on."""
        if not self.is_possible:
            return Causes()
        single = [place for place, moved in self._alone.items() if path in moved]
        of_value = [place for place in single if self._alone[place][path]]
        presence = sorted((place for place in single if place not in of_value), key=lambda one: len(self._alone[one]))
        together = [] if of_value else self._together(path, self._linking.union(presence))
        together = together or ([] if single else self._together(path, frozenset()))
        documents = () if single or together else self._documents(path)
        fields, others, around = (
            tuple(self.fields[place] for place in found) for found in (of_value, together, presence)
        )
        return Causes(fields=fields, together=others, presence=around, documents=documents)

    def without(self, mapping: CountryMapping) -> dict[Steps, bool]:
        """Give the values that move where the bundle is mapped with another mapping."""
        return self._compared(mapped_values(self.bundle, mapping, self.context))

    def rows(self, path: Steps) -> tuple[tuple[str, str], ...]:
        """Give the rows of the portal's reference tables, as table and key, that a value depends on."""
        held = [(table, key) for table, rows in self.context.references.items() for key in rows]
        return tuple(self._rows(path, held)) if held else ()

    def _rows(self, path: Steps, among: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        if path not in self._without_rows(tuple(among)):
            return
        if len(among) == 1:
            yield among[0]
            return
        middle = len(among) // 2
        yield from self._rows(path, among[:middle])
        yield from self._rows(path, among[middle:])

    def _without_rows(self, left_out: tuple[tuple[str, str], ...]) -> dict[Steps, bool]:
        if left_out not in self._unlisted:
            gone = set(left_out)
            references = {
                table: {key: row for key, row in rows.items() if (table, key) not in gone}
                for table, rows in self.context.references.items()
            }
            context = replace(self.context, references=references)
            self._unlisted[left_out] = self._compared(mapped_values(self.bundle, self.mapping, context))
        return self._unlisted[left_out]

    def with_value(self, one: RawField, value: Json) -> dict[Steps, Json]:
        """Give all values, were a source field another."""
        return self._mapped(self._changed((one,), lambda _: value))

    def _moves(self, path: Steps, changed: Sequence[int]) -> bool:
        """Tell whether a value moves where the fields at these places are changed."""
        if changed not in self._moved:
            self._moved[changed] = self._compared(self._mapped(self._changed(self.fields[one] for one in changed)))
        return path in self._moved[changed]

    @cached_property
    def _alone(self) -> dict[int, dict[Steps, bool]]:
        """What each field moves that is changed alone.

        Every field is tried. Halving would be quicker, but what one change moves another may hide: a document whose id
        is changed leaves the process, and a second document stands in for it.
        """
        changed = ((place, self._changed([one])) for place, one in enumerate(self.fields))
        return {place: self._compared(self._mapped(bundle)) for place, bundle in changed}

    @cached_property
    def _linking(self) -> frozenset[int]:
        """The fields by which documents hang together: with all of them changed at once nothing would be left."""
        return frozenset(place for place, one in enumerate(self.fields) if self._links(one))

    def _links(self, one: RawField) -> bool:
        document = self.bundle.documents[one.document]
        return self._document(document, [one.steps], another).links != document.links

    def _together(self, path: Steps, apart_from: frozenset[int]) -> list[int]:
        """Give the fewest fields that move a value only together, apart from some."""
        rest = tuple(place for place in range(len(self.fields)) if place not in apart_from)
        return self._fewest(path, rest, ()) if rest and self._moves(path, rest) else []

    def _fewest(self, path: Steps, among: tuple[int, ...], beside: tuple[int, ...]) -> list[int]:
        if len(among) == 1:
            return [*among]
        middle = len(among) // 2
        one, other = among[:middle], among[middle:]
        if self._moves(path, one + beside):
            return self._fewest(path, one, beside)
        if self._moves(path, other + beside):
            return self._fewest(path, other, beside)
        return self._fewest(path, one, other + beside) + self._fewest(path, other, one + beside)

    def _documents(self, path: Steps) -> tuple[int, ...]:
        """Give the documents without which a value is not there; where each can be spared, all of the process."""
        every = range(len(self.bundle.documents))
        needed = tuple(place for place in every if path not in self._mapped(self._left_out(place)))
        own = (place for place in every if self.bundle.documents[place].links.process == self.bundle.process)
        return needed or tuple(own) or tuple(every)

    def _left_out(self, place: int) -> Bundle:
        documents = self.bundle.documents
        return replace(self.bundle, documents=(*documents[:place], *documents[place + 1 :]))

    def _changed(self, changed: Iterable[RawField], other: Callable[[Json], Json] | None = None) -> Bundle:
        of_document: dict[int, list[Steps]] = {}
        for one in changed:
            of_document.setdefault(one.document, []).append(one.steps)
        documents = list(self.bundle.documents)
        for place, ways in of_document.items():
            documents[place] = self._document(documents[place], ways, other or another)
        return replace(self.bundle, documents=tuple(self._remaining(documents)))

    def _document(self, document: Document, ways: Sequence[Steps], other: Callable[[Json], Json]) -> Document:
        fields = json.decode(document.body)
        for steps in ways:
            holder, last = pick(fields, steps[:-1]), steps[-1]
            place: Any = int(last) if isinstance(holder, list) else last
            holder[place] = other(holder[place])
        return replace(document, body=json.encode(fields), links=self.relink(document.kind, document.way, fields))

    def _remaining(self, documents: Sequence[Document]) -> list[Document]:
        """Give the documents without those that have gone to another process, unless its family holds one there."""
        process = self.bundle.process
        here = [one for one in documents if one.links.process == process]
        families = {one.links.family for one in here} - {None}
        pairs = zip(documents, self.bundle.documents, strict=True)
        return [
            one
            for one, before in pairs
            if one.links.process == process or before.links.process != process or one.links.family in families
        ]

    def _mapped(self, bundle: Bundle) -> dict[Steps, Json]:
        return mapped_values(bundle, self.mapping, self.context)

    def _compared(self, now: dict[Steps, Json]) -> dict[Steps, bool]:
        standing = {steps[:length] for steps in now for length in range(len(steps))}
        return {
            steps: steps in now or _object(steps) in standing
            for steps, value in self.values.items()
            if now.get(steps) != value
        }


def another(value: Json) -> Json:
    """Give a value that differs, both as a text and as a number, at its beginning and at its end."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"7{value}7"
    return value * 10 + 7 if isinstance(value, int | Decimal) else value


def pick(value: Json, steps: Sequence[str]) -> Json:
    """Give what stands at the end of a way into JSON.

    Raises:
        LookupError: nothing does.
    """
    for step in steps:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _object(steps: Steps) -> Steps:
    """Give the way to the member of a list, or else the section, that a value is of; of an id, to what that is in."""
    members = [length for length, step in enumerate(steps, 1) if step.startswith("[")]
    if steps[-1] == "id" and members and members[-1] == len(steps) - 1:
        members.pop()
        return steps[: members[-1]] if members else ()
    return steps[: members[-1]] if members else steps[:1] if len(steps) > 1 else ()


def _scalars(value: Json, steps: Steps) -> Iterator[Steps]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _scalars(member, (*steps, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _scalars(member, (*steps, str(place)))
    elif value is not None and value != "":
        yield steps
