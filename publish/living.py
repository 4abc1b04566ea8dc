"""Reading a compiled release for the tables, without what vanished at the source.

What vanished is published with its fields nulled, and a compiled release keeps of it no more than ids. Most releases
have nothing of the kind, which is cheap to tell; the others are read closely.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw

from ocds_schema import json
from ocds_schema.deletions import is_bare
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.shapes import NOBODY, NOT_BEGUN, Award, Bid, Contract, Document, Item, Reference, Release

_OF_THE_RELEASE = frozenset({"ocid", "id", "date", "tag", "initiationType", "language"})
"""Members that say nothing of the process."""
_ROLES = {"suppliers": "supplier", "tenderers": "tenderer", "buyer": "buyer"}
_READER = msgspec.json.Decoder(Release)
_NULL = Raw(b"null")
# Of the usual fields each is one that is read: a null would not pass for it.
_CURRENCY, _DATE, _NAME = attrgetter("value.currency"), attrgetter("date"), attrgetter("name")
_ROLES_OF, _SCHEME, _SCHEME_OF = attrgetter("roles"), attrgetter("scheme"), attrgetter("classification.scheme")
_STATUS, _TYPE, _FURTHER = attrgetter("status"), attrgetter("document_type"), attrgetter("additional_classifications")
_OF_PARTIES = attrgetter("name", "identifier.scheme", "identifier.legal_name")
_OF_LOTS = attrgetter("title", "description", "status_details", "value.currency")
_OF_ITEMS = attrgetter("description", "related_lot", "classification.description", "unit.name")
_OF_DOCUMENTS = attrgetter("url", "title", "description", "date_published", "related_lots")
_OF_BIDS = attrgetter("date", "status_details", "value.currency", "related_lots")
_OF_AWARDS = attrgetter("date", "title", "status_details", "value.currency", "related_lots")
_OF_CONTRACTS = attrgetter("title", "description", "status_details", "date_signed", "value.currency")
_OF_PAYMENTS = attrgetter("date", "payer.name", "payee.name", "uri")


def read_release(line: bytes) -> tuple[Release, bool]:
    """Read a compiled release without what vanished, and say whether anything at all is left of it.

    What vanished is published with its fields nulled, and a compiled release keeps of it no more than ids.

    Raises:
        PublishError: it is not what a validated release can be.
    """
    try:
        release = _READER.decode(line)
        return (release, True) if _is_whole(release) else _read_carefully(line)
    except msgspec.ValidationError:
        pass
    try:
        return _read_carefully(line)
    except (msgspec.ValidationError, ValueError) as error:
        raise PublishError(f"a compiled release cannot be put into tables: {error}: {line[:200]!r}") from error


def _is_whole(release: Release) -> bool:
    """Whether each member of a list says something by one of the fields that it nearly always has.

    Where one does not, it has to be looked at closely; the answer may then still be yes.
    """
    tender = release.tender
    return (
        bool(release.awards or release.contracts or release.parties or tender.lots)
        and (release.buyer is NOBODY or _are_there(release, "buyer", (release.buyer,)))
        and _all_say(release.parties, _ROLES_OF, _OF_PARTIES)
        and _are_there(release, "tenderer", tender.tenderers)
        and _all_say(tender.lots, _STATUS, _OF_LOTS)
        and _are_items(tender.items)
        and _are_documents(tender.documents)
        and _are_documents(release.planning.documents)
        and all(_is_whole_bid(release, bid) for bid in release.bids.details or ())
        and _all_say(release.bids.details or (), _STATUS, _OF_BIDS)
        and all(_is_whole_award(release, award) for award in release.awards)
        and _all_say(release.awards, _STATUS, _OF_AWARDS)
        and all(_is_whole_contract(release, contract) for contract in release.contracts)
        and _all_say(release.contracts, _STATUS, _OF_CONTRACTS)
    )


def _all_say(members: Sequence[Any], usual: Callable[[Any], Any], others: Callable[[Any], Sequence[Any]]) -> bool:
    """Whether each member has the field that they usually have, or else one of some others."""
    return all(map(usual, members)) or all(usual(each) or any(map(_says, others(each))) for each in members)


def _says(value: Any) -> bool:
    return bool(value) and value != _NULL


def _are_there(release: Release, role: str, references: Sequence[Reference]) -> bool:
    """Whether each organization has a name, or is a party in a role."""
    if all(map(_NAME, references)):
        return True
    players = {party.id for party in release.parties if role in party.roles}
    return all(each.name or each.id in players for each in references)


def _are_items(items: Sequence[Item]) -> bool:
    return _all_say(items, _SCHEME_OF, _OF_ITEMS) and all(
        all(map(_SCHEME, each)) for each in map(_FURTHER, items) if each
    )


def _are_documents(documents: Sequence[Document]) -> bool:
    return not documents or _all_say(documents, _TYPE, _OF_DOCUMENTS)


def _is_whole_bid(release: Release, bid: Bid) -> bool:
    return _are_there(release, "tenderer", bid.tenderers) and _are_documents(bid.documents)


def _is_whole_award(release: Release, award: Award) -> bool:
    return (
        _are_there(release, "supplier", award.suppliers) and _are_items(award.items) and _are_documents(award.documents)
    )


def _is_whole_contract(release: Release, contract: Contract) -> bool:
    carried_out = contract.implementation
    return (
        (contract.buyer is NOBODY or _are_there(release, "buyer", (contract.buyer,)))
        and _are_items(contract.items)
        and _are_documents(contract.documents)
        and all(map(_DATE, contract.amendments))
        and (
            carried_out is NOT_BEGUN
            or (_are_documents(carried_out.documents) and _all_say(carried_out.transactions, _CURRENCY, _OF_PAYMENTS))
        )
    )


def _read_carefully(line: bytes) -> tuple[Release, bool]:
    """Read a release whole, take out what is bare, and only then give it its shape."""
    body = json.decode(line)
    is_anything = not all(is_bare(value) for name, value in body.items() if name not in _OF_THE_RELEASE)
    players: dict[str, set[Json]] = {}
    for party in body.get("parties") or ():
        if not is_bare(party):
            for role in party.get("roles") or ():
                players.setdefault(role, set()).add(party.get("id"))
    return _READER.decode(json.encode(_Living(players).object(body))), is_anything


class _Living:
    """Takes out of a release what is bare.

    A portal may name an organization by its number alone, and then its reference looks like one that vanished; but
    what vanished is no party in that role any more.
    """

    def __init__(self, players: dict[str, set[Json]]) -> None:
        self._players = players

    def object(self, body: Json) -> Json:
        found = {name: self._member(name, value) for name, value in body.items() if value is not None}
        return {name: value for name, value in found.items() if value is not None}

    def _member(self, name: str, value: Json) -> Json:
        if isinstance(value, dict):
            return None if name in _ROLES and not self._is_there(name, value) else self.object(value)
        if isinstance(value, list):
            return [self._each(each) for each in value if self._is_there(name, each)]
        return value

    def _each(self, value: Json) -> Json:
        return self.object(value) if isinstance(value, dict) else value

    def _is_there(self, name: str, value: Json) -> bool:
        if not isinstance(value, dict):
            return value is not None
        return not is_bare(value) or value.get("id") in self._players.get(_ROLES.get(name, ""), ())
