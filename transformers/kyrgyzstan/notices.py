"""The new portal: the notice of its list, the tender, and what little is sure of its bids."""

from collections.abc import Sequence
from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.json import Json
from ocds_schema.model import (
    Attachment,
    Bid,
    Classification,
    Item,
    Lot,
    Milestone,
    Money,
    Organization,
    Period,
    Process,
    Tender,
    Text,
    Unit,
)
from transformers import values
from transformers.kyrgyzstan import money, parties, tables
from transformers.kyrgyzstan.common import PORTAL, delivered, delivery, numbered, unique
from transformers.kyrgyzstan.linking import process_id, related
from transformers.kyrgyzstan.nested import known_id, part, parts, tell
from transformers.kyrgyzstan.terms import listed, plain_number, terms
from transformers.kyrgyzstan.times import instant, moment, newest
from transformers.mapping import RecordMapping
from transformers.process import Entity, Mapped
from transformers.rules import Fields, Reading, Rule, code, derived, identifier, pick, text, words


def _status(source: Fields, _reading: Reading) -> str | None:
    raw = source.get("status")
    return tables.TENDER_STATUS.row(raw).code if raw else None


def _method(source: Fields, _reading: Reading) -> str | None:
    raw = values.clean_text(source.get("method"))
    if raw is None:
        return None
    row = tables.by_words(tables.METHOD_WORDS, tables.METHOD, raw)
    return row.code if row else tables.METHOD.row(raw).code


def _method_details(source: Fields, _reading: Reading) -> Text | None:
    raw = values.clean_text(source.get("method"))
    row = tables.by_words(tables.METHOD_WORDS, tables.METHOD, raw) if raw else None
    return row.text if row else (Text(main=raw) if raw else None)


def planned(name: str) -> Any:
    """An amount as a number or as a text; 0 is none."""

    def read(source: Fields, reading: Reading) -> Money | None:
        raw = source.get(name)
        if isinstance(raw, str):
            return money.of_text(raw, reading)
        found = money.number(raw, reading)
        return Money(amount=found, currency=reading.currency) if found else None

    return derived(name, using=read, words="the amount in soms; 0 is none")


def _security(source: Fields, _reading: Reading) -> str | None:
    """Give the security that a bid needs: its size, its form, and how long it must hold."""
    form = values.clean_text(source.get("warrantyProvisionForm"))
    row = tables.SECURITY_FORM.row(form) if form else None
    amount = plain_number(source.get("bidSecurityAmount"))
    unit = {"PERCENT": " %", "MONETARY_VALUE": " сом"}.get(_words(source.get("allowMonetaryValue")) or "", "")
    days = plain_number(source.get("validnessPeriodOfGOTZ"))
    told = (
        row.label if row else None,
        f"{amount}{unit}" if amount and amount != "0" else None,
        f"срок действия, дней: {days}" if days and days != "0" else None,
    )
    return "; ".join(filter(None, told)) or None


_MOST_DAYS = 10_000


def _days(name: str) -> Any:
    def read(source: Fields, _reading: Reading) -> int | None:
        found = values.amount(source.get(name))
        if found and (found >= _MOST_DAYS or found != found.to_integral_value()):
            raise MappingError(f"{values.quoted(source.get(name))} is no number of days")
        return int(found) if found else None

    return derived(name, using=read, words="the number of days")


def _requirements(name: str, *fields: str) -> Any:
    def read(source: Fields, _reading: Reading) -> Text | None:
        told = []
        for one in parts(source, name):
            said = [values.clean_text(one.get(field)) for field in fields if not isinstance(one.get(field), bool)]
            told.append(": ".join(filter(None, said)) or None)
        return listed(told)

    return derived(name, using=read, words="each of them")


_TERMS = tuple(row.source_code for row in tables.CONTRACT_TERMS if row.note.startswith("Of the new portal"))


def _shared() -> dict[str, Any]:
    """Give rules that notice and tender have in common; each record needs its own."""
    return {
        "title": text("name"),
        "description": numbered("number"),
        "status": derived("status", using=_status, words="translated", table=tables.TENDER_STATUS),
        "status_details": words("status"),
        "method": derived("method", using=_method, words="by the portal's code", table=tables.METHOD_WORDS),
        "method_details": derived("method", using=_method_details, words="the method's name", table=tables.METHOD),
        "tender_period": RecordMapping(Period, start=instant("datePublished"), end=instant("dateContest")),
    }


NOTICE = RecordMapping(Tender, path="tender", value=planned("amount"), **_shared())
TENDER = RecordMapping(
    Tender,
    path="tender",
    value=planned("total"),
    category=code("view", tables.CATEGORY),
    eligibility=_requirements("qualifiers", "title", "required", "template"),
    award_criteria=_requirements("criterias", "title", "template"),
    bid_security=derived(
        "warrantyProvisionForm",
        "bidSecurityAmount",
        "allowMonetaryValue",
        "validnessPeriodOfGOTZ",
        using=_security,
        words="form, size and term",
        table=tables.SECURITY_FORM,
    ),
    bid_validity=RecordMapping(Period, days=_days("validnessPeriodOfBid")),
    performance_terms=terms("performanceTerms", _TERMS),
    financial_terms=terms("financialTerms", _TERMS),
    other_terms=terms("otherTerms", _TERMS),
    **_shared(),
)


def _lot_value(source: Fields, reading: Reading) -> Money | None:
    """Give the sum of a lot's products, where each has a count and a price."""
    products = parts(source, "products")
    found = [(money.number(one.get("count"), reading), money.number(one.get("price"), reading)) for one in products]
    known = [count * price for count, price in found if count is not None and price is not None]
    total = sum(known)
    return Money(amount=total, currency=reading.currency) if total and len(known) == len(found) else None


LOT = RecordMapping(
    Lot,
    path="tender/lots",
    title=text("name"),
    description=numbered("number"),
    value=derived("products", using=_lot_value, words="the sum over its products"),
)
_OKGZ = RecordMapping(
    Classification,
    scheme=derived(
        "okgz/code", using=lambda source, _: "OKGZ" if pick(source, "okgz/code") else None, words="always OKGZ"
    ),
    id=identifier("okgz/code"),
    description=text("okgz/name"),
)
ITEM = RecordMapping(
    Item,
    path="tender/items",
    description=text("specifications"),
    classification=_OKGZ,
    quantity=money.quantity("count"),
    unit=RecordMapping(Unit, name=text("unit/name"), value=money.soms("price")),
)
ADDRESS = text("deliveryDetail")
ADDRESS.bind("tender/items/deliveryAddress/streetAddress")
BUYER = derived(
    "companyName",
    using=lambda source, reading: parties.entity_named(source.get("companyName"), reading),
    words="by name",
)
BUYER.bind("buyer")
BIDDER = derived(
    "companyName",
    using=lambda source, reading: parties.supplier_named(source.get("companyName"), reading),
    words="by name",
)
BIDDER.bind("bids/details/tenderers")


BID = RecordMapping(Bid, path="bids/details", value=planned("total"))


def map_tender(process: str, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
    """Map a purchase of the new portal: what the tender says, and where none is held what the list says of it."""
    own = {entity.kind: entity for entity in entities if entity.links.process == process}
    key = process_id(process)
    held = [own[kind] for kind in ("tender", "notice") if kind in own]
    if key is None or not held:
        return Mapped(process_id=key, process=None)
    buyer = _first(BUYER, held, reading)
    bids = _bids(own.get("submissions"), reading)
    told = Process(
        buyer=buyer,
        tender=_tender(key, held, buyer, bids, reading),
        bids=bids,
        related=related(process, entities, reading, ocid_base),
    )
    stated = [entity.fields.get("datePublished") for entity in held]
    return Mapped(process_id=key, process=told, changed=newest(stated, reading))


def _first(rule: Rule, entities: Sequence[Entity], reading: Reading) -> Any:
    """Give what the first of some documents says."""
    for entity in entities:
        reading.document = entity.name
        found = reading.attempt(rule, entity.fields)
        if found is not None:
            return found
    return None


def _tender(
    key: str, held: Sequence[Entity], buyer: Organization | None, bids: Sequence[Bid], reading: Reading
) -> Tender:
    first = held[0]
    if len(held) > 1:
        _compare(held[0], held[1], reading)
    reading.document = first.name
    lots = _lot_parts(first.fields, reading)
    tenderers = unique([who for bid in bids for who in bid.tenderers])
    given: dict[str, Any] = {
        "id": key,
        "procuring_entity": buyer,
        "lots": tuple(tell(LOT, one, reading, id=lot) for lot, one, _ in lots),
        "items": _items(lots, reading),
        "milestones": _milestones(lots),
        "documents": _documents(key, first.fields, lots, reading),
        "tenderers": tenderers,
        "tenderer_count": len(tenderers) or None,
    }
    record = TENDER if first.kind == "tender" else NOTICE
    told: Tender = tell(record, first.fields, reading, **given)
    return told


_COMPARED = (
    *((name, name) for name in ("name", "companyName", "method", "datePublished")),
    ("total", "amount"),
)


def _compare(tender: Entity, notice: Entity, reading: Reading) -> None:
    """Report where the list says something else. It is not read again when a status or a deadline moves on."""
    reading.document = notice.name
    for name, shown in _COMPARED:
        one, other = tender.fields.get(name), notice.fields.get(shown)
        if None not in (one, other) and plain_number(one) != plain_number(other):
            reading.report("tender", "disagreement", "the tender says otherwise, and stands", names=(shown,))


def _identified(source: Fields, name: str, reading: Reading, path: str) -> list[tuple[str, Json]]:
    """Give the objects of a list with their ids; one without an id is left out, and each id is told once."""
    found: dict[str, Json] = {}
    for one in parts(source, name):
        key = known_id(one.get("id"))
        if key is None or key in found:
            reason = "without an id of its own it is left out"
            reading.report(path, "missing_id", reason, severity="lost", names=("id",))
        else:
            found[key] = one
    return list(found.items())


_LotParts = list[tuple[str, Json, list[tuple[str, Json]]]]
"""Each lot with its id, and its products with theirs."""


def _lot_parts(source: Fields, reading: Reading) -> _LotParts:
    return [
        (key, one, _identified(one, "products", reading, "tender/items"))
        for key, one in _identified(source, "lots", reading, "tender/lots")
    ]


def _items(lots: _LotParts, reading: Reading) -> tuple[Item, ...]:
    addresses = {key: address for key, one, _ in lots if (address := reading.attempt(ADDRESS, one))}
    found = [tell(ITEM, one, reading, id=key, lot=lot) for lot, _, products in lots for key, one in products]
    return delivered(found, addresses)


def _milestones(lots: _LotParts) -> tuple[Milestone, ...]:
    told = []
    for key, one, _ in lots:
        rule = tables.INCOTERMS.get(part(one, "incoterm").get("data"))
        words = (
            _words(one.get(name)) for name in ("deliveryPeriod", "deliveryCondition", "noresidentConditionDelivery")
        )
        told.append(delivery(key, *words, rule.code if rule else None))
    return tuple(one for one in told if one is not None)


def _words(raw: Any) -> str | None:
    return values.clean_text(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else None


FILES = ("instructionForPreparingBid", "criteriaFile", "projectFile")


def _documents(key: str, source: Fields, lots: _LotParts, reading: Reading) -> tuple[Attachment, ...]:
    """Give the public page, and the files by that page: how single files are had is not known."""
    page = f"{PORTAL}/public/order/view/{key}?tab=tender"
    published = reading.quietly(lambda: moment(source.get("datePublished"), reading))
    found = [Attachment(id=f"notice-{key}", type="tenderNotice", url=page, published=published, language="ru")]
    for place, one, of_lots in _files(source, lots):
        name = _words(one.get("fileName"))
        if name:
            file = known_id(one.get("file")) or place
            found.append(Attachment(id=f"file-{file}", title=Text(main=name), url=page, lots=of_lots))
    return tuple({one.id: one for one in found}.values())


def _files(source: Fields, lots: _LotParts) -> list[tuple[str, Json, tuple[str, ...]]]:
    """Give the files of a tender, of its lots and of their products, each with a place and its lot."""
    found: list[tuple[str, Json, tuple[str, ...]]] = [(name, part(source, name), ()) for name in FILES]
    for lot, one, products in lots:
        found.append((lot, part(one, "file"), (lot,)))
        found += [(key, part(product, "file"), (lot,)) for key, product in products]
    return found


def _bids(submissions: Entity | None, reading: Reading) -> tuple[Bid, ...]:
    """Give who has bid, and the sum where it is named as a tender's is; nothing else of a bid is sure."""
    if submissions is None:
        return ()
    reading.document = submissions.name
    found = []
    for key, one in _identified(submissions.fields, "submissions", reading, "bids/details"):
        who = reading.attempt(BIDDER, one)
        given = {"id": key, "tenderers": (who,) if who else ()}
        found.append(tell(BID, one, reading, **given))
    return tuple(found)
