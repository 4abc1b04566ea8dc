"""A compiled release as the tables see it: typed, only what they need, without what vanished at the source.

Reading into these shapes is several times faster than reading into dictionaries. An amount stays the text it was
written as, so no digit can be lost; `amount_of` makes a number of it.
"""

from decimal import Decimal

from msgspec import Raw, Struct, field

Id = str | int | None
Text = Raw
"""A text that only fills a cell, as JSON writes it: left unread, it costs half as much."""
NOTHING = Raw()


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


NOT_BEGUN = Implementation()
"""Nothing is said of how a contract is carried out."""


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
    implementation: Implementation = NOT_BEGUN


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


def amount_of(number: Raw) -> Decimal | int | None:
    """Give an amount as a number; nothing where there is none, or something else in its place."""
    text = bytes(number)
    if not text or text[0] not in b"-0123456789":
        return None
    # A number of JSON, by how it begins: what is neither a fraction nor has an exponent is whole.
    return int(text) if text.isdigit() or text[1:].isdigit() else Decimal(text.decode())
