"""Rules: how one value of the canonical model is made of source fields.

A rule gives a value, nothing, or raises `MappingError`. It knows which fields it reads and can say in words what it
does with them; the mapping's page is made from that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from ocds_schema import ids
from ocds_schema.errors import MappingError
from ocds_schema.model import Address, Organization, Text
from ocds_schema.personal import PersonNumbers
from ocds_schema.problems import Problem, Severity
from transformers import values
from transformers.codes import CodeTable
from transformers.tracing import Trace

Fields = Mapping[str, Any]
References = Mapping[str, Mapping[str, Fields]]
"""The portal's own reference tables: by name, and in each by key."""
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Reading:
    """What rules need beside the document in hand, and where problems are collected.

    `trace` is there only where values are to be explained.
    """

    zone: ZoneInfo
    currency: str
    as_of: datetime
    key: bytes = field(repr=False)
    persons: PersonNumbers = field(repr=False)
    references: References = field(default_factory=dict, repr=False)
    document: str = ""
    problems: list[Problem] = field(default_factory=list)
    trace: Trace | None = field(default=None, repr=False)

    def report(
        self,
        path: str,
        rule: str,
        reason: str,
        *,
        severity: Severity = "note",
        names: Iterable[str] = (),
        value: Any = "",
    ) -> None:
        """Count a problem of the document in hand."""
        self.problems.append(
            Problem(
                path=path,
                rule=rule,
                reason=values.shorten(reason, self.persons),
                severity=severity,
                document=values.shorten(self.document, self.persons),
                fields=tuple(names),
                value=values.shorten(value, self.persons),
            )
        )

    def attempt(self, rule: "Rule", source: Fields) -> Any:
        """Give what a rule makes of a document; where it cannot, nothing, and a problem is counted."""
        try:
            value = rule.read(source, self)
        except MappingError as error:
            told = () if rule.is_personal else rule.names
            raw = next((value for name in told if (value := pick(source, name)) is not None), "")
            self.report(rule.path, rule.kind, str(error), severity="lost", names=rule.names, value=raw)
            return None
        return value if self.trace is None else self.trace.told(value, rule, source)

    @staticmethod
    def quietly(read: Callable[[], T]) -> T | None:
        """Give a value that another rule reads too, and reports should it be wrong; here it is then nothing."""
        try:
            return read()
        except MappingError:
            return None


class Rule:
    """How one value is made of source fields; `words` say it to people."""

    kind = "value"
    is_personal = False
    """Whether its fields may hold a person's number, so that their values are never told."""

    def __init__(self, *names: str, words: str, table: CodeTable | None = None) -> None:
        self.names: Final = names
        self.words: Final = words
        self.table: Final = table
        self.path = ""

    def bind(self, path: str) -> None:
        """Say at which OCDS path the rule's value stands."""
        self.path = path

    def read(self, source: Fields, reading: Reading, /) -> Any:
        """Give the value, or nothing.

        Raises:
            MappingError: the source's value cannot be carried over.
        """
        raise NotImplementedError

    def rows(self) -> Iterable["Rule"]:
        """Give the rules that make up this one, for the mapping's page."""
        return (self,)


class _Simple(Rule):
    """A rule that is one function of one field."""

    def __init__(self, name: str, using: Callable[[Any], Any], words: str, kind: str) -> None:
        super().__init__(name, words=words)
        self._using = using
        self.kind = kind

    def read(self, source: Fields, _reading: Reading) -> Any:
        return self._using(pick(source, self.names[0]))


class _Text(Rule):
    def __init__(self, name: str, translations: Mapping[str, str]) -> None:
        super().__init__(
            name, *translations.values(), words="the text" if not translations else "the text, by language"
        )
        self._main = name
        self._translations = tuple(translations.items())

    def read(self, source: Fields, _reading: Reading) -> Text | None:
        main = values.clean_text(pick(source, self._main))
        others = []
        for language, name in self._translations:
            other = values.clean_text(pick(source, name))
            if other is not None:
                others.append((language, other))
        if main is None and not others:
            return None
        return Text(main=main, translations=tuple(others))


class _Moment(Rule):
    kind = "moment"

    def read(self, source: Fields, reading: Reading) -> datetime | None:
        raw = source.get(self.names[0])
        return None if raw is None else values.moment(raw, reading.zone, reading.as_of)


class _Code(Rule):
    kind = "unknown_code"

    def __init__(self, name: str, table: CodeTable) -> None:
        super().__init__(name, words=f"translated with {table.name}", table=table)
        self._table = table

    def read(self, source: Fields, _reading: Reading) -> str | None:
        raw = pick(source, self.names[0])
        return None if raw is None or raw == "" else self._table.row(raw).code


class _Label(Rule):
    def __init__(self, name: str, table: CodeTable, nested: str) -> None:
        words = "the portal's own words for the code"
        words += f", as it nests them, or else from {table.name}" if nested else f", from {table.name}"
        super().__init__(*filter(None, (name, nested)), words=words, table=table)
        self._table = table
        self._nested = nested

    def read(self, source: Fields, _reading: Reading) -> str | None:
        nested = values.clean_text(pick(source, self._nested)) if self._nested else None
        if nested:
            return nested
        row = self._table.get(pick(source, self.names[0]))
        return row.label or None if row else None


class _Derived(Rule):
    def __init__(
        self, names: Sequence[str], using: Callable[[Fields, Reading], Any], words: str, table: CodeTable | None
    ) -> None:
        super().__init__(*names, words=words, table=table)
        self.kind = "unknown_code" if table is not None else "derived"
        self._using = using

    def read(self, source: Fields, reading: Reading) -> Any:
        return self._using(source, reading)


class _PartyNumber(Rule):
    kind = "party_number"
    is_personal = True

    def read(self, source: Fields, reading: Reading) -> str | None:
        raw = pick(source, self.names[0])
        try:
            found = values.identifier(raw)
        except MappingError:
            raise MappingError("not a number of the register") from None
        if found and not isinstance(raw, str):
            found = reading.persons.with_lost_zeros(found)
        if found and not reading.persons.is_registered(found):
            raise MappingError("not a number of the register")
        return found


class _SubjectId(Rule):
    kind = "id"
    is_personal = True

    def read(self, source: Fields, _reading: Reading) -> str | None:
        try:
            return values.reference(pick(source, self.names[0]))
        except MappingError:
            raise MappingError("not an id") from None


class _Organization(Rule):
    kind = "party"
    is_personal = True

    def __init__(
        self, *, scheme: str, number: str, name: Rule | None, address: str, subject: str, subject_scheme: str
    ) -> None:
        read = (number, subject, *(name.names if name else ()), address)
        super().__init__(
            *filter(None, read),
            words=f"the party with this number in {scheme}; a natural person under a pseudonym, without an address",
        )
        self._scheme = scheme
        self._number = _PartyNumber(number, words="the number")
        self._subject = _SubjectId(subject, words="the id") if subject else None
        self._subject_scheme = subject_scheme
        self._name = name
        self._address = words(address) if address else None

    def bind(self, path: str) -> None:
        super().bind(path)
        places = {"": (self._number, self._subject), "/name": (self._name,), "/address": (self._address,)}
        for place, rules in places.items():
            for rule in filter(None, rules):
                rule.bind(f"{path}{place}")

    def read(self, source: Fields, reading: Reading) -> Organization | None:
        number = reading.attempt(self._number, source)
        subject = reading.attempt(self._subject, source) if self._subject and not number else None
        name = reading.attempt(self._name, source) if self._name and (number or subject) else None
        if number:
            return self._registered(number, name, source, reading)
        if not subject:
            return None
        return Organization(id=reading.persons.pseudonym(subject, reading.key, self._subject_scheme), name=name)

    def _registered(self, number: str, name: Text | None, source: Fields, reading: Reading) -> Organization:
        party = ids.party_id(self._scheme, number, reading.persons, reading.key)
        if not party.startswith(self._scheme):
            return Organization(id=party, name=name)
        street = reading.attempt(self._address, source) if self._address else None
        address = Address(street=Text(main=street)) if street else None
        return Organization(id=party, scheme=self._scheme, number=number, name=name, address=address)


def pick(source: Fields, name: str) -> Any:
    """Give a field's value; `ref_units/name_ru` is a member of a nested object."""
    if "/" not in name:
        return source.get(name)
    outer, inner = name.split("/", 1)
    nested = source.get(outer)
    if isinstance(nested, list):
        nested = nested[0] if len(nested) == 1 else None
    return pick(nested, inner) if isinstance(nested, Mapping) else None


def text(name: str, **translations: str) -> Rule:
    """A text, with the fields of its translations by language."""
    return _Text(name, translations)


def words(name: str) -> Rule:
    """A text that has no translations."""
    return _Simple(name, values.clean_text, "the text", "text")


def identifier(name: str) -> Rule:
    """An id, as an integer or a text."""
    return _Simple(name, values.identifier, "the id", "id")


def reference(name: str) -> Rule:
    """The id of another entity; 0 is none."""
    return _Simple(name, values.reference, "the id, where it is not 0", "id")


def number(name: str) -> Rule:
    """A number that is not negative."""
    return _Simple(name, values.amount, "the number", "number")


def moment(name: str) -> Rule:
    """A wall clock time of the source's zone."""
    return _Moment(name, words="the time, with the zone's offset at that instant")


def code(name: str, table: CodeTable) -> Rule:
    """A code, translated with a table."""
    return _Code(name, table)


def label(name: str, table: CodeTable, nested: str = "") -> Rule:
    """The portal's own words for a code: those that the source nests, or else the table's."""
    return _Label(name, table, nested)


def organization(
    *,
    scheme: str,
    number: str,
    name: Rule | None = None,
    address: str = "",
    subject: str = "",
    subject_scheme: str = "",
) -> Rule:
    """A party, by its number in a register, or else by the portal's own subject id, under a pseudonym of its scheme."""
    return _Organization(
        scheme=scheme, number=number, name=name, address=address, subject=subject, subject_scheme=subject_scheme
    )


def derived(*names: str, using: Callable[[Fields, Reading], Any], words: str, table: CodeTable | None = None) -> Rule:
    """What a named function makes of several fields."""
    return _Derived(names, using, words, table)
