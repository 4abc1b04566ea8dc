"""The tables of what a process consists of: lots, items, bids, awards, payments, parties and documents."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct

from publish.process_tables import CONTRACTS, PROCESSES, ids
from publish.rows import BETWEEN, Process, distinct, joined
from publish.shapes import Award, Bid, Document, Id, Item
from publish.tables import Table, columns

_RELATED_LOT = attrgetter("related_lot")


class Row(Struct, frozen=True, gc=False):
    """A part of a process, with the buyer's id and how many others belong to it."""

    ocid: str
    body: Any
    buyer_id: str | None
    count: int


class Part(Struct, frozen=True, gc=False):
    """What a section of a process holds, with what all of that shares: the section, its id, and the buyer's."""

    ocid: str
    bodies: Sequence[Any]
    buyer_id: Id
    section: str = ""
    section_id: Id = None


def _lots(process: Process) -> list[Row]:
    tender = process.release.tender
    if not tender.lots:
        return []
    counts = _counted(map(_RELATED_LOT, tender.items))
    buyer = process.buyer_ids
    return [Row(process.release.ocid, lot, buyer, counts.get(lot.id, 0)) for lot in tender.lots]


def _items(process: Process) -> list[Part]:
    release, ocid, buyer = process.release, process.release.ocid, process.buyer_ids
    tender = release.tender
    found = [Part(ocid, tender.items, buyer, "tender", tender.id or "tender")] if tender.items else []
    found += [Part(ocid, award.items, buyer, "award", award.id) for award in release.awards if award.items]
    for contract in process.contracts:
        body = contract.body
        if body.items:
            found.append(Part(ocid, body.items, contract.buyer.id, "contract", body.id))
    return found


def _documents(process: Process) -> list[Part]:
    release, ocid, buyer = process.release, process.release.ocid, process.buyer_ids
    planned, tender, bids = release.planning.documents, release.tender, release.bids.details or ()
    found = [Part(ocid, planned, buyer, "planning", "planning")] if planned else []
    if tender.documents:
        found.append(Part(ocid, tender.documents, buyer, "tender", tender.id or "tender"))
    found += [Part(ocid, bid.documents, buyer, "bid", bid.id) for bid in bids if bid.documents]
    found += [Part(ocid, award.documents, buyer, "award", award.id) for award in release.awards if award.documents]
    for contract in process.contracts:
        body, own = contract.body, contract.buyer.id
        if body.documents:
            found.append(Part(ocid, body.documents, own, "contract", body.id))
        if body.implementation.documents:
            found.append(Part(ocid, body.implementation.documents, own, "implementation", body.id))
    return found


def _bids(process: Process) -> list[Part]:
    bids = process.release.bids.details
    return [Part(process.release.ocid, bids, process.buyer_ids)] if bids else []


def _awards(process: Process) -> list[Row]:
    if not process.release.awards:
        return []
    counts = _counted(contract.body.award_id for contract in process.concluded)
    buyer = process.buyer_ids
    return [Row(process.release.ocid, award, buyer, counts.get(award.id, 0)) for award in process.release.awards]


def _transactions(process: Process) -> list[Part]:
    ocid = process.release.ocid
    return [
        Part(ocid, contract.payments, contract.buyer.id, section_id=contract.body.id)
        for contract in process.contracts
        if contract.payments
    ]


def _parties(process: Process) -> list[Part]:
    parties = process.release.parties
    return [Part(process.release.ocid, parties, process.buyer_ids)] if parties else []


def _counted(found: Iterable[Id]) -> dict[Id, int]:
    """Count ids; a `Counter` takes several times as long to begin as these few to count."""
    counts: dict[Id, int] = {}
    for each in found:
        counts[each] = counts.get(each, 0) + 1
    return counts


def _further_codes(item: Item) -> str | None:
    found = item.additional_classifications
    return BETWEEN.join(f"{each.scheme}:{each.id}" for each in found) if found else None


def _lots_of(body: Document | Bid | Award) -> str | None:
    found = body.related_lots
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
    in_parts=True,
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
    in_parts=True,
    columns=columns(
        "bids",
        {
            "ocid": "ocid",
            "bid_id": "body.id",
            "date": "body.date",
            "status": "body.status",
            "status_details": "body.status_details",
            "tenderer_id": lambda bid: joined(distinct(bid.tenderers), "id"),
            "tenderer_name": lambda bid: joined(distinct(bid.tenderers), "name"),
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
            "lots": lambda row: _lots_of(row.body),
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
    in_parts=True,
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
    in_parts=True,
    columns=columns(
        "parties",
        {
            "ocid": "ocid",
            "party_id": "body.id",
            "name": "body.name",
            "legal_name": "body.identifier.legal_name",
            "scheme": "body.identifier.scheme",
            "number": "body.identifier.id",
            "roles": lambda party: BETWEEN.join(party.roles) or None,
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
    in_parts=True,
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
