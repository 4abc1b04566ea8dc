"""A compiled release as the tables see it: typed, only what they need, without what vanished at the source.

Reading into these shapes is several times faster than reading into dictionaries. An amount stays the text it was
written as, so no digit can be lost; `amount_of` makes a number of it.
"""

from decimal import Decimal
from operator import attrgetter

import msgspec
from msgspec import Raw, Struct, field

from ocds_schema import json
from ocds_schema.deletions import is_bare
from ocds_schema.errors import PublishError
from ocds_schema.json import Json

Id = str | int | None
Text = str | None
NOTHING = Raw()

OF_THE_RELEASE = frozenset({"ocid", "id", "date", "tag", "initiationType", "language"})
"""Members that say nothing of the process."""
_ROLES = {"suppliers": "supplier", "tenderers": "tenderer", "buyer": "buyer"}


class Value(Struct, frozen=True, gc=False, rename="camel"):
    """An amount of money; the amounts are JSON texts."""

    amount: Raw = NOTHING
    amount_net: Raw = NOTHING
    currency: Text = None


class Period(Struct, frozen=True, gc=False, rename="camel"):
    """From when until when."""

    start_date: Text = None
    end_date: Text = None


class Reference(Struct, frozen=True, gc=False, rename="camel"):
    """An organization as another object names it."""

    id: Id = None
    name: Text = None


class Classification(Struct, frozen=True, gc=False, rename="camel"):
    """A code of a classification."""

    scheme: Text = None
    id: Id = None
    description: Text = None


class Address(Struct, frozen=True, gc=False, rename="camel"):
    """A postal address."""

    street_address: Text = None
    locality: Text = None
    region: Text = None
    postal_code: Text = None
    country_name: Text = None


_NO_VALUE, _NO_PERIOD, _NO_ADDRESS = Value(), Period(), Address()
NOBODY = Reference(name="")
"""No organization at all: what a reference is where there is none."""
_NO_CLASS = Classification()


class Unit(Struct, frozen=True, gc=False, rename="camel"):
    """A unit of measure, and what one costs."""

    id: Id = None
    name: Text = None
    value: Value = _NO_VALUE


_NO_UNIT = Unit()


class Item(Struct, frozen=True, gc=False, rename="camel"):
    """Goods, works or services."""

    id: Id = None
    description: Text = None
    classification: Classification = _NO_CLASS
    additional_classifications: tuple[Classification, ...] = ()
    quantity: Raw = NOTHING
    unit: Unit = _NO_UNIT
    related_lot: Id = None
    delivery_address: Address = _NO_ADDRESS


class Lot(Struct, frozen=True, gc=False, rename="camel"):
    """A part of a tender."""

    id: Id = None
    title: Text = None
    description: Text = None
    status: Text = None
    status_details: Text = None
    value: Value = _NO_VALUE


class Document(Struct, frozen=True, gc=False, rename="camel"):
    """A document, by its address."""

    id: Id = None
    document_type: Text = None
    title: Text = None
    description: Text = None
    url: Text = None
    date_published: Text = None
    date_modified: Text = None
    format: Text = None
    language: Text = None
    related_lots: tuple[Id, ...] = ()


class Bid(Struct, frozen=True, gc=False, rename="camel"):
    """An offer."""

    id: Id = None
    date: Text = None
    status: Text = None
    status_details: Text = None
    tenderers: tuple[Reference, ...] = ()
    related_lots: tuple[Id, ...] = ()
    value: Value = _NO_VALUE
    documents: tuple[Document, ...] = ()


class Bids(Struct, frozen=True, gc=False, rename="camel"):
    """The offers; nothing where the portal does not show them."""

    details: tuple[Bid, ...] | None = None


class Award(Struct, frozen=True, gc=False, rename="camel"):
    """A decision about a winner."""

    id: Id = None
    title: Text = None
    date: Text = None
    status: Text = None
    status_details: Text = None
    suppliers: tuple[Reference, ...] = ()
    related_lots: tuple[Id, ...] = ()
    related_bid: Id = None
    value: Value = _NO_VALUE
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()


class Transaction(Struct, frozen=True, gc=False, rename="camel"):
    """A payment."""

    id: Id = None
    date: Text = None
    value: Value = _NO_VALUE
    payer: Reference = NOBODY
    payee: Reference = NOBODY
    uri: Text = None


class Implementation(Struct, frozen=True, gc=False, rename="camel"):
    """How a contract is carried out."""

    transactions: tuple[Transaction, ...] = ()
    documents: tuple[Document, ...] = ()


_NOT_BEGUN = Implementation()


class Amendment(Struct, frozen=True, gc=False, rename="camel"):
    """A formal change; the tables only count them."""

    date: Text = None


class Contract(Struct, frozen=True, gc=False, rename="camel"):
    """A contract."""

    id: Id = None
    award_id: Id = field(default=None, name="awardID")
    title: Text = None
    description: Text = None
    status: Text = None
    status_details: Text = None
    buyer: Reference = NOBODY
    value: Value = _NO_VALUE
    date_signed: Text = None
    period: Period = _NO_PERIOD
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    implementation: Implementation = _NOT_BEGUN


class Tender(Struct, frozen=True, gc=False, rename="camel"):
    """A tender."""

    id: Id = None
    title: Text = None
    title_kk: Text = field(default=None, name="title_kk")
    status: Text = None
    status_details: Text = None
    procuring_entity: Reference = NOBODY
    procurement_method: Text = None
    procurement_method_details: Text = None
    main_procurement_category: Text = None
    tender_period: Period = _NO_PERIOD
    value: Value = _NO_VALUE
    number_of_tenderers: int | None = None
    tenderers: tuple[Reference, ...] = ()
    lots: tuple[Lot, ...] = ()
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()


class Budget(Struct, frozen=True, gc=False, rename="camel"):
    """Where the money comes from."""

    description: Text = None


_NO_BUDGET = Budget()


class Planning(Struct, frozen=True, gc=False, rename="camel"):
    """What was decided before the tender."""

    rationale: Text = None
    budget: Budget = _NO_BUDGET
    documents: tuple[Document, ...] = ()


class Identifier(Struct, frozen=True, gc=False, rename="camel"):
    """A number that a register knows an organization by."""

    scheme: Text = None
    id: Id = None
    legal_name: Text = None


_NO_NUMBER = Identifier()


class Party(Struct, frozen=True, gc=False, rename="camel"):
    """An organization that plays a part."""

    id: Id = None
    name: Text = None
    identifier: Identifier = _NO_NUMBER
    address: Address = _NO_ADDRESS
    roles: tuple[str, ...] = ()


_NO_TENDER, _NO_PLANNING, _NO_BIDS = Tender(), Planning(), Bids()


class Release(Struct, frozen=True, gc=False, rename="camel"):
    """A compiled release."""

    ocid: str
    date: Text = None
    planning: Planning = _NO_PLANNING
    tender: Tender = _NO_TENDER
    buyer: Reference = NOBODY
    parties: tuple[Party, ...] = ()
    bids: Bids = _NO_BIDS
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()


_READER = msgspec.json.Decoder(Release)
_DATE, _DESCRIPTION, _NAME = attrgetter("date"), attrgetter("description"), attrgetter("name")
_STATUS, _TYPE = attrgetter("status"), attrgetter("document_type")


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
    """Whether each member of a list says something by the field that it nearly always has.

    Where one does not, it has to be looked at closely; the answer may then still be yes.
    """
    tender, bids = release.tender, release.bids.details or ()
    return (
        bool(release.awards or release.contracts or tender.title)
        and release.buyer.name is not None
        and None not in map(_NAME, release.parties)
        and None not in map(_NAME, tender.tenderers)
        and None not in map(_STATUS, tender.lots)
        and None not in map(_DESCRIPTION, tender.items)
        and None not in map(_TYPE, tender.documents)
        and None not in map(_TYPE, release.planning.documents)
        and all(map(_is_whole_bid, bids))
        and all(map(_is_whole_award, release.awards))
        and all(map(_is_whole_contract, release.contracts))
    )


def _is_whole_bid(bid: Bid) -> bool:
    return bid.status is not None and None not in map(_NAME, bid.tenderers) and None not in map(_TYPE, bid.documents)


def _is_whole_award(award: Award) -> bool:
    return (
        award.status is not None
        and None not in map(_NAME, award.suppliers)
        and None not in map(_DESCRIPTION, award.items)
        and None not in map(_TYPE, award.documents)
    )


def _is_whole_contract(contract: Contract) -> bool:
    carried_out = contract.implementation
    return (
        contract.status is not None
        and contract.buyer.name is not None
        and None not in map(_DESCRIPTION, contract.items)
        and None not in map(_TYPE, contract.documents)
        and (carried_out is _NOT_BEGUN or _is_whole_implementation(carried_out))
        and None not in map(_DATE, contract.amendments)
    )


def _is_whole_implementation(carried_out: Implementation) -> bool:
    return None not in map(_TYPE, carried_out.documents) and all(
        payment.value.currency is not None and payment.payer.name is not None and payment.payee.name is not None
        for payment in carried_out.transactions
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
