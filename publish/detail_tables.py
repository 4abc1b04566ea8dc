"""The tables of what a process consists of: lots, items, bids, awards, payments, parties and documents."""

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from msgspec import Struct

from publish.process_tables import CONTRACTS, PROCESSES, ids
from publish.rows import BETWEEN, Process, distinct, joined
from publish.shapes import Document, Id, Item
from publish.tables import Table, columns

_RELATED_LOT = attrgetter("related_lot")


class Row(Struct, frozen=True, gc=False):
    """A part of a process: the part itself, the section it is in with its id, and the buyer's id."""

    ocid: str
    body: Any
    section: str = ""
    section_id: Id = None
    buyer_id: Id = None
    count: int | None = None


def _lots(process: Process) -> list[Row]:
    tender = process.release.tender
    if not tender.lots:
        return []
    counts = Counter(map(_RELATED_LOT, tender.items))
    buyer = process.buyer_ids
    return [Row(process.release.ocid, lot, buyer_id=buyer, count=counts[lot.id]) for lot in tender.lots]


def _items(process: Process) -> list[Row]:
    release, buyer = process.release, process.buyer_ids
    tender = release.tender
    found = _of(process, tender.items, "tender", tender.id or "tender", buyer)
    for award in release.awards:
        found += _of(process, award.items, "award", award.id, buyer)
    for contract in process.contracts:
        found += _of(process, contract.body.items, "contract", contract.body.id, contract.buyer.id)
    return found


def _documents(process: Process) -> list[Row]:
    release, buyer = process.release, process.buyer_ids
    tender = release.tender
    found = _of(process, release.planning.documents, "planning", "planning", buyer)
    found += _of(process, tender.documents, "tender", tender.id or "tender", buyer)
    for bid in release.bids.details or ():
        found += _of(process, bid.documents, "bid", bid.id, buyer)
    for award in release.awards:
        found += _of(process, award.documents, "award", award.id, buyer)
    for contract in process.contracts:
        body, own = contract.body, contract.buyer.id
        found += _of(process, body.documents, "contract", body.id, own)
        found += _of(process, body.implementation.documents, "implementation", body.id, own)
    return found


def _of(process: Process, members: Iterable[Item | Document], section: str, section_id: Id, buyer: Id) -> list[Row]:
    ocid = process.release.ocid
    return [Row(ocid, each, section, section_id, buyer) for each in members]


def _bids(process: Process) -> list[Row]:
    buyer = process.buyer_ids
    return [Row(process.release.ocid, bid, buyer_id=buyer) for bid in process.release.bids.details or ()]


def _awards(process: Process) -> list[Row]:
    if not process.release.awards:
        return []
    counts = Counter(contract.body.award_id for contract in process.concluded)
    buyer = process.buyer_ids
    return [
        Row(process.release.ocid, award, buyer_id=buyer, count=counts[award.id]) for award in process.release.awards
    ]


def _transactions(process: Process) -> Iterator[Row]:
    for contract in process.contracts:
        buyer, number = contract.buyer.id, contract.body.id
        for payment in contract.payments:
            yield Row(process.release.ocid, payment, section_id=number, buyer_id=buyer)


def _parties(process: Process) -> list[Row]:
    buyer = process.buyer_ids
    return [Row(process.release.ocid, party, buyer_id=buyer) for party in process.release.parties]


def _further_codes(row: Row) -> str | None:
    found = row.body.additional_classifications
    return BETWEEN.join(f"{each.scheme}:{each.id}" for each in found) if found else None


def _lots_of(row: Row) -> str | None:
    found = row.body.related_lots
    return ids(found) if found else None


LOTS = Table(
    name="lots",
    description="One row for each lot of a tender.",
    key=("ocid", "lot_id"),
    rows=_lots,
    columns=columns(
        "lots",
        {
            "ocid": "ocid",
            "lot_id": "body.id",
            "title": "body.title",
            "description": "body.description",
            "status": "body.status",
            "status_details": "body.status_details",
            "value": "body.value.amount",
            "currency": "body.value.currency",
            "items_count": "count",
            "buyer_id": "buyer_id",
        },
    ),
)

ITEMS = Table(
    name="items",
    description="One row for each item of a tender, an award or a contract: what, how much, at what price.",
    key=("ocid", "section", "section_id", "item_id"),
    rows=_items,
    columns=columns(
        "items",
        {
            "ocid": "ocid",
            "section": "section",
            "section_id": "section_id",
            "item_id": "body.id",
            "lot_id": "body.related_lot",
            "description": "body.description",
            "classification_scheme": "body.classification.scheme",
            "classification_id": "body.classification.id",
            "classification_description": "body.classification.description",
            "additional_classifications": _further_codes,
            "quantity": "body.quantity",
            "unit_id": "body.unit.id",
            "unit_name": "body.unit.name",
            "unit_value": "body.unit.value.amount",
            "unit_currency": "body.unit.value.currency",
            "delivery_region": "body.delivery_address.region",
            "delivery_address": "body.delivery_address.street_address",
            "buyer_id": "buyer_id",
        },
    ),
)

BIDS = Table(
    name="bids",
    description="One row for each bid that the portal shows.",
    key=("ocid", "bid_id"),
    rows=_bids,
    supplier="tenderer_id",
    columns=columns(
        "bids",
        {
            "ocid": "ocid",
            "bid_id": "body.id",
            "date": "body.date",
            "status": "body.status",
            "status_details": "body.status_details",
            "tenderer_id": lambda row: joined(distinct(row.body.tenderers), "id"),
            "tenderer_name": lambda row: joined(distinct(row.body.tenderers), "name"),
            "value": "body.value.amount",
            "currency": "body.value.currency",
            "lots": _lots_of,
            "buyer_id": "buyer_id",
        },
    ),
)

AWARDS = Table(
    name="awards",
    description="One row for each decision about a winner.",
    key=("ocid", "award_id"),
    rows=_awards,
    supplier="supplier_id",
    columns=columns(
        "awards",
        {
            "ocid": "ocid",
            "award_id": "body.id",
            "title": "body.title",
            "date": "body.date",
            "status": "body.status",
            "status_details": "body.status_details",
            "supplier_id": lambda row: joined(distinct(row.body.suppliers), "id"),
            "supplier_name": lambda row: joined(distinct(row.body.suppliers), "name"),
            "value": "body.value.amount",
            "value_net": "body.value.amount_net",
            "currency": "body.value.currency",
            "lots": _lots_of,
            "bid_id": "body.related_bid",
            "contracts_count": "count",
            "buyer_id": "buyer_id",
        },
    ),
)

TRANSACTIONS = Table(
    name="transactions",
    description="One row for each payment of a contract.",
    key=("ocid", "contract_id", "transaction_id"),
    rows=_transactions,
    supplier="payee_id",
    parent=("contracts", 2),
    columns=columns(
        "transactions",
        {
            "ocid": "ocid",
            "contract_id": "section_id",
            "transaction_id": "body.id",
            "date": "body.date",
            "value": "body.value.amount",
            "currency": "body.value.currency",
            "payer_id": "body.payer.id",
            "payer_name": "body.payer.name",
            "payee_id": "body.payee.id",
            "payee_name": "body.payee.name",
            "buyer_id": "buyer_id",
        },
    ),
)

PARTIES = Table(
    name="parties",
    description="One row for each organization that plays a part in a process, with its number and address. Contact "
    "persons are left out; those whom a portal names are in the releases.",
    key=("ocid", "party_id"),
    rows=_parties,
    supplier="party_id",
    columns=columns(
        "parties",
        {
            "ocid": "ocid",
            "party_id": "body.id",
            "name": "body.name",
            "legal_name": "body.identifier.legal_name",
            "scheme": "body.identifier.scheme",
            "number": "body.identifier.id",
            "roles": lambda row: ids(row.body.roles),
            "country": "body.address.country_name",
            "region": "body.address.region",
            "locality": "body.address.locality",
            "street_address": "body.address.street_address",
            "postal_code": "body.address.postal_code",
            "buyer_id": "buyer_id",
        },
    ),
)

DOCUMENTS = Table(
    name="documents",
    description="One row for each document, by its address on the portal.",
    key=("ocid", "section", "section_id", "document_id"),
    rows=_documents,
    columns=columns(
        "documents",
        {
            "ocid": "ocid",
            "section": "section",
            "section_id": "section_id",
            "document_id": "body.id",
            "type": "body.document_type",
            "title": "body.title",
            "description": "body.description",
            "url": "body.url",
            "date_published": "body.date_published",
            "date_modified": "body.date_modified",
            "format": "body.format",
            "language": "body.language",
            "lots": _lots_of,
            "buyer_id": "buyer_id",
        },
    ),
)

TABLES: tuple[Table, ...] = (PROCESSES, LOTS, ITEMS, BIDS, AWARDS, CONTRACTS, TRANSACTIONS, PARTIES, DOCUMENTS)
"""All tables with rows by process."""
