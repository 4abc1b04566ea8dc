"""Plan points: what was planned, what it is, where it goes and what it may cost."""

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ocds_schema.errors import MappingError
from ocds_schema.model import Address, Budget, Item, Milestone, Money, Place, Planning, Process, Tender, Text, Unit
from transformers import values
from transformers.kazakhstan import tables
from transformers.kazakhstan.common import (
    CATEGORY_FIELDS,
    bilingual,
    category,
    classification,
    code_row_text,
    is_set,
    known_id,
    party,
    tenge,
    total,
    unit,
    whole,
)
from transformers.mapping import RecordMapping, objects
from transformers.rules import Fields, Reading, code, derived, label, number
from transformers.rules import text as text_rule


def _description(source: Fields, reading: Reading) -> Text | None:
    parts = [_TEXTS[name].read(source, reading) for name in ("name", "desc", "extra_desc")]
    return values.merged(*parts)


_TEXTS = {name: bilingual(name) for name in ("name", "desc", "extra_desc")}
_TEXT_FIELDS = tuple(f"{name}_{language}" for name in _TEXTS for language in ("ru", "kz"))


def _classification(source: Fields, reading: Reading) -> object:
    return classification(source.get("ref_enstru_code") or _nested_code(source), _TEXTS["name"].read(source, reading))[
        0
    ]


def _additional(source: Fields, _reading: Reading) -> object:
    return classification(source.get("ref_enstru_code") or _nested_code(source), None)[1]


def _nested_code(source: Fields) -> object:
    nested = source.get("ref_enstru")
    return nested.get("code") if isinstance(nested, dict) else None


def _unit(source: Fields, reading: Reading) -> Unit | None:
    nested = source.get("ref_units")
    named = nested if isinstance(nested, dict) else {}
    try:
        price = values.amount(source.get("price"))
    except MappingError as error:
        reading.report("tender/items/unit/value", "number", str(error), severity="lost", names=("price",))
        price = None
    value = None if price is None else Money(amount=price, currency=reading.currency)
    return unit(source.get("ref_units_code") or named.get("code"), values.clean_text(named.get("name_ru")), value)


def priced(price: Money | None) -> Unit | None:
    """Give a unit of which only the price is known."""
    return Unit(value=price) if price is not None else None


def places(source: Fields) -> list[Fields]:
    """Give the places of delivery of a plan point that are not deleted."""
    return [place for place in objects(source.get("kato")) if not is_set(place.get("is_deleted"))]


def _place(source: Fields, _reading: Reading) -> Place | None:
    codes = [code for place in places(source) if (code := values.clean_text(place.get("ref_kato_code")))]
    if not codes:
        return None
    names = [_place_name(place) for place in places(source)]
    return Place(
        scheme="KZ-KATO",
        codes=tuple(dict.fromkeys(codes)),
        description=values.merged(*names) if len(names) > 1 else None,
    )


def _place_name(place: Fields) -> Text | None:
    main = values.clean_text(place.get("full_delivery_place_name_ru"))
    kazakh = values.clean_text(place.get("full_delivery_place_name_kz"))
    return Text(main=main, translations=(("kk", kazakh),) if kazakh else ()) if main or kazakh else None


def _address(source: Fields, _reading: Reading) -> Address | None:
    found = places(source)
    if len(found) != 1:
        return None
    region = tables.KATO_REGIONS.get(str(found[0].get("ref_kato_code") or "")[:2])
    country = found[0].get("ref_countries_code")
    return Address(
        street=_place_name(found[0]),
        region=Text(main=region.label) if region else None,
        country=Text(main=tables.COUNTRIES.row(str(country).zfill(3)).label) if country not in (None, "") else None,
    )


ITEM = RecordMapping(
    Item,
    path="tender/items",
    description=derived(*_TEXT_FIELDS, using=_description, words="name, description and additional description"),
    classification=derived("ref_enstru_code", "ref_enstru/code", using=_classification, words="the ENSTRU code"),
    additional=derived("ref_enstru_code", using=_additional, words="KPVED: the first six digits of the ENSTRU code"),
    quantity=number("count"),
    unit=derived(
        "ref_units_code",
        "ref_units/name_ru",
        "price",
        using=_unit,
        words="the unit of measure and its price",
        table=tables.UNITS,
    ),
    place=derived("kato", using=_place, words="the KATO codes of the places of delivery"),
    address=derived(
        "kato", using=_address, words="the place of delivery, where there is one", table=tables.KATO_REGIONS
    ),
)


def _budget_text(source: Fields, _reading: Reading) -> Text | None:
    finance = code_row_text(source, "ref_finsource_id", "ref_finsource", tables.FINANCE_SOURCE)
    budget = code_row_text(source, "ref_budget_type_id", "ref_budget_type", tables.BUDGET_TYPE)
    return values.merged(finance, budget)


def _budget_line(source: Fields, _reading: Reading) -> str | None:
    """Give the line of the budget: administrator, programme and specific, or the administrator alone."""
    lines = {
        "-".join(str(line[name]) for name in ("abp_code", "fkrb_program_code", "ekrb_code") if line.get(name))
        for line in objects(source.get("spec"))
        if line.get("abp_code")
    }
    if len(lines) == 1:
        return lines.pop()
    administrator = values.reference(source.get("ref_abp_code"))
    return None if lines else administrator


BUDGET = RecordMapping(
    Budget,
    path="planning/budget",
    id=derived("spec", "ref_abp_code", using=_budget_line, words="the budget line, or its administrator (ABP)"),
    description=derived(
        "ref_finsource_id",
        "ref_finsource/name_ru",
        "ref_budget_type_id",
        "ref_budget_type/name_ru",
        using=_budget_text,
        words="finance source and kind of budget",
        table=tables.FINANCE_SOURCE,
    ),
    amount=tenge("amount"),
)


def _month_end(source: Fields, reading: Reading) -> datetime | None:
    month = source.get("ref_months_id")
    year = values.reference(source.get("pln_point_year")) or values.reference(source.get("plan_fin_year"))
    if month is None or year is None:
        return None
    row = tables.MONTHS.row(month)
    if row.code is None:
        return None
    if not (len(year) == 4 and year.isdigit()):  # noqa: PLR2004
        raise MappingError(f"{values.quoted(year)} is not a year")
    last = calendar.monthrange(max(int(year), 1), int(row.code))[1]
    return values.moment(f"{year}-{row.code}-{last:02} 23:59:59", reading.zone, reading.as_of)


MONTH = RecordMapping(
    Milestone,
    path="planning/milestones",
    needs=("due",),
    due=derived(
        "ref_months_id",
        "pln_point_year",
        "plan_fin_year",
        using=_month_end,
        words="the last second of the planned month",
        table=tables.MONTHS,
    ),
)
SUPPLY = RecordMapping(
    Milestone, path="planning/milestones", needs=("description",), description=text_rule("supply_date_ru")
)


def _justification(source: Fields, _reading: Reading) -> Text | None:
    return code_row_text(source, "ref_justification_id", "ref_justification", tables.JUSTIFICATION)


RATIONALE = derived(
    "ref_justification_id",
    "ref_justification/name_ru",
    using=_justification,
    words="the ground for the procurement method",
    table=tables.JUSTIFICATION,
)


def _more(source: Fields, reading: Reading) -> Text | None:
    return values.merged(_TEXTS["desc"].read(source, reading), _TEXTS["extra_desc"].read(source, reading))


PLANNED = RecordMapping(
    Tender,
    path="tender",
    title=bilingual("name"),
    description=derived(
        *_TEXT_FIELDS[2:],
        using=_more,
        words="description and additional description",
    ),
    status=code("ref_pln_point_status_id", tables.PLAN_POINT_STATUS),
    status_details=derived(
        "ref_pln_point_status_id",
        "ref_pln_point_status/name_ru",
        using=lambda source, _: _status_text(source),
        words="the portal's own words",
        table=tables.PLAN_POINT_STATUS,
    ),
    value=tenge("amount"),
    method=code("ref_trade_methods_id", tables.TRADE_METHODS),
    method_details=label("ref_trade_methods_id", tables.TRADE_METHODS, "ref_trade_methods/name_ru"),
    method_rationale=RATIONALE,
    category=derived(*CATEGORY_FIELDS, using=category, words="by the kind of subject", table=tables.SUBJECT_TYPE),
)
BUYER = party("subject_biin", "sys_subjects_id", bilingual("subject_name"))
BUYER.bind("buyer")


def _status_text(source: Fields) -> str | None:
    nested = source.get("ref_pln_point_status")
    named = values.clean_text(nested.get("name_ru")) if isinstance(nested, dict) else None
    row = tables.PLAN_POINT_STATUS.get(source.get("ref_pln_point_status_id"))
    return named or (row.label if row else None)


def root(source: Fields, key: str) -> str:
    """Give the root of a plan point: the id that all its versions share."""
    return known_id(source.get("rootrecord_id")) or key


def planning(points: Sequence[tuple[str, Fields]], reading: Reading) -> Planning | None:
    """Give the planning section of the plan points, each with its id, that a process is made for."""
    if not points:
        return None
    budgets = []
    milestones: list[Milestone] = []
    for point, source in points:
        reading.document = f"plan/{point}"
        budgets.append(BUDGET.apply(source, reading) or Budget())
        milestones += _milestones(point, source, reading)
    return Planning(budget=_joined(budgets), milestones=tuple(milestones))


def _joined(budgets: list[Budget]) -> Budget | None:
    lines = {budget.id for budget in budgets}
    budget = Budget(
        id=lines.pop() if len(lines) == 1 else None,
        description=values.merged(*(budget.description for budget in budgets)),
        amount=total([budget.amount for budget in budgets]),
    )
    return None if budget == Budget() else budget


def _milestones(point: str, source: Fields, reading: Reading) -> list[Milestone]:
    month = MONTH.apply(
        source, reading, id=f"start-{point}", type="preProcurement", title=Text(main="Планируемый срок закупки")
    )
    supply = SUPPLY.apply(source, reading, id=f"supply-{point}", type="delivery", title=Text(main="Срок поставки"))
    return [milestone for milestone in (month, supply) if milestone is not None]


def rationale(points: Sequence[tuple[str, Fields]], reading: Reading) -> Text | None:
    """Give the grounds for the procurement method that plan points name."""
    texts = []
    for point, source in points:
        reading.document = f"plan/{point}"
        texts.append(reading.attempt(RATIONALE, source))
    return values.merged(*texts)


def map_plan(points: dict[str, Fields], gone: set[str], root_id: str, reading: Reading) -> Process | None:
    """Give the process of a plan point: its newest version that is not deleted.

    Where every version is deleted, the newest is told as withdrawn.
    """
    if not points:
        return None
    standing = [point for point in points if point not in gone and not is_set(points[point].get("is_deleted"))]
    newest = max(standing or points, key=whole)
    source = points[newest]
    reading.document = f"plan/{newest}"
    buyer = reading.attempt(BUYER, source)
    tender = PLANNED.apply(source, reading, id=root_id) or Tender(id=root_id)
    if not standing:
        tender = replace(tender, status="withdrawn", status_details="Удален из плана")
    item = ITEM.apply(source, reading, id=newest) or Item(id=newest)
    return Process(
        buyer=buyer,
        customers=(buyer,) if buyer else (),
        planning=planning([(newest, source)], reading),
        tender=replace(tender, items=(item,)),
    )
