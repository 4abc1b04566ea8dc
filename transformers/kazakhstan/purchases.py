"""Purchases: an announcement with its lots, bids and contracts, or a contract without announcement."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ocds_schema.model import Bid, Budget, Organization, Planning, Process, RelatedProcess, Tender, Text
from transformers import values
from transformers.kazakhstan import announcements, awards, bids, contracts, plans, tables
from transformers.kazakhstan.common import code_row_text, known_id, unique_parties, whole
from transformers.kazakhstan.contracts import Concluded
from transformers.process import Entity
from transformers.rules import Fields, Reading, derived


def _finance_source(source: Fields, _reading: Reading) -> Text | None:
    return code_row_text(source, "ref_finsource_id", "ref_finsource", tables.FINANCE_SOURCE)


FINANCE = derived(
    "ref_finsource_id",
    "ref_finsource/name_ru",
    using=_finance_source,
    words="the finance source, where no plan point is held",
    table=tables.FINANCE_SOURCE,
)
FINANCE.bind("planning/budget/description")


@dataclass(slots=True, kw_only=True)
class Held:
    """What is held of one process, by kind; deleted entities are not among it."""

    announcement: Entity | None = None
    lots: list[Entity] = field(default_factory=list)
    applications: list[Entity] = field(default_factory=list)
    families: dict[str, list[Entity]] = field(default_factory=dict)
    """Contracts by the id of their root, from the lowest."""
    points: dict[str, Fields] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held that a purchase is made of."""
        return not (self.announcement or self.lots or self.applications or self.families)

    @property
    def number(self) -> str | None:
        """The number of the announcement: its own, or what its lots or contracts call it."""
        rows = [entity for members in self.families.values() for entity in members]
        told = [("number_anno", self.announcement)] if self.announcement else []
        told += [("trd_buy_number_anno", entity) for entity in (*self.lots, *rows)]
        for name, entity in told:
            if number := known_id(entity.fields.get(name)):
                return number
        return None


def hold(process: str, entities: Sequence[Entity], reading: Reading) -> Held:
    """Sort what is known of a process."""
    held = Held()
    rows = []
    for entity in entities:
        if entity.kind == "trd_buy":
            held.announcement = entity
        elif entity.kind == "lot" and not announcements.is_gone(entity):
            held.lots.append(entity)
        elif entity.kind == "trd_app":
            held.applications.append(entity)
        elif entity.kind == "plan":
            held.points[entity.key] = entity.fields
        elif entity.kind == "contract":
            rows.append(entity)
    held.lots.sort(key=lambda entity: whole(entity.key))
    held.applications.sort(key=lambda entity: whole(entity.key))
    held.families = _at_home(process, contracts.families(rows), reading)
    return held


def _at_home(process: str, families: dict[str, list[Entity]], reading: Reading) -> dict[str, list[Entity]]:
    """Give the families whose oldest member claims this process; the others are told there."""
    home: dict[str, list[Entity]] = {}
    for family, members in sorted(families.items(), key=lambda pair: whole(pair[0])):
        claimed = members[0].links.process
        if claimed == process:
            home[family] = members
        else:
            reading.document = f"contract/{family}"
            reading.report("contracts", "told_elsewhere", f"the contract is told in {claimed}")
    return home


def map_purchase(tender_id: str | None, held: Held, reading: Reading, ocid_base: str) -> Process | None:
    """Give the process; nothing where nothing is held (any more)."""
    if held.is_empty or tender_id is None:
        return None
    lot_fields = {entity.key: entity.fields for entity in held.lots}
    concluded = [
        contracts.concluded(family, members, held.points, lot_fields, reading)
        for family, members in held.families.items()
    ]
    details, wins = bids.bids(held.applications, reading)
    buyers = _buyers(held, concluded, reading)
    points = _points(held)
    return Process(
        buyer=buyers[0] if len(buyers) == 1 else None,
        customers=buyers,
        planning=plans.planning(points, reading) or _finance(held, reading),
        tender=_tender(tender_id, held, points, details, reading),
        bids=details,
        awards=awards.awards(wins, concluded, lot_fields.keys(), _results_at(held, reading)),
        contracts=tuple(one.contract for one in concluded),
        related=_related(tender_id, points, ocid_base),
    )


def _buyers(held: Held, concluded: list[Concluded], reading: Reading) -> tuple[Organization, ...]:
    """Give all who buy: the customers of the announcement, of the lots, and of the contracts."""
    told = unique_parties([*announcements.customers(held.announcement, held.lots, reading)])
    signed = {one.contract.buyer.id: one.contract.buyer for one in concluded if one.contract.buyer is not None}
    announced = {one.id for one in told}
    if announced:
        _compare_buyers(held, concluded, announced, reading)
    addressed = [replace(one, address=signed[one.id].address) if one.id in signed else one for one in told]
    return (*addressed, *(one for party, one in signed.items() if party not in announced))


def _compare_buyers(held: Held, concluded: list[Concluded], announced: set[str], reading: Reading) -> None:
    """Report each contract whose customer is none of those for whom the purchase was announced."""
    for one in concluded:
        buyer = one.contract.buyer
        if buyer is not None and buyer.id not in announced:
            reading.document = contracts.effective(held.families[one.contract.id]).name
            reason = "neither the announcement nor a lot names this customer"
            reading.report("contracts/buyer", "disagreement", reason, names=("customer_bin",), value=buyer.id)


def _points(held: Held) -> list[tuple[str, Fields]]:
    """Give the plan points that the lots and the contracts refer to and that are held, by id."""
    wanted = {point for entity in held.lots for point in announcements.point_ids(entity.fields)}
    wanted |= {
        str(unit.get("pln_point_id"))
        for members in held.families.values()
        for unit in contracts.units(contracts.effective(members))
    }
    return [(point, held.points[point]) for point in sorted(wanted & held.points.keys(), key=whole)]


def _finance(held: Held, reading: Reading) -> Planning | None:
    """Give the finance source that the contracts name, where no plan point is held."""
    texts = []
    for members in held.families.values():
        source = contracts.effective(members).fields
        reading.document = f"contract/{members[-1].key}"
        texts.append(reading.attempt(FINANCE, source))
    description = values.merged(*texts)
    return Planning(budget=Budget(description=description)) if description else None


def _tender(
    tender_id: str, held: Held, points: list[tuple[str, Fields]], details: tuple[Bid, ...], reading: Reading
) -> Tender:
    tenderers = unique_parties([who for bid in details for who in bid.tenderers])
    given = {
        "id": tender_id,
        "lots": announcements.lots(held.lots, reading),
        "items": announcements.items(held.lots, held.points, reading),
        "more_categories": announcements.more_categories(held.lots, reading),
        "tenderers": tenderers,
        "tenderer_count": len(tenderers) or None,
        "method_rationale": plans.rationale(points, reading),
        "documents": announcements.documents(held.announcement, held.lots, reading),
        "milestones": announcements.milestones(held.announcement, reading),
    }
    tender = _told(held, reading, given)
    _compare(tender, held, reading)
    return tender


def _told(held: Held, reading: Reading, given: dict[str, Any]) -> Tender:
    """Give what the announcement says of the tender, or else what the lots and contracts do."""
    newest = [contracts.effective(members) for members in held.families.values()]
    sources = [(contracts.TENDER, entity) for entity in newest]
    if held.lots:
        sources = [(announcements.LOT_METHOD, held.lots[0]), *sources]
    if held.announcement is not None:
        sources = [(announcements.TENDER, held.announcement)]
    for mapping, entity in sources:
        reading.document = entity.name
        told: Tender | None = mapping.apply(entity.fields, reading, **given)
        if told is not None:
            return told
    return Tender(**given)


def _compare(tender: Tender, held: Held, reading: Reading) -> None:
    """Report documents that do not agree with one another."""
    for entity in (*held.lots, *(entity for members in held.families.values() for entity in members)):
        reading.document = entity.name
        number = entity.fields.get("trd_buy_number_anno")
        if number and held.number and str(number) != held.number:
            reading.report("tender/id", "disagreement", "another announcement number", value=number)
    for members in held.families.values():
        for entity in members:
            _compare_customer(entity, reading)
    if held.announcement is not None:
        reading.document = held.announcement.name
        _compare_lots(tender, held.announcement.fields, len(held.lots), reading)


def _compare_customer(entity: Entity, reading: Reading) -> None:
    number, customer = entity.fields.get("contract_number_sys"), entity.fields.get("customer_bin")
    if number and customer and str(number).partition("/")[0] != str(customer):
        reading.document = entity.name
        names = ("contract_number_sys", "customer_bin")
        reading.report(
            "buyer", "disagreement", "the contract's number names another customer", names=names, value=number
        )


def _compare_lots(tender: Tender, source: Fields, count: int, reading: Reading) -> None:
    stated = whole(source.get("count_lots"))
    if stated >= 0 and stated != count:
        reading.report("tender/lots", "lots_missing", f"{count} lots are held", names=("count_lots",), value=stated)
        return
    amounts = [lot.value.amount for lot in tender.lots if lot.value is not None and lot.value.amount is not None]
    if tender.value is None or not amounts or len(amounts) != len(tender.lots):
        return
    if sum(amounts) != tender.value.amount:
        reading.report(
            "tender/value",
            "disagreement",
            f"the lots add up to {sum(amounts)}",
            names=("total_sum",),
            value=str(tender.value.amount),
        )


def _results_at(held: Held, reading: Reading) -> datetime | None:
    if held.announcement is None:
        return None
    raw = held.announcement.fields.get("itogi_date_public")
    return reading.quietly(lambda: values.moment(raw, reading.zone, reading.as_of))


def _related(tender_id: str, points: list[tuple[str, Fields]], ocid_base: str) -> tuple[RelatedProcess, ...]:
    """Give the round before this one, and the plan points the process comes from."""
    related = []
    first, dash, number = tender_id.rpartition("-")
    if dash and first.isdigit() and number.isdigit() and int(number) > 1:
        before = f"{first}-{int(number) - 1}"
        related.append(_relation(f"round-{before}", "unsuccessfulProcess", f"{ocid_base}{before}"))
    roots = sorted({plans.root(source, point) for point, source in points}, key=whole)
    related += [_relation(f"plan-{root}", "planning", f"{ocid_base}plan-{root}") for root in roots]
    return tuple(related)


def _relation(relation: str, relationship: str, ocid: str) -> RelatedProcess:
    return RelatedProcess(id=relation, relationship=(relationship,), scheme="ocid", identifier=ocid)
