"""Applications: each application for one lot is a bid."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocds_schema.model import Bid, Money, Organization
from transformers import values
from transformers.codes import CodeRow, CodeTable
from transformers.kazakhstan import tables
from transformers.kazakhstan.common import bilingual, known_id, party, tenge
from transformers.kazakhstan.nested import nested_objects
from transformers.mapping import RecordMapping
from transformers.process import Entity
from transformers.rules import Fields, Reading, derived, moment, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """A bid that has won."""

    supplier: Organization
    bid: str
    lot: str | None
    value: Money | None


def _name(source: Fields, reading: Reading) -> str | None:
    """Give the portal's own name of a status: nested, as GraphQL has it, else that of its reference table."""
    nested = values.clean_text(pick(source, "ref_app_status/name_ru"))
    referred = reading.references.get("ref_po_st", {}).get(str(source.get("status_id")), {})
    return nested or values.clean_text(referred.get("name_ru"))


def _row(source: Fields, table: CodeTable, reading: Reading) -> CodeRow | None:
    """Give the row of a status: by its id, else by the portal's name of it."""
    name = _name(source, reading)
    raw = source.get("status_id")
    found = table.get(raw) if raw not in (None, "") else None
    return found or (table.get(name) if name else None)


def _status(source: Fields, reading: Reading) -> str | None:
    row = _row(source, tables.BID_STATUS, reading)
    if row is not None:
        return row.code
    raw = source.get("status_id") or _name(source, reading)
    return None if raw in (None, "") else tables.BID_STATUS.row(raw).code


def _status_text(source: Fields, reading: Reading) -> str | None:
    row = _row(source, tables.BID_STATUS, reading)
    return _name(source, reading) or (row.label or None if row else None)


_STATUS_FIELDS = ("status_id", "ref_app_status/name_ru")

BID = RecordMapping(
    Bid,
    path="bids/details",
    status=derived(
        *_STATUS_FIELDS,
        using=_status,
        words="by the status's id, else by its name, nested or in ref_po_st",
        table=tables.BID_STATUS,
    ),
    status_details=derived(
        *_STATUS_FIELDS, using=_status_text, words="the portal's own words", table=tables.BID_STATUS
    ),
    value=tenge("amount"),
    lots=derived(
        "lot_id", using=lambda source, _: tuple(filter(None, [values.reference(source.get("lot_id"))])), words="the lot"
    ),
)
APPLICATION = RecordMapping(
    Bid,
    path="bids/details",
    date=moment("date_apply"),
)
SUPPLIER = party("supplier_bin_iin", "supplier_id", bilingual("supplier_name"))
SUPPLIER.bind("bids/details/tenderers")
_NAME = bilingual("name")


def supplier(source: Fields, reading: Reading) -> Organization | None:
    """Give who applies, with the name that the portal nests."""
    subject = source.get("supplier")
    name = reading.quietly(lambda: _NAME.read(subject, reading)) if isinstance(subject, dict) else None
    found: Organization | None = reading.attempt(SUPPLIER, source)
    if found is None or name is None:
        return found
    return Organization(id=found.id, scheme=found.scheme, number=found.number, name=name, address=found.address)


def bids(entities: Sequence[Entity], reading: Reading) -> tuple[tuple[Bid, ...], list[Win]]:
    """Give the bids, and those of them that have won."""
    found: list[Bid] = []
    won: list[Win] = []
    for entity in entities:
        reading.document = entity.name
        who = supplier(entity.fields, reading)
        applied = APPLICATION.apply(entity.fields, reading)
        for offer in nested_objects(entity.fields, "app_lots", reading, "bids/details"):
            bid = _bid(offer, who, reading, date=applied.date if applied else None)
            if bid is None:
                continue
            found.append(bid)
            if who is not None and _row(offer, tables.WINNING_BID, reading) is not None:
                won.append(Win(supplier=who, bid=bid.id, lot=bid.lots[0] if bid.lots else None, value=bid.value))
    return tuple(found), won


def _bid(offer: Fields, who: Organization | None, reading: Reading, **given: object) -> Bid | None:
    bid_id = known_id(offer.get("id"))
    if bid_id is None:
        reading.report(
            "bids/details/id", "missing_id", "a bid without an id is left out", severity="lost", names=("id",)
        )
        return None
    told: Bid | None = BID.apply(offer, reading, id=bid_id, tenderers=(who,) if who else (), **given)
    return told
