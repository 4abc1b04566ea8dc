"""What checks of references to parties have in common: a reference points to one party, with its role and name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.walk import ROLES

_NO_REFERENCE = not_applicable("the release refers to nobody in this role")
_NO_PARTY_FOUND = not_applicable("no reference in this role leads to one party")
_NO_NAMES = not_applicable("no reference in this role has a name that its party has too")
_NO_SUCH_PARTY = not_applicable("no party has this role")


def in_parties(index: Index, role: str) -> Result:
    """Judge whether every reference to a role has an id that exactly one party has."""
    found = index.resolved(role)
    if not found:
        return _NO_REFERENCE
    failures = []
    for reference, parties in found:
        if len(parties) != 1 and any(member is not None for member in reference.values()):
            key = reference.get("id")
            if key is None:
                failures.append(Failure((reference,), "has no id, so it leads to no party"))
            else:
                reason = "is the id of several parties" if parties else "is the id of no party"
                failures.append(Failure((reference, "id"), reason, key))
    return judged(failures)


def has_role(index: Index, role: str) -> Result:
    """Judge whether the party that each reference leads to has the role among its own."""
    failures, seen = [], False
    for reference, parties in index.resolved(role):
        if len(parties) == 1:
            seen = True
            if parties[0] not in index.bearers().get(role, ()):
                failures.append(
                    Failure((reference, "id"), f"leads to a party without the role {role}", reference["id"])
                )
    return judged(failures) if seen else _NO_PARTY_FOUND


def name_agrees(index: Index, role: str) -> Result:
    """Judge whether a reference calls its party by the party's name. Names are not shown: they may be a person's."""
    failures, seen = [], False
    for reference, parties in index.resolved(role):
        name = reference.get("name")
        if name is not None and len(parties) == 1 and (its := parties[0].get("name")) is not None:
            seen = True
            if name != its:
                failures.append(Failure((reference, "name"), "differs from the name that the party itself has"))
    return judged(failures) if seen else _NO_NAMES


def role_used(index: Index, role: str) -> Result:
    """Judge whether every party with a role is referred to in that role."""
    bearers = index.bearers().get(role)
    if not bearers:
        return _NO_SUCH_PARTY
    named = {str(reference.get("id")) for reference in index.references[role]}
    reason = f"has the role {role}, but nothing in the release refers to it in that role"
    failures = [
        Failure((party, "roles"), reason, party.get("id")) for party in bearers if str(party.get("id")) not in named
    ]
    return judged(failures)


def _settled(role: str) -> Callable[[Index, Context], bool]:
    def plain(index: Index, _: Context) -> bool:
        return role in index.settled()

    return plain


SETTLED: Mapping[str, Callable[[Index, Context], bool]] = MappingProxyType(
    {role: _settled(role) for role in ROLES.values()}
)
"""Tells at once, by role, that nothing is wrong with its references."""
