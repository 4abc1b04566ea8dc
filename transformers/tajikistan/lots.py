"""Lots: the row of each, and its window, which has the CPV code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ocds_schema.errors import MappingError
from ocds_schema.model import Classification, Item, Lot, Milestone, Organization, Place, Text, Unit
from transformers import values
from transformers.mapping import RecordMapping
from transformers.process import Entity
from transformers.rules import Fields, Reading, derived
from transformers.tajikistan import tables
from transformers.tajikistan.common import coded, decimal, party, quantity, somoni

_CPV = re.compile(r"(?P<code>[0-9]{8}(?:-[0-9])?)(?:\s+(?P<name>\S.*))?\Z", re.DOTALL)
_SPOKEN = ("lot_number", "plan_point", "title")
_COMPARED = ("quantity", "unit_price", "amount")


def _title(source: Fields, _reading: Reading) -> Text | None:
    number, main, tajik = (values.clean_text(source.get(name)) for name in ("lot_number", "title", "title_tg"))
    if main is None:
        return Text(main=number) if number else None
    before = f"{number} " if number else ""
    return Text(main=f"{before}{main}", translations=(("tg", f"{before}{tajik}"),) if tajik else ())


def _classification(source: Fields, _reading: Reading) -> Classification | None:
    raw = values.clean_text(source.get("cpv_code"))
    if raw is None:
        return None
    found = _CPV.match(raw)
    if found is None:
        raise MappingError(f"{values.quoted(raw)} is not a code of CPV")
    name = values.clean_text(found["name"]) or values.clean_text(source.get("cpv_title"))
    return Classification(scheme="CPV", id=found["code"], description=Text(main=name) if name else None)


def _unit(source: Fields, reading: Reading) -> Unit | None:
    value = reading.attempt(_PRICE, source)
    text = values.clean_text(source.get("unit"))
    if text is None:
        return Unit(value=value) if value else None
    row = tables.named(tables.UNITS, text)
    if row is None:
        reading.report(
            "tender/items/unit", "unknown_code", "the unit is told in words only", names=("unit",), value=text
        )
    code = row.code if row else None
    return Unit(scheme="UNCEFACT" if code else None, id=code, name=Text(main=text), value=value)


def _place(source: Fields, _reading: Reading) -> Place | None:
    text = values.clean_text(source.get("delivery_place"))
    return Place(description=Text(main=text)) if text else None


_PRICE = somoni("unit_price")
_PRICE.bind("tender/items/unit/value")
LOT = RecordMapping(
    Lot,
    path="tender/lots",
    title=derived("lot_number", "title", "title_tg", using=_title, words="number and text, by language"),
    description=derived(
        "description",
        using=lambda source, _: Text(main=text) if (text := values.clean_text(source.get("description"))) else None,
        words="the text",
    ),
    status=coded("status", tables.LOT_STATUSES),
    status_details=derived(
        "status", using=lambda source, _: values.clean_text(source.get("status")), words="the portal's own words"
    ),
    value=somoni("amount"),
)
ITEM = RecordMapping(
    Item,
    path="tender/items",
    description=derived(
        "title",
        "title_tg",
        using=lambda source, reading: _title({**source, "lot_number": None}, reading),
        words="the text, by language",
    ),
    classification=derived(
        "cpv_code", "cpv_title", using=_classification, words="the code before the text, and the text"
    ),
    quantity=quantity("quantity"),
    unit=derived("unit", "unit_price", using=_unit, words="by its name, with the price of one", table=tables.UNITS),
    place=derived("delivery_place", using=_place, words="the text"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """The lots of an announcement with what is bought; `spoken` finds a lot by what people call it."""

    lots: tuple[Lot, ...] = ()
    items: tuple[Item, ...] = ()
    deliveries: tuple[Milestone, ...] = ()
    buyers: tuple[Organization, ...] = ()
    spoken: Mapping[str, str] = field(default_factory=dict)


def map_lots(entities: Sequence[Entity], reading: Reading) -> Lots:
    """Map the lots of an announcement, each with its window."""
    windows = {entity.key: entity.fields for entity in entities if entity.kind == "lot_window"}
    rows = sorted((entity for entity in entities if entity.kind == "lot"), key=lambda entity: _order(entity.key))
    lots, items, deliveries, buyers = list[Lot](), list[Item](), list[Milestone](), list[Organization]()
    spoken: dict[str, str] = {}
    for row in rows:
        reading.document = row.name
        lot = row.key.partition("/")[2]
        source = _whole(row.fields, windows.get(row.key), reading)
        mapped: Lot | None = LOT.apply(source, reading, id=lot)
        if "amount" not in source:
            reason = "neither the row nor the window says what the lot is worth"
            reading.report("tender/lots/value", "no_lot_amount", reason, severity="lost", names=("amount",))
        lots.append(mapped or Lot(id=lot))
        item: Item | None = ITEM.apply(source, reading, id=lot, lot=lot)
        items += [item] if item else []
        deliveries += _delivery(lot, source)
        buyer = reading.attempt(BUYER, source)
        buyers += [buyer] if buyer else []
        for name in _SPOKEN:
            if text := str(source.get(name) or ""):
                spoken.setdefault(tables.folded(text), lot)
    return Lots(lots=tuple(lots), items=tuple(items), deliveries=tuple(deliveries), buyers=tuple(buyers), spoken=spoken)


def _read_buyer(source: Fields, reading: Reading) -> Organization | None:
    return party(source.get("purchasing_entity"), reading, tajik=source.get("purchasing_entity_tg"))


BUYER = derived("purchasing_entity", "purchasing_entity_tg", using=_read_buyer, words="who buys the lot, by its name")
BUYER.is_personal = True
BUYER.bind("parties")


def _whole(row: Fields, window: Fields | None, reading: Reading) -> Fields:
    """Give a lot's fields, the window's over the row's."""
    if window is None:
        reason = "its window was not shown: there is no CPV code, nor what only the window says"
        reading.report("tender/items/classification", "no_lot_window", reason, severity="lost")
        return row
    for name in _COMPARED:
        if _differ(row.get(name), window.get(name)):
            reading.report("tender/lots", "disagreement", "row and window of the lot differ", names=(name,))
    return {**row, **{name: value for name, value in window.items() if value not in ("", None)}}


def _differ(one: object, other: object) -> bool:
    try:
        left, right = decimal(one), decimal(other)
    except MappingError:
        return False
    return left is not None and right is not None and left != right


def _delivery(lot: str, source: Fields) -> list[Milestone]:
    text = str(source.get("delivery_term") or "").strip()
    if not text:
        return []
    return [Milestone(id=f"delivery-{lot}", type="delivery", description=Text(main=text), lots=(lot,))]


def _order(key: str) -> tuple[int, str]:
    lot = key.partition("/")[2]
    return (int(lot) if lot.isascii() and lot.isdecimal() else -1, lot)
