"""From the canonical process to its state: OCDS JSON without ocid, id, date and tag.

Where each field stands is read from the model's metadata. Organizations become parties, once each, with the roles of
the places where they were met, and references to them. Equal values are written equally: 10.50 as 10.5, 10.0 as 10.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Context, Decimal
from functools import cache
from typing import Any

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.model import Organization, Process, Text
from ocds_schema.personal import may_hold_person_number, scrub
from ocds_schema.problems import Problem

_EXACT = Context(prec=80)
_EMPTY: tuple[Any, ...] = ((), "")
_ROLE_ORDER = ("buyer", "procuringEntity", "tenderer", "supplier", "payer", "payee")


@dataclass(slots=True)
class _Parties:
    found: dict[str, Json] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refer(self, organization: Organization, role: str) -> Json:
        """Note a party in a role, and give a reference to it."""
        party = self.found.get(organization.id)
        if party is None:
            self.found[organization.id] = _party(organization)
            self.roles[organization.id] = {role}
        else:
            _complete(party, organization)
            self.roles[organization.id].add(role)
        reference = {"id": organization.id}
        if organization.name is not None:
            _put_text(reference, "name", organization.name)
        return reference

    def listed(self) -> list[Json]:
        """Give the parties by id, each with its roles."""
        return [
            self.found[party] | {"roles": [role for role in _ROLE_ORDER if role in self.roles[party]]}
            for party in sorted(self.found)
        ]


def build_state(process: Process, language: str) -> tuple[Json, list[Problem]]:
    """Write a process as OCDS, without personal numbers, and say what had to be left out of texts."""
    parties = _Parties()
    state = _write(process, parties, "", "")
    if parties.found:
        state["parties"] = parties.listed()
    if state:
        state["language"] = language
    problems = parties.problems
    if may_hold_person_number(json.encode(state)):
        counts: dict[str, int] = {}
        state = _scrubbed(state, "", counts)
        problems = [*problems, *(_withheld(path, count) for path, count in sorted(counts.items()))]
    return state, problems


def written_number(value: Decimal) -> int | Decimal:
    """Give a number as it is written: an integer where it is one, else without zeros at the end."""
    plain = _EXACT.normalize(value)
    if int(plain.as_tuple().exponent) >= 0:
        return int(plain)
    return Decimal(format(plain, "f"))


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
        party["address"] = _write(organization.address, _Parties(), "", "parties/address")


def _put_text(target: Json, name: str, text: Text) -> None:
    if text.main is not None:
        target[name] = text.main
    for language, translation in text.translations:
        target[f"{name}_{language}"] = translation


@cache
def _layout(target: type) -> tuple[tuple[str, tuple[str, ...], str, str], ...]:
    """Give of each field of a model class: its name, the objects it stands in, its OCDS name, its role."""
    layout = []
    for member in fields(target):
        *parents, name = member.metadata["ocds"].split("/")
        layout.append((member.name, tuple(parents), name, member.metadata["role"]))
    return tuple(layout)


def _write(value: Any, parties: _Parties, role: str, path: str) -> Json:
    """Give the JSON of one value of the model."""
    writer = _WRITERS.get(value.__class__)
    if writer is not None:
        return writer(value)
    if value.__class__ is tuple:
        return _write_list(value, parties, role, path)
    if value.__class__ is Organization:
        return parties.refer(value, role)
    return _write_object(value, parties, path)


def _write_object(value: Any, parties: _Parties, path: str) -> Json:
    written: dict[str, Json] = {}
    for attribute, parents, name, role in _layout(value.__class__):
        member = getattr(value, attribute)
        if member is None or member in _EMPTY:
            continue
        target = written
        for parent in parents:
            target = target.setdefault(parent, {})
        if member.__class__ is Text:
            _put_text(target, name, member)
            continue
        content = _write(member, parties, role, f"{path}/{name}" if path else name)
        if name and content not in ({}, []):
            target[name] = content
    return written


def _write_list(value: tuple[Any, ...], parties: _Parties, role: str, path: str) -> list[Json]:
    written = [_write(member, parties, role, path) for member in value]
    if len(written) < 2 or not isinstance(written[0], dict) or "id" not in written[0]:  # noqa: PLR2004
        return written
    unique = {member["id"]: member for member in reversed(written)}
    if len(unique) == len(written):
        return written
    if not role:
        parties.problems.append(
            Problem(path=path, rule="duplicate_id", reason="several have one id; the first stands", severity="note")
        )
    return [member for member in written if unique.pop(member["id"], None) is not None]


_WRITERS: dict[type, Callable[[Any], Json]] = {
    str: lambda value: value,
    bool: lambda value: value,
    int: lambda value: value,
    Decimal: written_number,
    datetime: lambda value: value.isoformat(timespec="seconds"),
}


def _scrubbed(value: Json, path: str, counts: dict[str, int]) -> Json:
    if isinstance(value, str):
        clean, count = scrub(value)
        if count:
            counts[path] = counts.get(path, 0) + count
        return clean
    if isinstance(value, dict):
        return {name: _scrubbed(member, f"{path}/{name}" if path else name, counts) for name, member in value.items()}
    if isinstance(value, list):
        return [_scrubbed(member, path, counts) for member in value]
    return value


def _withheld(path: str, count: int) -> Problem:
    return Problem(path=path, rule="personal_number", reason=f"taken out of the text, {count} times", severity="note")
