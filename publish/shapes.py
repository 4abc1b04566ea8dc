"""A compiled release as the tables see it: typed, only what they need, without what vanished at the source.

Reading into these shapes is several times faster than reading into dictionaries. An amount stays the text it was
written as, so no digit can be lost; `amount_of` makes a number of it.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from ocds_schema import json
from ocds_schema.deletions import is_bare
from ocds_schema.errors import PublishError
from ocds_schema.json import Json

Id = str | int | None
Text = Raw
"""A text that only fills a cell, as JSON writes it: left unread, it costs half as much."""
NOTHING = Raw()

OF_THE_RELEASE = frozenset({"ocid", "id", "date", "tag", "initiationType", "language"})
"""Members that say nothing of the process."""
_ROLES = {"suppliers": "supplier", "tenderers": "tenderer", "buyer": "buyer"}


class Value(Struct, frozen=True, gc=False, rename="camel"):
    """An amount of money; the amounts are JSON texts."""

    amount: Raw = NOTHING
    amount_net: Raw = NOTHING
    currency: str = ""


class Period(Struct, frozen=True, gc=False, rename="camel"):
    """From when until when."""

    start_date: Text = NOTHING
    end_date: Text = NOTHING


class Reference(Struct, frozen=True, gc=False, rename="camel"):
    """An organization as another object names it."""

    id: Id = None
    name: str = ""


class Classification(Struct, frozen=True, gc=False, rename="camel"):
    """A code of a classification."""

    scheme: str | None = None
    id: Id = None
    description: Text = NOTHING


class Address(Struct, frozen=True, gc=False, rename="camel"):
    """A postal address."""

    street_address: Text = NOTHING
    locality: Text = NOTHING
    region: Text = NOTHING
    postal_code: Text = NOTHING
    country_name: Text = NOTHING


_NO_VALUE, _NO_PERIOD, _NO_ADDRESS = Value(), Period(), Address()
NOBODY = Reference()
"""No organization at all: what a reference is where there is none."""
_NO_CLASS = Classification()


class Unit(Struct, frozen=True, gc=False, rename="camel"):
    """A unit of measure, and what one costs."""

    id: Id = None
    name: Text = NOTHING
    value: Value = _NO_VALUE


_NO_UNIT = Unit()


class Item(Struct, frozen=True, gc=False, rename="camel"):
    """Goods, works or services."""

    id: Id = None
    description: Text = NOTHING
    classification: Classification = _NO_CLASS
    additional_classifications: tuple[Classification, ...] = ()
    quantity: Raw = NOTHING
    unit: Unit = _NO_UNIT
    related_lot: Id = None
    delivery_address: Address = _NO_ADDRESS


class Lot(Struct, frozen=True, gc=False, rename="camel"):
    """A part of a tender."""

    id: Id = None
    title: Text = NOTHING
    description: Text = NOTHING
    status: str = ""
    status_details: Text = NOTHING
    value: Value = _NO_VALUE


class Document(Struct, frozen=True, gc=False, rename="camel"):
    """A document, by its address."""

    id: Id = None
    document_type: str = ""
    title: Text = NOTHING
    description: Text = NOTHING
    url: Text = NOTHING
    date_published: Text = NOTHING
    date_modified: Text = NOTHING
    format: Text = NOTHING
    language: Text = NOTHING
    related_lots: tuple[str | int, ...] = ()


class Bid(Struct, frozen=True, gc=False, rename="camel"):
    """An offer."""

    id: Id = None
    date: Text = NOTHING
    status: str = ""
    status_details: Text = NOTHING
    tenderers: tuple[Reference, ...] = ()
    related_lots: tuple[str | int, ...] = ()
    value: Value = _NO_VALUE
    documents: tuple[Document, ...] = ()


class Bids(Struct, frozen=True, gc=False, rename="camel"):
    """The offers; nothing where the portal does not show them."""

    details: tuple[Bid, ...] | None = None


class Award(Struct, frozen=True, gc=False, rename="camel"):
    """A decision about a winner."""

    id: Id = None
    title: Text = NOTHING
    date: Text = NOTHING
    status: str = ""
    status_details: Text = NOTHING
    suppliers: tuple[Reference, ...] = ()
    related_lots: tuple[str | int, ...] = ()
    related_bid: Id = None
    value: Value = _NO_VALUE
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()


class Transaction(Struct, frozen=True, gc=False, rename="camel"):
    """A payment."""

    id: Id = None
    date: Text = NOTHING
    value: Value = _NO_VALUE
    payer: Reference = NOBODY
    payee: Reference = NOBODY
    uri: Text = NOTHING


class Implementation(Struct, frozen=True, gc=False, rename="camel"):
    """How a contract is carried out."""

    transactions: tuple[Transaction, ...] = ()
    documents: tuple[Document, ...] = ()


_NOT_BEGUN = Implementation()


class Amendment(Struct, frozen=True, gc=False, rename="camel"):
    """A formal change; the tables only count them."""

    date: str = ""


class Contract(Struct, frozen=True, gc=False, rename="camel"):
    """A contract."""

    id: Id = None
    award_id: Id = field(default=None, name="awardID")
    title: Text = NOTHING
    description: Text = NOTHING
    status: str = ""
    status_details: Text = NOTHING
    buyer: Reference = NOBODY
    value: Value = _NO_VALUE
    date_signed: Text = NOTHING
    period: Period = _NO_PERIOD
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    implementation: Implementation = _NOT_BEGUN


class Tender(Struct, frozen=True, gc=False, rename="camel"):
    """A tender."""

    id: Id = None
    title: Text = NOTHING
    title_kk: Text = field(default=NOTHING, name="title_kk")
    status: Text = NOTHING
    status_details: Text = NOTHING
    procuring_entity: Reference = NOBODY
    procurement_method: Text = NOTHING
    procurement_method_details: Text = NOTHING
    main_procurement_category: Text = NOTHING
    tender_period: Period = _NO_PERIOD
    value: Value = _NO_VALUE
    number_of_tenderers: int | None = None
    tenderers: tuple[Reference, ...] = ()
    lots: tuple[Lot, ...] = ()
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()


class Budget(Struct, frozen=True, gc=False, rename="camel"):
    """Where the money comes from."""

    description: Text = NOTHING


_NO_BUDGET = Budget()


class Planning(Struct, frozen=True, gc=False, rename="camel"):
    """What was decided before the tender."""

    rationale: Text = NOTHING
    budget: Budget = _NO_BUDGET
    documents: tuple[Document, ...] = ()


class Identifier(Struct, frozen=True, gc=False, rename="camel"):
    """A number that a register knows an organization by."""

    scheme: Text = NOTHING
    id: Id = None
    legal_name: Text = NOTHING


_NO_NUMBER = Identifier()


class Party(Struct, frozen=True, gc=False, rename="camel"):
    """An organization that plays a part."""

    id: Id = None
    name: Text = NOTHING
    identifier: Identifier = _NO_NUMBER
    address: Address = _NO_ADDRESS
    roles: tuple[str, ...] = ()


_NO_TENDER, _NO_PLANNING, _NO_BIDS = Tender(), Planning(), Bids()


class Release(Struct, frozen=True, gc=False, rename="camel"):
    """A compiled release."""

    ocid: str
    date: Text = NOTHING
    planning: Planning = _NO_PLANNING
    tender: Tender = _NO_TENDER
    buyer: Reference = NOBODY
    parties: tuple[Party, ...] = ()
    bids: Bids = _NO_BIDS
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()


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


def amount_of(number: Raw) -> Decimal | int | None:
    """Give an amount as a number; nothing where there is none, or something else in its place."""
    text = bytes(number)
    if not text or text[0] not in b"-0123456789":
        return None
    # A number of JSON, by how it begins: what is neither a fraction nor has an exponent is whole.
    return int(text) if text.isdigit() or text[1:].isdigit() else Decimal(text.decode())


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
            carried_out is _NOT_BEGUN
            or (_are_documents(carried_out.documents) and _all_say(carried_out.transactions, _CURRENCY, _OF_PAYMENTS))
        )
    )


def _read_carefully(line: bytes) -> tuple[Release, bool]:
    """Read a release whole, take out what is bare, and only then give it its shape."""
    body = json.decode(line)
    is_anything = not all(is_bare(value) for name, value in body.items() if name not in OF_THE_RELEASE)
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
