"""From the canonical process to its state: OCDS JSON without ocid, id, date and tag.

Where each field stands is read from the model's metadata. Organizations become parties, once each, with the roles of
the places where they were met, and references to them. Equal values are written equally: 10.50 as 10.5, 10.0 as 10.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Context, Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.model import Organization, Process, Text
from ocds_schema.personal import PersonNumbers
from ocds_schema.problems import Problem
from transformers.tracing import TracedMoment, TracedNumber, TracedText, TracedWhole, carry

_EXACT = Context(prec=80)
_NO_MEMBERS: tuple[Any, ...] = ()
_MAY_BE_FALSE = (bool, int, Decimal, TracedNumber, TracedWhole)
_ROLE_ORDER = (
    "buyer",
    "procuringEntity",
    "allowedTenderer",
    "tenderer",
    "enquirer",
    "complainer",
    "reviewBody",
    "supplier",
    "payer",
    "payee",
)


@dataclass(slots=True)
class _Parties:
    found: dict[str, Json] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    references: list[Json] = field(default_factory=list)
    repeats: bool = False

    def refer(self, organization: Organization, role: str) -> Json:
        """Note a party in a role, and give a reference to it, whose name comes with `listed`."""
        party = self.found.get(organization.id)
        if party is None:
            self.found[organization.id] = _party(organization)
            self.roles[organization.id] = {role}
        else:
            _complete(party, organization)
            self.roles[organization.id].add(role)
        reference = {"id": organization.id}
        self.references.append(reference)
        return reference

    def listed(self) -> list[Json]:
        """Give the parties by id, each with its roles, and name them wherever they are referred to."""
        for reference in self.references:
            party = self.found[reference["id"]]
            reference.update((name, text) for name, text in party.items() if name.startswith("name"))
        return [
            self.found[party] | {"roles": [role for role in _ROLE_ORDER if role in self.roles[party]]}
            for party in sorted(self.found)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state, its digest, and what had to be left out of its texts."""

    content: Json
    digest: str
    problems: tuple[Problem, ...] = ()


def build_state(process: Process | None, language: str, persons: PersonNumbers) -> State:
    """Write a process as OCDS, without personal numbers; nothing, where there is no process."""
    if process is None:
        return State(content={}, digest=json.digest(b"{}"))
    state, repeats = write_process(process, language)
    encoded = json.encode(state)
    withheld: list[Problem] = []
    if persons.may_stand_in(encoded):
        counts: dict[str, int] = {}
        state = _scrubbed(state, "", counts, persons)
        withheld = [_withheld(path, count) for path, count in sorted(counts.items())]
    problems: list[Problem] = []
    # Two ids may be one, once the numbers are taken out of them.
    if repeats or withheld:
        state = _once(state, "", problems)
        encoded = json.encode(state)
    return State(content=state, digest=json.digest(encoded), problems=(*problems, *withheld))


def write_process(process: Process, language: str) -> tuple[Json, bool]:
    """Write a process as OCDS, as it is, and tell whether an id may occur twice in a list."""
    parties = _Parties()
    state = _write_object(process, parties)
    if parties.found:
        state["parties"] = parties.listed()
    if state:
        state["language"] = language
    return state, parties.repeats


def written_number(value: Decimal) -> int | Decimal:
    """Give a number as it is written: an integer where it is one, else without zeros at the end."""
    whole = int(value)
    if whole == value:
        return whole
    return Decimal(format(_EXACT.normalize(value), "f"))


def _party(organization: Organization) -> Json:
    party: dict[str, Json] = {"id": organization.id}
    if organization.scheme is not None:
        party["identifier"] = {"scheme": organization.scheme, "id": organization.number}
    _complete(party, organization)
    return party


def _complete(party: Json, organization: Organization) -> None:
    if organization.name is not None and "name" not in party:
        _put_text(party, "name", organization.name)
        if organization.scheme is not None:
            _put_text(party["identifier"], "legalName", organization.name)
    if organization.address is not None and "address" not in party:
        party["address"] = _write_object(organization.address, _Parties())


def _put_text(target: Json, name: str, text: Text) -> None:
    if text.main is not None:
        target[name] = text.main
    for language, translation in text.translations:
        target[f"{name}_{language}"] = translation


_Layout = tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[str, tuple[str, ...], str], ...]]


@cache
def _layout(target: type) -> _Layout:
    """Give what reads all fields of a model class, and of each its OCDS name, the objects around it, its role."""
    places = []
    for member in fields(target):
        *parents, name = member.metadata["ocds"].split("/")
        places.append((name, tuple(parents), member.metadata["role"]))
    return attrgetter(*(member.name for member in fields(target))), tuple(places)


def _write_object(value: Any, parties: _Parties, _role: str = "") -> Json:
    written: dict[str, Json] = {}
    read, places = _layout(value.__class__)
    for member, (name, parents, role) in zip(read(value), places, strict=True):
        if member is None or member is _NO_MEMBERS:
            continue
        target = written
        for parent in parents:
            target = target.setdefault(parent, {})
        if member.__class__ is Text:
            _put_text(target, name, member)
            continue
        content = _WRITERS.get(member.__class__, _write_object)(member, parties, role)
        if content or content.__class__ in _MAY_BE_FALSE:
            target[name] = content
    # An organization without a place of its own is a party all the same.
    written.pop("", None)
    return written


def _write_list(value: tuple[Any, ...], parties: _Parties, role: str) -> list[Json]:
    written = [_WRITERS.get(member.__class__, _write_object)(member, parties, role) for member in value]
    if len(written) > 1 and written[0].__class__ is dict:
        parties.repeats |= len({member.get("id") for member in written}) < len(written)
    return written


_WRITERS: dict[type, Callable[[Any, _Parties, str], Json]] = {
    str: lambda value, _parties, _role: value,
    bool: lambda value, _parties, _role: value,
    int: lambda value, _parties, _role: value,
    Decimal: lambda value, _parties, _role: written_number(value),
    datetime: lambda value, _parties, _role: value.isoformat(timespec="seconds"),
    tuple: _write_list,
    Organization: lambda value, parties, role: parties.refer(value, role),
    TracedText: lambda value, _parties, _role: value,
    TracedWhole: lambda value, _parties, _role: value,
    TracedNumber: lambda value, _parties, _role: carry(written_number(value), value.origin),
    TracedMoment: lambda value, _parties, _role: carry(value.isoformat(timespec="seconds"), value.origin),
}


def _once(value: Json, path: str, problems: list[Problem]) -> Json:
    """Give a value in whose lists each id occurs once; the first stands, and what another says is lost."""
    if isinstance(value, dict):
        return {name: _once(member, f"{path}/{name}" if path else name, problems) for name, member in value.items()}
    if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
        return value
    members = [_once(member, path, problems) for member in value]
    if path.endswith("additionalClassifications"):
        return members
    unique: dict[str, Json] = {}
    differ = [member for member in members if unique.setdefault(member["id"], member) != member]
    if differ:
        reason = f"several have one id; the first stands, left out: {len(differ)}"
        problems.append(Problem(path=path, rule="duplicate_id", reason=reason, severity="lost"))
    return list(unique.values())


def _scrubbed(value: Json, path: str, counts: dict[str, int], persons: PersonNumbers) -> Json:
    if isinstance(value, str):
        clean, count = persons.scrub(value)
        if count:
            counts[path] = counts.get(path, 0) + count
        return clean
    if isinstance(value, dict):
        return {
            name: _scrubbed(member, f"{path}/{name}" if path else name, counts, persons)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_scrubbed(member, path, counts, persons) for member in value]
    return value


def _withheld(path: str, count: int) -> Problem:
    return Problem(path=path, rule="personal_number", reason=f"personal numbers taken out: {count}", severity="note")
