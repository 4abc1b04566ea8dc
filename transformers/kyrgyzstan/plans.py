"""The ministry's yearly plans: the budget of a buyer, its lines as lots, and what each line is to buy."""

from typing import Any

from ocds_schema.json import Json
from ocds_schema.model import Budget, Item, Lot, Organization, Planning, Process, Tender, Text
from transformers import values
from transformers.kyrgyzstan import money, parties, releases, tables
from transformers.kyrgyzstan.nested import known_id, part, parts, tell, texts
from transformers.mapping import RecordMapping
from transformers.rules import Fields, Reading, code, derived, identifier


def _year(source: Fields, _reading: Reading) -> Text | None:
    """Give the year of the plan, and which kind of plan it is."""
    year = values.identifier(source.get("budgetYear"))
    raw = source.get("type")
    row = tables.PLAN_TYPE.row(raw) if raw not in (None, "") else None
    told = "; ".join(filter(None, (year, row.label if row else None)))
    return Text(main=told) if told else None


def _line(source: Fields, _reading: Reading) -> Text | None:
    number, name = values.identifier(source.get("budgetLineID")), values.clean_text(source.get("budgetLineName"))
    told = " ".join(filter(None, (number, name)))
    return Text(main=told) if told else None


PLAN = RecordMapping(
    Planning,
    path="planning",
    budget=RecordMapping(
        Budget,
        id=identifier("id"),
        description=derived(
            "budgetYear", "type", using=_year, words="the year and the kind of plan", table=tables.PLAN_TYPE
        ),
        amount=money.value("value"),
    ),
)
TENDER = RecordMapping(Tender, path="tender", status=code("status", tables.PLAN_STATUS), value=money.value("value"))
LINE = RecordMapping(
    Lot,
    path="tender/lots",
    title=derived("budgetLineID", "budgetLineName", using=_line, words="number and name of the budget line"),
    value=money.value("value"),
)


def map_plan(release: Json, reading: Reading) -> Process:
    """Map a plan: its budget, and what it says will be bought."""
    plan = part(release, "planning")
    buyers = [one for party in parts(release, "parties") if (one := _buyer(party, reading)) is not None]
    planning: Planning | None = PLAN.apply(plan, reading)
    return Process(
        buyer=buyers[0] if len(buyers) == 1 else None,
        customers=tuple({one.id: one for one in buyers}.values()),
        planning=planning,
        tender=_tender(plan, reading),
    )


def _buyer(party: Json, reading: Reading) -> Organization | None:
    return parties.of_release(party, reading) if "buyer" in texts(party.get("roles")) else None


def _tender(plan: Json, reading: Reading) -> Tender | None:
    key = known_id(plan.get("id"))
    if key is None:
        reading.report("tender/id", "missing_id", "the plan has no number", severity="lost", names=("id",))
        return None
    lots, items = [], []
    for line in parts(plan, "plans"):
        lot = known_id(line.get("id"))
        if lot is None:
            reading.report("tender/lots/id", "missing_id", "a line without an id is left out", severity="lost")
            continue
        lots.append(tell(LINE, line, reading, id=lot, status="planned"))
        items += releases.line_items(line, lot, reading)
    given: dict[str, Any] = {"id": key, "lots": tuple(lots), "items": _once(items, reading)}
    told: Tender = tell(TENDER, plan, reading, **given)
    return told


def _once(items: list[Item], reading: Reading) -> tuple[Item, ...]:
    if len({one.id for one in items}) < len(items):
        reading.report("tender/items/id", "duplicate_id", "two lines have an item of one id", severity="lost")
    return tuple({one.id: one for one in reversed(items)}.values())[::-1]
