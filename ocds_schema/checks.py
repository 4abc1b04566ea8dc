"""Checks of a release that JSON Schema cannot make: references, repeated ids, open codelists, periods.

The schema says where to look: it is turned once into a tree of steps that holds only the fields worth a look.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ocds_schema.codelists import codelist
from ocds_schema.findings import Finding, Place, Redact, excerpt, of_path
from ocds_schema.json import Json
from ocds_schema.problems import Severity

_OCID = re.compile(r"ocds-[a-z0-9]{6}-.+", re.DOTALL)
_POINTERS = {"awardID": "awards", "relatedBid": "bids", "relatedLot": "lots", "relatedLots": "lots"}
_NAMES = {"parties": "party", "awards": "award", "bids": "bid", "lots": "lot"}
_DATES = ("startDate", "endDate", "maxExtentDate")

_Trail = tuple[Any, ...]
"""A place, told from its end: (the trail of the parent, a name or position). Longer to read, cheaper to make."""


@dataclass(slots=True, kw_only=True)
class _Visit:
    """One release being looked at. `ids` are those that other sections may point to, as text."""

    ids: Mapping[str, frozenset[str]]
    redact: Redact
    found: list[Finding] = field(default_factory=list)

    def note(self, trail: _Trail, rule: str, reason: str, *, value: Json = None, severity: Severity = "note") -> None:
        place = _place(trail)
        shown = "" if value is None else excerpt(value, self.redact)
        self.found.append(
            Finding(place=place, path=of_path(place), rule=rule, reason=reason, severity=severity, value=shown)
        )


class _Step(Protocol):
    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None: ...


@dataclass(frozen=True, slots=True)
class _Object:
    """An object: each of its fields that is worth a look."""

    steps: Mapping[str, _Step]

    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        if type(value) is not dict:
            return
        steps = self.steps
        for name, member in value.items():
            if name in steps:
                steps[name].look(member, (trail, name), visit)


@dataclass(frozen=True, slots=True)
class _List:
    """A list of objects; where lists are merged by id, every member needs an id of its own."""

    member: _Step | None
    by_id: bool

    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        if type(value) is not list:
            return
        if self.by_id:
            self._look_at_ids(value, trail, visit)
        if self.member is not None:
            for position, member in enumerate(value):
                self.member.look(member, (trail, position), visit)

    def _look_at_ids(self, members: list[Json], trail: _Trail, visit: _Visit) -> None:
        ids = [str(member["id"]) for member in members if type(member) is dict and member.get("id") is not None]
        if len(ids) == len(members) == len(set(ids)):
            return
        seen: set[str] = set()
        for position, member in enumerate(members):
            if type(member) is not dict:
                continue
            key = member.get("id")
            if key is None:
                visit.note((trail, position), "missing_id", "has no id, so it cannot be told from other members")
            elif str(key) in seen:
                reason = "has the id of an earlier member of the list"
                visit.note((trail, position), "duplicate_id", reason, value=key, severity="fatal")
            else:
                seen.add(str(key))


@dataclass(frozen=True, slots=True)
class _Codes:
    """A code, or a list of codes, of an open codelist."""

    codelist: str
    codes: frozenset[str]

    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        if type(value) is str:
            if value not in self.codes:
                visit.note(trail, "codelist", f"is not a code of {self.codelist}", value=value)
        elif type(value) is list:
            for position, code in enumerate(value):
                if type(code) is str and code not in self.codes:
                    visit.note((trail, position), "codelist", f"is not a code of {self.codelist}", value=code)


@dataclass(frozen=True, slots=True)
class _Pointer:
    """An id, or a list of ids, of members of another section."""

    section: str

    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        known = visit.ids[self.section]
        if type(value) is list:
            for position, one in enumerate(value):
                if str(one) not in known:
                    self._miss(one, (trail, position), visit)
        elif value is not None and str(value) not in known:
            self._miss(value, trail, visit)

    def _miss(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        visit.note(trail, "reference", f"is not the id of any {_NAMES[self.section]} in the release", value=value)


@dataclass(frozen=True, slots=True)
class _Party:
    """A reference to a party."""

    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        if type(value) is not dict or not value:
            return
        key = value.get("id")
        if key is None:
            if any(member is not None for member in value.values()):
                visit.note(trail, "reference", "has no id, so it points to no party")
        elif str(key) not in visit.ids["parties"]:
            visit.note((trail, "id"), "reference", "is not the id of any party in the release", value=key)


@dataclass(frozen=True, slots=True)
class _Period:
    """A period: it must not end before it begins."""

    def look(self, value: Json, trail: _Trail, visit: _Visit) -> None:
        if type(value) is not dict:
            return
        begin, *ends = (value.get(name) for name in _DATES)
        if type(begin) is not str:
            return
        for name, end in zip(_DATES[1:], ends, strict=True):
            if type(end) is str and _is_before(end, begin):
                visit.note((trail, name), "period", "is before the period begins", value=end)


class Checks:
    """The checks that a schema of releases calls for."""

    def __init__(self, schema: Json, extensions: Collection[str]) -> None:
        self._root = _object_step(schema, _Standard(schema["definitions"], extensions)) or _Object({})

    def run(self, release: Json, redact: Redact) -> list[Finding]:
        """List what is wrong beyond the schema; parts of a wrong type are passed over."""
        if type(release) is not dict:
            return []
        visit = _Visit(ids=_ids(release), redact=redact)
        _look_at_identity(release, visit)
        self._root.look(release, (), visit)
        return visit.found


@dataclass(frozen=True, slots=True)
class _Standard:
    """What the steps are made from."""

    definitions: Json
    extensions: Collection[str]

    def resolve(self, schema: Json) -> Json:
        reference = schema.get("$ref")
        return self.definitions[reference.rpartition("/")[2]] if reference else schema


def _object_step(schema: Json, standard: _Standard) -> _Step | None:
    steps = {name: _step(name, member, standard) for name, member in schema.get("properties", {}).items()}
    wanted = {name: step for name, step in steps.items() if step is not None}
    return _Object(wanted) if wanted else None


def _step(name: str, schema: Json, standard: _Standard) -> _Step | None:
    if schema.get("openCodelist"):
        listed = schema["codelist"].removesuffix(".csv")
        return _Codes(listed, frozenset(codelist(listed, standard.extensions).codes))
    if name in _POINTERS:
        return _Pointer(_POINTERS[name])
    if "items" in schema:
        target = standard.resolve(schema["items"])
        member = _target_step(schema["items"], standard)
        by_id = "id" in target.get("properties", {}) and not schema.get("wholeListMerge")
        return _List(member, by_id) if member or by_id else None
    return _target_step(schema, standard)


def _target_step(schema: Json, standard: _Standard) -> _Step | None:
    target = schema.get("$ref", "").rpartition("/")[2]
    if target == "OrganizationReference":
        return _Party()
    if target == "Period":
        return _Period()
    return _object_step(standard.resolve(schema), standard)


def _ids(release: Json) -> dict[str, frozenset[str]]:
    """Give the ids in the sections that others point to, as text: OCDS lets one side write 1 and the other "1"."""
    tender, bids = release.get("tender"), release.get("bids")
    lists = {
        "parties": release.get("parties"),
        "awards": release.get("awards"),
        "lots": tender.get("lots") if type(tender) is dict else None,
        "bids": bids.get("details") if type(bids) is dict else None,
    }
    return {name: frozenset(_members_ids(members)) for name, members in lists.items()}


def _members_ids(members: Json) -> Iterator[str]:
    if type(members) is list:
        for member in members:
            if type(member) is dict and "id" in member:
                yield str(member["id"])


def _look_at_identity(release: Json, visit: _Visit) -> None:
    ocid, key = release.get("ocid"), release.get("id")
    if type(ocid) is str and not _OCID.fullmatch(ocid):
        visit.note(((), "ocid"), "ocid_prefix", "does not begin with a prefix such as ocds-a1b2c3-", value=ocid)
    if type(key) is str and "#" in key:
        visit.note(((), "id"), "release_id", "holds a #, which separates a package's address from an id", value=key)


def _is_before(one: str, other: str) -> bool:
    # Texts of the same zone compare as times do; parsing is for the rest.
    if one >= other and one[-6:] == other[-6:]:
        return False
    try:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False


def _place(trail: _Trail) -> Place:
    steps: list[str | int] = []
    while trail:
        trail, step = trail
        steps.append(step)
    return tuple(reversed(steps))
