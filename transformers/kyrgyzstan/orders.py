"""Processes of the legacy portal: orders with what became of them, and contracts without announcement."""

from collections.abc import Sequence
from typing import Any

from ocds_schema.model import Money, Process, Tender
from transformers.kyrgyzstan import deals, money, pages
from transformers.kyrgyzstan.common import unique
from transformers.kyrgyzstan.linking import process_id, related
from transformers.kyrgyzstan.nested import tell
from transformers.kyrgyzstan.times import newest
from transformers.kyrgyzstan.words import normal
from transformers.process import Entity, Mapped
from transformers.rules import Reading


def _own(process: str, entities: Sequence[Entity], kind: str) -> list[Entity]:
    return [entity for entity in entities if entity.kind == kind and entity.links.process == process]


def map_order(process: str, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
    """Map an order: what its page says, and where that is not held what the list says of it."""
    key = process_id(process)
    held = [*_own(process, entities, "order"), *_own(process, entities, "order_row")]
    rows, protocols = _own(process, entities, "winners"), _own(process, entities, "protocol")
    unfolded = _own(process, entities, "order_items")
    if key is None or not (held or rows or protocols or unfolded):
        return Mapped(process_id=key, process=None)
    bids = deals.bids(protocols[0] if protocols else None, reading)
    tender = _tender(key, held, unfolded, bids, reading)
    outcome = deals.winners(rows, [lot.id for lot in tender.lots], bids, reading)
    told = Process(
        buyer=tender.procuring_entity,
        tender=tender,
        bids=bids,
        awards=outcome.awards,
        contracts=outcome.contracts,
        related=related(process, entities, reading, ocid_base),
    )
    stated = [
        entity.fields.get(name) for entity in (*held, *rows, *protocols) for name in ("published", "signed", "opened")
    ]
    return Mapped(process_id=key, process=told, changed=newest(stated, reading))


def _tender(
    key: str, held: Sequence[Entity], unfolded: Sequence[Entity], bids: Sequence[Any], reading: Reading
) -> Tender:
    source = held[0].fields if held else {}
    buyer = pages.buyer(held, reading)
    if len(held) > 1:
        _compare(held[0], held[1], reading)
    if held:
        reading.document = held[0].name
    lots = pages.lots(source, reading)
    tenderers = unique([who for bid in bids for who in bid.tenderers])
    given: dict[str, Any] = {
        "id": key,
        "procuring_entity": buyer,
        "lots": lots,
        "items": pages.items(source, unfolded, reading),
        "milestones": pages.milestones(source, lots),
        "documents": pages.documents(key, source, unfolded, reading),
        "tenderers": tenderers,
        "tenderer_count": len(tenderers) or None,
    }
    if not held:
        return Tender(**given)
    reading.document = held[0].name
    record = pages.ORDER if held[0].kind == "order" else pages.ROW
    told: Tender = tell(record, source, reading, **given)
    return told


_COMPARED = ("number", "title", "organization")


def _compare(page: Entity, row: Entity, reading: Reading) -> None:
    """Report where the list says something else than the page."""
    reading.document = row.name
    differing = [
        name
        for name in _COMPARED
        if (one := _text(page, name)) and (other := _text(row, name)) and normal(one) != normal(other)
    ]
    amounts = [_planned(one, reading) for one in (page, row)]
    if None not in amounts and amounts[0] != amounts[1]:
        differing.append("planned_amount")
    if differing:
        reading.report("tender", "disagreement", "the page says otherwise, and stands", names=differing)


def _text(entity: Entity, name: str) -> str:
    found = entity.fields.get(name)
    return found if isinstance(found, str) else ""


def _planned(entity: Entity, reading: Reading) -> Money | None:
    return reading.quietly(lambda: money.of_text(entity.fields.get("planned_amount"), reading))


def map_contract(process: str, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
    """Map a contract that was concluded without announcement, or for several buyers at once."""
    kind = process.partition(":")[0]
    list_kind, page_kind = (
        ("single_source", "single_source_contract") if kind == "single" else ("centralized", "centralized_contract")
    )
    rows, contracts = _own(process, entities, list_kind), _own(process, entities, page_kind)
    key, held = process_id(process), [*contracts, *rows]
    if key is None or not held:
        return Mapped(process_id=key, process=None)
    number = process.partition(":")[2]
    outcome = deals.contract(number, rows[0] if rows else None, contracts[0] if contracts else None, reading)
    tender = _direct(key, kind, held, reading)
    told = Process(
        buyer=tender.procuring_entity,
        tender=tender,
        awards=outcome.awards,
        contracts=outcome.contracts,
        related=related(process, entities, reading, ocid_base),
    )
    stated = [entity.fields.get("signed") for entity in held]
    return Mapped(process_id=key, process=told, changed=newest(stated, reading))


def _direct(key: str, kind: str, held: Sequence[Entity], reading: Reading) -> Tender:
    buyer = pages.buyer(held, reading)
    reading.document = held[0].name
    given: dict[str, Any] = {"id": key, "procuring_entity": buyer, "status": "complete"}
    if kind == "single":
        given |= {"method": "direct"}
    told: Tender = tell(pages.SIGNED, held[0].fields, reading, **given)
    return told
