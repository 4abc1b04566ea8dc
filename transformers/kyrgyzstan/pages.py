"""The legacy portal's orders: the row of the list, the page with its lots, and the items of each lot."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.json import Json
from ocds_schema.model import (
    Attachment,
    Classification,
    Item,
    Lot,
    Milestone,
    Organization,
    Period,
    Tender,
    Text,
    Unit,
)
from transformers import values
from transformers.kyrgyzstan import money, parties, tables
from transformers.kyrgyzstan.common import delivered, delivery, numbered, order_page
from transformers.kyrgyzstan.nested import known_id, part, parts, tell, words_of
from transformers.kyrgyzstan.terms import listed, terms
from transformers.kyrgyzstan.times import instant, moment
from transformers.kyrgyzstan.words import normal
from transformers.mapping import RecordMapping
from transformers.process import Entity
from transformers.rules import Fields, Reading, Rule, derived, identifier, text, words


def _stage(source: Fields, _reading: Reading) -> str | None:
    raw = values.clean_text(source.get("status"))
    if raw is None:
        return None
    row = tables.stage_by_words(raw)
    if row is None:
        raise MappingError(f"{values.quoted(raw)} is not in stage.csv")
    return row.code


def _stage_words(source: Fields, _reading: Reading) -> Text | None:
    raw = values.clean_text(source.get("status"))
    row = tables.stage_by_words(raw) if raw else None
    return row.text if row else (Text(main=raw) if raw else None)


def _method(source: Fields, _reading: Reading) -> str | None:
    raw = values.clean_text(source.get("method"))
    if raw is None:
        return None
    row = tables.by_words(tables.METHOD_WORDS, tables.METHOD, raw)
    if row is None:
        raise MappingError(f"{values.quoted(raw)} is not in method_words.csv")
    return row.code


def _method_words(source: Fields, _reading: Reading) -> Text | None:
    raw, form = values.clean_text(source.get("method")), values.clean_text(source.get("format"))
    row = tables.by_words(tables.METHOD_WORDS, tables.METHOD, raw) if raw else None
    method = row.text if row else (Text(main=raw) if raw else None)
    usual = form is None or normal(form).startswith("стандарт") or normal(form) == "standard"
    return method if usual else values.merged(method, Text(main=form))


def _category(source: Fields, _reading: Reading) -> str | None:
    raw = values.clean_text(source.get("category"))
    if raw is None:
        return None
    row = tables.CATEGORY.get(normal(raw))
    return (row or tables.CATEGORY.row(raw)).code


def _consulting(source: Fields, _reading: Reading) -> tuple[str, ...]:
    raw = source.get("category")
    row = tables.CONSULTING.get(normal(raw)) if isinstance(raw, str) else None
    return (row.code,) if row is not None and row.code else ()


def _days(source: Fields, _reading: Reading) -> int | None:
    """Give how many days a bid binds; a page may write the word after the number."""
    raw = values.clean_text(source.get("bid_validity"))
    first = raw.split()[0] if raw else ""
    if raw and not first.isdecimal():
        raise MappingError(f"{values.quoted(raw)} is not a number of days")
    return int(first) if first and len(first) < 5 else None  # noqa: PLR2004


def _security(source: Fields, _reading: Reading) -> str | None:
    size, term = (values.clean_text(source.get(name)) for name in ("bid_security", "bid_security_validity"))
    return "; ".join(filter(None, (size, f"срок действия: {term}" if term else None))) or None


def _table(name: str, *fields: str) -> Rule:
    def read(source: Fields, _reading: Reading) -> Text | None:
        told = (
            ": ".join(filter(None, (values.clean_text(one.get(field)) for field in fields)))
            for one in parts(source, name)
        )
        return listed(one or None for one in told)

    return derived(name, using=read, words="each row of the table")


_TERMS = (
    *(row.source_code for row in tables.CONTRACT_TERMS if row.note.startswith("Of the legacy pages")),
    *("spares", "insurance", "packaging"),
)
_MONEY_TERMS = terms("financialTerms", _TERMS, nested="conditions")


def _financial(source: Fields, reading: Reading) -> str | None:
    """Give when and how is paid: the conditions, the table of payments, and the term."""
    table = _PAYMENTS.read(source, reading)
    due = values.clean_text(source.get("payment_due"))
    told = (_MONEY_TERMS.read(source, reading), table.main if table else None, f"срок оплаты: {due}" if due else None)
    return "; ".join(filter(None, told)) or None


_PAYMENTS = _table("payments", "name", "value", "due")


def _shared() -> dict[str, Any]:
    """Give rules that the row of the list and the page have in common; each record needs its own."""
    return {
        "title": text("title"),
        "description": numbered("number"),
        "value": money.written("planned_amount"),
        "method": derived("method", using=_method, words="by the page's words", table=tables.METHOD_WORDS),
        "category": derived("category", using=_category, words="by the page's words", table=tables.CATEGORY),
        "category_details": words("category"),
        "more_categories": derived("category", using=_consulting, words="consulting services", table=tables.CONSULTING),
        "tender_period": RecordMapping(Period, start=instant("published"), end=instant("deadline")),
    }


ROW = RecordMapping(
    Tender,
    path="tender",
    method_details=derived("method", using=_method_words, words="the method's name", table=tables.METHOD),
    **_shared(),
)
ORDER = RecordMapping(
    Tender,
    path="tender",
    status=derived("status", using=_stage, words="by the page's words", table=tables.STAGE_WORDS),
    status_details=derived("status", using=_stage_words, words="the status's name", table=tables.STAGE),
    method_details=derived(
        "method", "format", using=_method_words, words="the method's name, and the format", table=tables.METHOD
    ),
    method_rationale=text("rationale"),
    eligibility=_table("qualifications", "qualification", "requirement"),
    award_criteria=_table("criteria", "criterion", "weight"),
    bid_security=derived("bid_security", "bid_security_validity", using=_security, words="size and term, as written"),
    bid_validity=RecordMapping(Period, days=derived("bid_validity", using=_days, words="the number of days")),
    performance_terms=terms("performanceTerms", _TERMS, nested="conditions"),
    financial_terms=derived(
        *_MONEY_TERMS.names, "payments", "payment_due", using=_financial, words="conditions, payments and term"
    ),
    other_terms=terms("otherTerms", _TERMS, nested="conditions"),
    **_shared(),
)
LOT = RecordMapping(Lot, path="tender/lots", title=text("title"), value=money.written("amount"))
ADDRESS = text("delivery_address")
ADDRESS.bind("tender/items/deliveryAddress/streetAddress")


def _scheme(source: Fields, _reading: Reading) -> str | None:
    return "OKGZ" if values.clean_text(source.get("code")) else None


def _quantity(source: Fields, reading: Reading) -> Decimal | None:
    return money.plain(source.get("quantity"), reading)


def _item(path: str) -> RecordMapping:
    return RecordMapping(
        Item,
        path=path,
        description=text("specification"),
        classification=RecordMapping(
            Classification,
            scheme=derived("code", using=_scheme, words="always OKGZ"),
            id=identifier("code"),
            description=text("name"),
        ),
        quantity=derived("quantity", using=_quantity, words="the number, as written"),
        unit=RecordMapping(Unit, name=text("unit"), value=money.written("unit_price")),
    )


ITEM = _item("tender/items")
CONTRACT_ITEM = _item("contracts/items")


def _contract_type(source: Fields, _reading: Reading) -> Text | None:
    return listed(values.clean_text(source.get(name)) for name in ("type", "rationale"))


SIGNED = RecordMapping(
    Tender,
    path="tender",
    title=text("title"),
    method_rationale=derived("type", "rationale", using=_contract_type, words="the kind of contract, and the grounds"),
)
ORGANIZATION = derived(
    "organization",
    using=lambda source, reading: parties.entity_named(source.get("organization"), reading),
    words="by name; with its number, where one entity of the register alone has the name",
)
ORGANIZATION.is_personal = True
ORGANIZATION.bind("buyer")


def buyer(held: Sequence[Entity], reading: Reading) -> Organization | None:
    """Give who buys: by the number that the page shows, or else by name."""
    for entity in held:
        reading.document = entity.name
        shown = part(entity.fields, "buyer")
        name = words_of(shown.get("name")) or words_of(entity.fields.get("organization"))
        if shown.get("inn") and name:
            return parties.registered(parties.SCHEME, shown["inn"], Text(main=name), reading, path="buyer")
        found: Organization | None = reading.attempt(ORGANIZATION, {"organization": name}) if name else None
        if found is not None:
            return found
    return None


def lots(source: Fields, reading: Reading) -> tuple[Lot, ...]:
    """Give the lots, by their numbers."""
    found: dict[str, Lot] = {}
    for one in parts(source, "lots"):
        key = known_id(one.get("number"))
        if key is None or key in found:
            reason = "a lot without a number of its own is left out"
            reading.report("tender/lots/id", "missing_id", reason, severity="lost", names=("number",))
            continue
        found[key] = tell(LOT, one, reading, id=key)
    return tuple(found.values())


def milestones(source: Fields, found: Sequence[Lot]) -> tuple[Milestone, ...]:
    """Give when and on which terms each lot is to be delivered, in the page's words."""
    by_number = {known_id(one.get("number")): one for one in reversed(parts(source, "lots"))}
    names = ("delivery_period", "schedule", "delivery_condition", "incoterms")
    told = (delivery(lot.id, *(words_of(by_number[lot.id].get(name)) for name in names)) for lot in found)
    return tuple(one for one in told if one is not None)


def items(source: Fields, held: Sequence[Entity], reading: Reading) -> tuple[Item, ...]:
    """Give the items of each lot, which the portal gives no ids: lot and place."""
    found: list[Item] = []
    for entity in held:
        reading.document = entity.name
        lot = known_id(entity.fields.get("lot_number"))
        for place, one in enumerate(parts(entity.fields, "items"), 1):
            found.append(tell(ITEM, one, reading, id=f"{lot}-{place}" if lot else str(place), lot=lot))
    addresses = {
        key: address
        for one in parts(source, "lots")
        if (key := known_id(one.get("number"))) and (address := reading.attempt(ADDRESS, one))
    }
    unique = {one.id: one for one in reversed(found)}
    return delivered(tuple(unique.values())[::-1], addresses)


def documents(key: str, source: Fields, held: Sequence[Entity], reading: Reading) -> tuple[Attachment, ...]:
    """Give the public page, and the files that it and the items link to."""
    published = reading.quietly(lambda: moment(source.get("published"), reading))
    page = order_page(key)
    found = [Attachment(id=f"notice-{key}", type="tenderNotice", url=page, published=published, language="ru")]
    files = [*parts(source, "documents")]
    files += [part(item, "file") for entity in held for item in parts(entity.fields, "items")]
    found += [_file(one, page) for one in files if words_of(one.get("title"))]
    return tuple({one.id: one for one in found}.values())


def _file(source: Json, page: str) -> Attachment:
    """Give a file by the page where it is found: its own link belongs to a visit."""
    title = words_of(source.get("title")) or ""
    return Attachment(id=f"file-{normal(title).replace(' ', '-')[:60]}", title=Text(main=title), url=page)
