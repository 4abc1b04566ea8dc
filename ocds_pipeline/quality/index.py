"""One compiled release, looked through once: every check reads from here and walks nowhere by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ocds_pipeline.quality import fields as standard
from ocds_pipeline.quality.counters import fingerprint
from ocds_pipeline.quality.result import At
from ocds_schema.findings import Place
from ocds_schema.json import Json

if TYPE_CHECKING:
    from ocds_pipeline.quality.walk import Formation, Shape

REFERENCE = "OrganizationReference"

Object = dict[str, Any]
FieldSight = tuple[Json, Object, str]
"""A value, the object that holds it, and its name there."""
Money = tuple[Decimal | int, str]
"""An amount and its currency."""


@dataclass(slots=True, kw_only=True)
class Index:
    """What is in a release.

    `objects` are by their OCDS type (`Award`, `Value`, …), `references` by the role they point to (`buyer`, …), the
    values in `fields` by group; all in the order of the release. `shapes` are those of all objects, `formation` what
    these make together, `lists` all lists of them, `empties` the paths of members that are set but hold nothing. `mark`
    is the fingerprint of the ocid. `buyer` is the id of the buyer; of the procuring entity, where no buyer is named.
    The lists are used again for the next release.
    """

    objects: Mapping[str, list[Object]]
    references: Mapping[str, list[Object]]
    fields: Mapping[str, list[Json]]
    lists: list[list[Any]] = field(default_factory=list)
    shapes: "list[Shape]" = field(default_factory=list)
    formation: "Formation" = field(init=False)
    empties: list[str] = field(default_factory=list)
    release: dict[str, Any] = field(default_factory=dict)
    ocid: str = ""
    mark: int = 0
    tender: dict[str, Any] = field(default_factory=dict)
    _resolved: dict[str, list[tuple[Object, list[Object]]]] = field(default_factory=dict)
    buyer: str = ""
    _all: Sequence[list[Any]] = ()
    _filled: Sequence[list[Any]] = ()
    _by_id: dict[str, dict[str, list[Object]]] = field(default_factory=dict)
    _bearers: dict[str, list[Object]] | None = None
    _settled: frozenset[str] | None = None
    _places: dict[int, Place] = field(default_factory=dict)
    _worths: dict[str, list[Money | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._all = self._filled = (*self.objects.values(), *self.references.values(), *self.fields.values())

    def begin(self, release: dict[str, Any]) -> None:
        """Forget the release before, and hold another one that is yet to be looked through."""
        for found in self._filled:
            found.clear()
        self._filled = self._all
        self.lists.clear()
        self.shapes.clear()
        self.empties.clear()
        self._resolved.clear()
        self._by_id.clear()
        self._worths.clear()
        self._places.clear()
        self._bearers = self._settled = None
        self.release = release
        self.ocid = str(release.get("ocid", ""))
        self.mark = fingerprint(self.ocid)
        tender = release.get("tender")
        self.tender = tender if type(tender) is dict else {}
        self.buyer = _id_of(release.get("buyer")) or _id_of(self.tender.get("procuringEntity"))

    def complete(self, formation: "Formation") -> None:
        """Hold what the objects of the release, all looked at now, make together."""
        self.formation = formation
        self._filled = formation.filled

    def sights(self, group: str) -> list[FieldSight]:
        """Give the values of a group of fields with the objects that hold them; null is passed over."""
        found: list[FieldSight] = []
        for owner, names in standard.members(group):
            for objects in (self.objects[owner], *(self.references.values() if owner == REFERENCE else ())):
                for one in objects:
                    found += [(one[name], one, name) for name in names if one.get(name) is not None]
        return found

    def place(self, at: At) -> Place:
        """Give the names and positions that lead from the release to a place, which may begin with an object."""
        if at and type(at[0]) is dict:
            if not self._places:
                _note_places(self.release, (), self._places)
            return (*self._places.get(id(at[0]), ()), *at[1:])
        return at

    def by_id(self, kind: str) -> Mapping[str, list[Object]]:
        """Give objects by their id, as text: OCDS lets one side write 1 and the other "1"."""
        found = self._by_id.get(kind)
        if found is None:
            found = self._by_id[kind] = {}
            for one in self.objects[kind]:
                key = one.get("id")
                if key is not None:
                    found.setdefault(str(key), []).append(one)
        return found

    def bearers(self) -> Mapping[str, list[Object]]:
        """Give the parties by role."""
        if self._bearers is None:
            self._bearers = {}
            for party in self.objects["Organization"]:
                roles = party.get("roles")
                for role in listed(roles):
                    if type(role) is str:
                        self._bearers.setdefault(role, []).append(party)
        return self._bearers

    def resolved(self, role: str) -> Sequence[tuple[Object, list[Object]]]:
        """Give the references to a role, each with the parties that have its id."""
        found = self._resolved.get(role)
        if found is None:
            parties = self.by_id("Organization")
            known = ((one, one.get("id")) for one in self.references[role])
            found = [(one, [] if key is None else parties.get(str(key), [])) for one, key in known]
            self._resolved[role] = found
        return found

    def settled(self) -> frozenset[str]:
        """Give the roles of which every reference leads to one party with the role and name, and none is unused."""
        if self._settled is None:
            self._settled = frozenset(self._sound_roles())
        return self._settled

    def _sound_roles(self) -> set[str]:
        """Give the roles that are sound: mostly all of them, which two equal sets tell."""
        try:
            asked = {(role, one["id"], one["name"]) for role, some in self.references.items() for one in some}
            if self._borne() == asked:
                return {role for role, _, _ in asked}
        except (KeyError, TypeError):
            pass
        return self._each_sound_role()

    def _borne(self) -> set[tuple[str, str, Json]] | None:
        """Give the roles of parties with their ids and names; nothing, where one of these is not plain."""
        borne, keys = set(), set()
        for party in self.objects["Organization"]:
            key, name, roles = party["id"], party["name"], party["roles"]
            if type(key) is not str or key in keys or name is None or type(roles) is not list:
                return None
            keys.add(key)
            for role in roles:
                if role in self.references:
                    borne.add((role, key, name))
        return borne

    def _each_sound_role(self) -> set[str]:
        parties: dict[str, Object] = {}
        unused: set[tuple[str, str]] = set()
        for party in self.objects["Organization"]:
            key, roles = party.get("id"), party.get("roles")
            if type(key) is not str or key in parties or type(roles) is not list:
                return set()
            parties[key] = party
            for role in roles:
                unused.add((str(role), key))
        sound = {role for role, references in self.references.items() if references}
        for role in [*sound]:
            for reference in self.references[role]:
                key, name = reference.get("id"), reference.get("name")
                found = parties.get(key) if type(key) is str else None
                if found is None or name is None or found.get("name") != name or role not in found["roles"]:
                    sound.discard(role)
                    break
                unused.discard((role, key))
        return sound.difference([role for role, _ in unused])

    def monies(self, kind: str) -> Sequence[Money]:
        """Give the values of the objects of a type that have an amount and a currency."""
        return [found for found in self.worths(kind) if found is not None]

    def worths(self, kind: str) -> Sequence[Money | None]:
        """Give the value of each object of a type; nothing, where it lacks an amount or a currency."""
        found = self._worths.get(kind)
        if found is None:
            found = self._worths[kind] = [_worth(owner.get("value")) for owner in self.objects[kind]]
        return found


def _id_of(reference: Json) -> str:
    key = reference.get("id") if type(reference) is dict else None
    return "" if key is None else str(key)


def _worth(value: Json) -> Money | None:
    if type(value) is not dict:
        return None
    amount, currency = value.get("amount"), value.get("currency")
    if type(currency) is str and (type(amount) is Decimal or type(amount) is int):
        return amount, currency
    return None


def _note_places(value: Json, place: Place, places: dict[int, Place]) -> None:
    """Note the place of every object in a value, by the object's identity."""
    if type(value) is dict:
        places.setdefault(id(value), place)
    for step, member in value.items() if type(value) is dict else enumerate(value):
        if type(member) is dict or type(member) is list:
            _note_places(member, (*place, step), places)


def listed(value: Json) -> list[Any]:
    """Give a list as it is; anything else holds no members."""
    return value if type(value) is list else []
