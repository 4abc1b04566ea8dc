"""Traces: while a bundle is mapped to be explained, each value carries which rule made it, and of what.

A reading without a trace, as every transform has it, carries nothing. With one, what a rule gives is put in the place
of the plain value as an equal one that knows its origin; texts, amounts and moments keep it wherever mappings carry
them: through `replace`, into lists and sets, from a bid to its award, from an organization to the party. A value that
is made anew of others, such as a sum, has no origin: `transformers.causes` finds what that depends on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ocds_schema.json import Json
from transformers.codes import CodeRow, CodeTable

if TYPE_CHECKING:
    from transformers.process import Entity
    from transformers.rules import Fields, Rule

Steps = tuple[str, ...]
"""The way to a value in JSON: names of members, and places in lists as texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An object of a source: the entity's kind and key, and the way to the object within its fields."""

    kind: str
    key: str
    steps: Steps = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which rule made a value, of which object of the source, and with which row of a code table.

    There is no place where the rule was given fields that the mapping had put together of several documents.
    """

    rule: "Rule"
    place: Place | None
    row: CodeRow | None = None


class TracedText(str):
    """A text that knows its origin."""

    __slots__ = ("origin",)
    origin: Origin


class TracedNumber(Decimal):
    """An amount that knows its origin; what is reckoned with it does not."""

    origin: Origin


class TracedWhole(int):
    """A whole number or a flag that knows its origin."""

    origin: Origin


class TracedMoment(datetime):
    """A moment that knows its origin; another that is reckoned of it does not."""

    origin: Origin


TRACED = (TracedText, TracedNumber, TracedWhole, TracedMoment)


def origin_of(value: Any) -> Origin | None:
    """Give where a value comes from, or nothing where it carries no trace."""
    return getattr(value, "origin", None)


def carry(value: Any, origin: Origin) -> Any:
    """Give an equal value that knows its origin, at every depth; what has one already keeps it."""
    if isinstance(value, TRACED):
        return value
    make = _MAKERS.get(value.__class__)
    if make is not None:
        made = make(value)
        made.origin = origin
        return made
    if isinstance(value, tuple):
        return tuple(carry(member, origin) for member in value)
    if is_dataclass(value) and not isinstance(value, type):
        held = {member.name: getattr(value, member.name) for member in fields(value)}
        return replace(value, **{name: carry(one, origin) for name, one in held.items() if one is not None})
    return value


def _moment(value: datetime) -> TracedMoment:
    return TracedMoment(
        value.year,
        value.month,
        value.day,
        value.hour,
        value.minute,
        value.second,
        value.microsecond,
        value.tzinfo,
        fold=value.fold,
    )


_MAKERS: dict[type, Callable[[Any], Any]] = {
    str: TracedText,
    Decimal: TracedNumber,
    int: TracedWhole,
    bool: TracedWhole,
    datetime: _moment,
}


@dataclass(slots=True)
class Trace:
    """What a reading notes while a bundle is mapped to be explained."""

    tables: Iterable[CodeTable] = ()
    _places: dict[int, Place] = field(default_factory=dict)
    _held: list[Any] = field(default_factory=list)
    _rows: dict[int, CodeRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in self.tables:
            for row in table:
                for text in _texts(row):
                    self._rows[id(text)] = row

    def hold(self, entities: Iterable["Entity"]) -> None:
        """Note where each object of the entities stands. They are held on to, so that no other takes their place."""
        for entity in entities:
            self._held.append(entity.fields)
            for steps, one in _objects(entity.fields, ()):
                self._places[id(one)] = Place(kind=entity.kind, key=entity.key, steps=steps)

    def told(self, value: Any, rule: "Rule", source: "Fields") -> Any:
        """Give what a rule made of an object of the source, with that as its origin."""
        if value is None or rule.kind == "record":
            return value
        origin = Origin(rule=rule, place=self._places.get(id(source)), row=self._row(value))
        return carry(value, origin)

    def _row(self, value: Any) -> CodeRow | None:
        """Give the row of a code table whose own text the value is, or has."""
        main = getattr(value, "main", None)
        return self._rows.get(id(value)) or (self._rows.get(id(main)) if main is not None else None)


def _texts(row: CodeRow) -> Iterator[str]:
    # Python has each text of one character or none only once, so these say nothing.
    own = (row.code, row.label, *(text for _, text in row.translations))
    return (text for text in own if text is not None and len(text) > 1)


def _objects(value: Json, steps: Steps) -> Iterator[tuple[Steps, Json]]:
    if isinstance(value, dict):
        yield steps, value
        for name, member in value.items():
            yield from _objects(member, (*steps, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _objects(member, (*steps, str(place)))
