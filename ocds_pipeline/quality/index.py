"""One compiled release, looked through once: every check reads from here and walks nowhere by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ocds_pipeline.quality import fields as standard
from ocds_pipeline.quality.result import Trail
from ocds_schema.json import Json

if TYPE_CHECKING:
    from ocds_pipeline.quality.walk import Shape

REFERENCE = "OrganizationReference"

Sight = tuple[dict[str, Any], Trail]
"""An object and where it stands."""
FieldSight = tuple[Json, Trail, str]
"""A value, where the object stands that holds it, and its name there."""
ListSight = tuple[list[Any], Trail]


Money = tuple[Decimal | int, str]
"""An amount and its currency."""


@dataclass(slots=True, kw_only=True)
class Index:
    """What is in a release.

    `objects` are by their OCDS type (`Award`, `Value`, …), `references` by the role they point to (`buyer`, …), the
    values in `fields` by group; all in the order of the release, from the outside in. `shapes` are those of all
    objects, `empties` the paths of members that are set but hold nothing. The lists are used again for the next
    release.
    """

    objects: Mapping[str, list[Sight]]
    references: Mapping[str, list[Sight]]
    fields: Mapping[str, list[Json]]
    lists: list[ListSight] = field(default_factory=list)
    shapes: "list[Shape]" = field(default_factory=list)
    empties: list[str] = field(default_factory=list)
    release: dict[str, Any] = field(default_factory=dict)
    ocid: str = ""
    tender: dict[str, Any] = field(default_factory=dict)
    _resolved: dict[str, list[tuple[Sight, list[Sight]]]] = field(default_factory=dict)
    _by_id: dict[str, dict[str, list[Sight]]] = field(default_factory=dict)
    _bearers: dict[str, list[Sight]] | None = None
    _settled: frozenset[str] | None = None
    _monies: dict[str, list[Money]] = field(default_factory=dict)

    def begin(self, release: dict[str, Any]) -> None:
        """Forget the release before, and hold another one that is yet to be looked through."""
        for sights in self.objects.values():
            sights.clear()
        for sights in self.references.values():
            sights.clear()
        for values in self.fields.values():
            values.clear()
        self.lists.clear()
        self.shapes.clear()
        self.empties.clear()
        self._resolved.clear()
        self._by_id.clear()
        self._monies.clear()
        self._bearers = self._settled = None
        self.release = release
        self.ocid = str(release.get("ocid", ""))
        tender = release.get("tender")
        self.tender = tender if type(tender) is dict else {}

    def sights(self, group: str) -> list[FieldSight]:
        """Give the values of a group of fields with their places; null is passed over."""
        found: list[FieldSight] = []
        for owner, names in standard.members(group):
            for sights in (self.objects[owner], *(self.references.values() if owner == REFERENCE else ())):
                for value, trail in sights:
                    found += [(value[name], trail, name) for name in names if value.get(name) is not None]
        return found

    def by_id(self, kind: str) -> Mapping[str, list[Sight]]:
        """Give objects by their id, as text: OCDS lets one side write 1 and the other "1"."""
        found = self._by_id.get(kind)
        if found is None:
            found = self._by_id[kind] = {}
            for sight in self.objects[kind]:
                key = sight[0].get("id")
                if key is not None:
                    found.setdefault(str(key), []).append(sight)
        return found

    def bearers(self) -> Mapping[str, list[Sight]]:
        """Give the parties by role."""
        if self._bearers is None:
            self._bearers = {}
            for sight in self.objects["Organization"]:
                roles = sight[0].get("roles")
                for role in roles if type(roles) is list else ():
                    if type(role) is str:
                        self._bearers.setdefault(role, []).append(sight)
        return self._bearers

    def resolved(self, role: str) -> Sequence[tuple[Sight, list[Sight]]]:
        """Give the references to a role, each with the parties that have its id."""
        found = self._resolved.get(role)
        if found is None:
            parties = self.by_id("Organization")
            found = [(sight, parties.get(str(sight[0].get("id")), [])) for sight in self.references[role]]
            self._resolved[role] = found
        return found

    def settled(self) -> frozenset[str]:
        """Give the roles of which every reference leads to one party with the role and name, and none is unused."""
        if self._settled is None:
            self._settled = frozenset(
                role for role, sights in self.references.items() if sights and self._is_sound(role)
            )
        return self._settled

    def _is_sound(self, role: str) -> bool:
        parties = self.by_id("Organization")
        named = set()
        for reference, _ in self.references[role]:
            key, name = reference.get("id"), reference.get("name")
            found = parties.get(key) if type(key) is str else None
            if found is None or len(found) != 1 or name is None or found[0][0].get("name") != name:
                return False
            named.add(key)
        bearers = self.bearers().get(role, ())
        return len(named) == len(bearers) and all(party.get("id") in named for party, _ in bearers)

    def monies(self, kind: str) -> Sequence[Money]:
        """Give the values of the objects of a type that have an amount and a currency."""
        found = self._monies.get(kind)
        if found is None:
            found = self._monies[kind] = []
            for owner, _ in self.objects[kind]:
                value = owner.get("value")
                if type(value) is dict:
                    amount, currency = value.get("amount"), value.get("currency")
                    if type(currency) is str and (type(amount) is Decimal or type(amount) is int):
                        found.append((amount, currency))
        return found
