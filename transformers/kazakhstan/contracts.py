"""Contracts: the rows that share a root are one contract, its amendments, acts and payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ocds_schema.model import (
    Amendment,
    Attachment,
    Contract,
    Item,
    Money,
    Organization,
    Period,
    Tender,
    Text,
)
from transformers import values
from transformers.kazakhstan import execution, plans, tables
from transformers.kazakhstan.common import (
    CATEGORY_FIELDS,
    attachments,
    bilingual,
    category,
    classification,
    code_row_text,
    contract_page,
    is_set,
    known_id,
    money,
    party,
    total,
    whole,
)
from transformers.kazakhstan.nested import each_once, nested_objects, tell_each
from transformers.mapping import RecordMapping, objects
from transformers.process import Entity
from transformers.rules import Fields, Reading, Rule, code, derived, label, moment, number, reference

SIGNED = frozenset({"active", "terminated"})
_NOT_CONCLUDED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """A contract with what its award is made of."""

    contract: Contract
    status: str | None
    """What the version that holds says, or, where that is not known, the newest version signed before it."""
    supplier: Organization | None
    awarded: Money | None
    results_at: datetime | None
    lots: tuple[str, ...]

    @property
    def is_concluded(self) -> bool:
        """Whether the contract was not given up before it was concluded."""
        return self.status != _NOT_CONCLUDED


def _title(source: Fields, _reading: Reading) -> Text | None:
    """Give the number that the customer gave, and the portal's own in brackets where it differs."""
    own = values.clean_text(source.get("contract_number"))
    system = values.clean_text(source.get("contract_number_sys"))
    if own and system and own != system:
        return Text(main=f"{own} ({system})")
    return Text(main=own or system) if own or system else None


CONTRACT = RecordMapping(
    Contract,
    path="contracts",
    title=derived("contract_number", "contract_number_sys", using=_title, words="the number, and the portal's own"),
    description=bilingual("description"),
    status=code("ref_contract_status_id", tables.CONTRACT_STATUS),
    status_details=label("ref_contract_status_id", tables.CONTRACT_STATUS, "ref_contract_status/name_ru"),
    period=RecordMapping(Period, end=moment("ec_end_date")),
    value=money("contract_sum_wnds", "contract_sum"),
)
SIGNED_AT = RecordMapping(Contract, path="contracts", signed=moment("sign_date"))
AMENDMENT = RecordMapping(
    Amendment,
    path="contracts/amendments",
    date=moment("sign_date"),
    description=derived(
        "contract_number_sys", using=lambda source, _: _number(source), words="the portal's own number"
    ),
    rationale=derived(
        "ref_amendm_agreem_justif_id",
        "ref_amendm_agreem_justif/name_ru",
        using=lambda source, _: code_row_text(
            source, "ref_amendm_agreem_justif_id", "ref_amendm_agreem_justif", tables.AMENDMENT_JUSTIFICATION
        ),
        words="the ground",
        table=tables.AMENDMENT_JUSTIFICATION,
    ),
)
UNIT = RecordMapping(
    Item,
    path="contracts/items",
    needs=("id",),
    id=reference("id"),
    quantity=number("quantity"),
    lot=reference("lot_id"),
)
UNIT_PRICE = money("item_price_wnds", "item_price")
UNIT_PRICE.bind("contracts/items/unit/value")
UNIT_TOTAL = money("total_sum_wnds", "total_sum")
UNIT_TOTAL.bind("awards/value")


FILE = attachments("contracts/documents")
CUSTOMER = party("customer_bin", "customer_id", bilingual("customer_name"), "customer_legal_address")
CUSTOMER.bind("contracts/buyer")
SUPPLIER = party("supplier_biin", "supplier_id", bilingual("supplier_name"), "supplier_legal_address")
SUPPLIER.bind("awards/suppliers")
RESULTS_AT = moment("trd_buy_itogi_date_public")
RESULTS_AT.bind("awards/date")

TENDER = RecordMapping(
    Tender,
    path="tender",
    title=bilingual("trd_buy_name"),
    method=code("fakt_trade_methods_id", tables.TRADE_METHODS),
    method_details=label("fakt_trade_methods_id", tables.TRADE_METHODS, "fakt_trade_methods/name_ru"),
    category=derived(*CATEGORY_FIELDS, using=category, words="by the kind of subject", table=tables.SUBJECT_TYPE),
)
"""What a contract tells of a tender that is not held."""


def _number(source: Fields) -> Text | None:
    found = values.clean_text(source.get("contract_number_sys"))
    return Text(main=found) if found else None


def root(entity: Entity) -> str:
    """Give the id that a contract and its amendments share, as it was read when they were brought together."""
    return (entity.links.family or "").rpartition("/")[2] or entity.key


def families(entities: Sequence[Entity]) -> dict[str, list[Entity]]:
    """Group contracts by root, each family from the oldest to the newest."""
    found: dict[str, list[Entity]] = {}
    for entity in entities:
        if not is_set(entity.fields.get("deleted")):
            found.setdefault(root(entity), []).append(entity)
    for members in found.values():
        members.sort(key=lambda entity: whole(entity.key))
    return found


def status(entity: Entity) -> str | None:
    """Give the status of a version of a contract; nothing, where it is missing or not known."""
    row = tables.CONTRACT_STATUS.get(entity.fields.get("ref_contract_status_id"))
    return row.code if row else None


def is_signed(entity: Entity) -> bool:
    """Tell whether a version of a contract was signed, by its status."""
    return status(entity) in SIGNED


def effective(members: Sequence[Entity]) -> Entity:
    """Give the version that holds: the newest that is signed, or else the newest."""
    return next((entity for entity in reversed(members) if is_signed(entity)), members[-1])


def concluded(
    family: str, members: Sequence[Entity], points: Mapping[str, Fields], lots: Mapping[str, Fields], reading: Reading
) -> Concluded:
    """Give the contract that a family of rows makes."""
    now, first = effective(members), members[0]
    _report_gaps(members, now, reading)
    reading.document = now.name
    supplier, customer = _named(SUPPLIER, now, "supplier", reading), _named(CUSTOMER, now, "customer", reading)
    items, awarded_lots = _items(now, points, lots, reading)
    contract = CONTRACT.apply(
        now.fields,
        reading,
        id=family,
        award=f"award-{supplier.id}" if supplier else f"award-contract-{family}",
        buyer=customer,
        signed=_signed_at(family, first, reading),
        items=items,
        documents=_documents(now, reading),
        milestones=execution.milestones(now, reading),
        amendments=_amendments(members, reading),
        transactions=execution.payments(members, customer, supplier, reading),
        deliveries=execution.deliveries(members, reading),
    )
    reading.document = now.name
    told = contract or Contract(id=family, award=f"award-contract-{family}")
    return Concluded(
        contract=told if is_settled(members, now) else _unsettled(told),
        status=status(now),
        supplier=supplier,
        awarded=_awarded(first, reading),
        results_at=reading.attempt(RESULTS_AT, now.fields),
        lots=awarded_lots,
    )


def is_settled(members: Sequence[Entity], now: Entity) -> bool:
    """Tell whether it is known that no other version holds: each that may has a status that we know."""
    rivals = members[members.index(now) + 1 :] if is_signed(now) else [one for one in members if one is not now]
    return all(status(one) is not None for one in rivals)


def _unsettled(contract: Contract) -> Contract:
    """Leave out what an amendment may have changed, where it is not known whether it holds."""
    return replace(
        contract,
        status=None,
        status_details=None,
        period=None,
        value=None,
        milestones=(),
        items=tuple(
            replace(item, quantity=None, unit=replace(item.unit, value=None) if item.unit else None)
            for item in contract.items
        ),
    )


_EMPTY = (None, "")
_NO_ID = (*_EMPTY, 0, "0")
_NEEDED = (
    ("contracts/value", ("contract_sum_wnds", "contract_sum"), _EMPTY, "no sum is given"),
    ("awards/suppliers", ("supplier_biin", "supplier_id"), _NO_ID, "no supplier is given"),
)


def _report_gaps(members: Sequence[Entity], now: Entity, reading: Reading) -> None:
    """Report each status that is missing or not known, and a sum and a supplier that are missing."""
    for entity in members:
        reading.document = entity.name
        if entity.fields.get(_STATUS.names[0]) in _EMPTY:
            reading.report("contracts/status", "missing", "no status is given", names=_STATUS.names)
        elif entity is not now:
            # What is said of the version that holds is reported where it is told.
            reading.attempt(_STATUS, entity.fields)
    reading.document = now.name
    for path, names, none, reason in _NEEDED:
        if all(now.fields.get(name) in none for name in names):
            reading.report(path, "missing", reason, names=names)


_STATUS = code("ref_contract_status_id", tables.CONTRACT_STATUS)
_STATUS.bind("contracts/status")


def _signed_at(family: str, first: Entity, reading: Reading) -> datetime | None:
    """Give when the contract was signed; an amendment's own date is not that."""
    if first.key != family:
        reading.report("contracts/dateSigned", "root_not_held", "the first version of the contract is not held")
        return None
    told = SIGNED_AT.apply(first.fields, reading)
    return told.signed if told else None


def _named(rule: Rule, entity: Entity, nested: str, reading: Reading) -> Organization | None:
    """Give a party with the name of the nested subject, where the row has none."""
    found: Organization | None = reading.attempt(rule, entity.fields)
    subject = entity.fields.get(nested)
    if found is None or found.name is not None or not isinstance(subject, dict):
        return found
    name = reading.quietly(lambda: _NAME.read(subject, reading))
    return replace(found, name=name) if name is not None else found


_NAME = bilingual("name")


def _items(
    now: Entity, points: Mapping[str, Fields], lots: Mapping[str, Fields], reading: Reading
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    found: list[Item] = []
    nested_objects(now.fields, "contract_units", reading, "contracts/items")
    for source in units(now):
        reading.document = now.name
        item = UNIT.apply(source, reading)
        if item is None:
            reading.report("contracts/items", "missing_id", "an item without an id is left out", severity="lost")
            continue
        found.append(_described(item, source, points, lots, reading))
    return tuple(found), tuple(sorted({item.lot for item in found if item.lot}))


def _described(
    item: Item, source: Fields, points: Mapping[str, Fields], lots: Mapping[str, Fields], reading: Reading
) -> Item:
    """Add what the plan point, or else the lot, says of a unit."""
    price = reading.attempt(UNIT_PRICE, source)
    within = source.get("plans") if isinstance(source.get("plans"), dict) else None
    plan = points.get(known_id(source.get("pln_point_id")) or "") or within
    if plan is None:
        return _described_by_lot(item, source, price, lots, reading)
    planned: Item | None = plans.ITEM.apply(plan, reading)
    if planned is None:
        return _described_by_lot(item, source, price, lots, reading)
    measure = replace(planned.unit, value=price) if planned.unit else plans.priced(price)
    return replace(planned, id=item.id, quantity=item.quantity, lot=item.lot, unit=measure)


def _described_by_lot(
    item: Item, source: Fields, price: Money | None, lots: Mapping[str, Fields], reading: Reading
) -> Item:
    lot = lots.get(item.lot or "")
    codes = source.get("ref_enstru_code")
    code_ = codes[0] if isinstance(codes, list) and len(codes) == 1 else None
    main, additional = reading.quietly(lambda: classification(code_, None)) or (None, ())
    return replace(
        item,
        description=reading.quietly(lambda: _NAME.read(lot, reading)) if lot else None,
        classification=main,
        additional=additional,
        unit=plans.priced(price),
    )


def units(entity: Entity) -> list[Fields]:
    """Give the units of a contract that are not deleted, each once, with what the contract says of their amounts."""
    shared = {name: entity.fields.get(name) for name in ("ref_currency_code", "with_nds")}
    found, _ = each_once(objects(entity.fields.get("contract_units")))
    return [{**unit, **shared} for unit in found if not is_set(unit.get("deleted"))]


def _awarded(first: Entity, reading: Reading) -> Money | None:
    """Give what was awarded: the units' totals of the first version, or else its sum."""
    reading.document = first.name
    totals = [reading.attempt(UNIT_TOTAL, unit) for unit in units(first)]
    return total(totals) or reading.quietly(lambda: _SUM.read(first.fields, reading))


_SUM = money("contract_sum_wnds", "contract_sum")


def _amendments(members: Sequence[Entity], reading: Reading) -> tuple[Amendment, ...]:
    """Give the amendments that were signed; one that is being drawn up does not amend yet."""
    found = []
    for entity in members:
        if whole(entity.fields.get("ref_contract_type_id")) == AMENDING and is_signed(entity):
            reading.document = entity.name
            found.append(AMENDMENT.apply(entity.fields, reading, id=entity.key) or Amendment(id=entity.key))
    return tuple(found)


AMENDING = 2
"""The type of contract row that amends an earlier one."""


def _documents(now: Entity, reading: Reading) -> tuple[Attachment, ...]:
    page = contract_page(now.key)
    notice = Attachment(id="notice", type="contractNotice", url=page, language="ru")
    files = tell_each(FILE, now.fields, "file", reading, url=page)
    return (notice, *(replace(file, type=file.type or "contractSigned") for file in files))
