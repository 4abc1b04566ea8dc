"""What the ministry's releases say of the tender: the announcement, its lots and items, its terms and documents."""

from collections.abc import Sequence
from typing import Any

from ocds_schema.codelists import codelist
from ocds_schema.errors import MappingError
from ocds_schema.json import Json
from ocds_schema.model import (
    Attachment,
    Budget,
    Classification,
    Item,
    Lot,
    Milestone,
    Period,
    Planning,
    Tender,
    Text,
    Unit,
)
from transformers import values
from transformers.kyrgyzstan import money, tables
from transformers.kyrgyzstan.common import delivered, delivery, label, method_code, numbered
from transformers.kyrgyzstan.nested import known_id, part, parts, tell, texts, words_of
from transformers.kyrgyzstan.terms import listed, plain_number, terms
from transformers.kyrgyzstan.times import instant
from transformers.mapping import RecordMapping
from transformers.rules import Fields, Reading, code, derived, identifier, text, words

_STATUSES = codelist("tenderStatus").codes
_SUBMISSION = codelist("submissionMethod").codes


def _status(source: Fields, _reading: Reading) -> str | None:
    """Give the status: what the stage means, where the status does not say otherwise."""
    told, raw = source.get("status"), source.get("statusDetails")
    stage = tables.STAGE.row(raw) if raw else None
    if stage is not None and told and told != stage.code:
        raise MappingError(f"{values.quoted(told)}, but the stage means {stage.code}")
    found: str | None = stage.code if stage is not None else told or None
    if found is not None and found not in _STATUSES:
        raise MappingError(f"{values.quoted(found)} is not a status")
    return found


def _consulting(source: Fields, _reading: Reading) -> tuple[str, ...]:
    row = tables.CONSULTING.get(source.get("mainProcurementCategoryDetails"))
    return (row.code,) if row is not None and row.code else ()


def _security(source: Fields, _reading: Reading) -> str | None:
    """Give the security that a bid needs; whether it is a sum or a share, only a flag tells."""
    guarantee = part(source, "guarantee")
    amount, is_sum = plain_number(guarantee.get("amount")), guarantee.get("monetary")
    if not amount or amount == "0":
        return None
    if not isinstance(is_sum, bool):
        return f"{amount} (сумма или процент: не указано)"
    return f"{amount} сом" if is_sum else f"{amount} %"


def _eligibility(source: Fields, _reading: Reading) -> Text | None:
    told = []
    for one in parts(source, "qualificationRequirements"):
        kind, details = values.clean_text(one.get("type")), values.clean_text(one.get("typeDetails"))
        told.append(f"{kind}: {details}" if kind and details else kind or details)
    return listed(told)


_TERMS = tuple(row.source_code for row in tables.CONTRACT_TERMS if row.note.startswith("Of a release"))

TENDER = RecordMapping(
    Tender,
    path="tender",
    title=text("title"),
    description=numbered("tenderNumber"),
    status=derived(
        "status",
        "statusDetails",
        using=_status,
        words="what the stage means; nothing, where the status says otherwise",
        table=tables.STAGE,
    ),
    status_details=label("statusDetails", tables.STAGE),
    value=money.value("value"),
    method=method_code("procurementMethod"),
    method_details=label("procurementMethodDetails", tables.METHOD, ("procurementSubMethodDetails", tables.FORMAT)),
    method_rationale=label("procurementMethodRationale", tables.RATIONALE),
    category=code("mainProcurementCategory", tables.CATEGORY),
    category_details=words("mainProcurementCategoryDetails"),
    more_categories=derived(
        "mainProcurementCategoryDetails", using=_consulting, words="consulting services", table=tables.CONSULTING
    ),
    eligibility=derived(
        "qualificationRequirements", using=_eligibility, words="each requirement, with what is asked for"
    ),
    bid_security=derived("guarantee", using=_security, words="the amount, in soms or per cent where that is told"),
    performance_terms=terms("performanceTerms", _TERMS, nested="conditionOfContract"),
    financial_terms=terms("financialTerms", _TERMS, nested="conditionOfContract"),
    other_terms=terms("otherTerms", _TERMS, nested="conditionOfContract"),
    tender_period=RecordMapping(Period, start=instant("tenderPeriod/startDate"), end=instant("tenderPeriod/endDate")),
    enquiry_period=RecordMapping(
        Period, start=instant("enquiryPeriod/startDate"), end=instant("enquiryPeriod/endDate")
    ),
    submission_methods=derived(
        "submissionMethod",
        using=lambda source, _: tuple(one for one in texts(source.get("submissionMethod")) if one in _SUBMISSION),
        words="those that OCDS knows",
    ),
)

LOT = RecordMapping(
    Lot,
    path="tender/lots",
    title=text("title"),
    description=numbered("lotNumber"),
    status=code("status", tables.LOT_STATUS),
    value=money.value("value"),
)


def _lot_of(source: Fields, _reading: Reading) -> str | None:
    return known_id(source.get("relatedLot"))


_CLASSIFICATION = RecordMapping(
    Classification,
    scheme=code("classification/scheme", tables.CLASSIFICATION),
    id=identifier("classification/id"),
    description=text("classification/description"),
)
_UNIT = RecordMapping(
    Unit,
    scheme=derived(
        "unit/id",
        using=lambda source, _: "KG-UNITS" if known_id(part(source, "unit").get("id")) else None,
        words="always KG-UNITS",
    ),
    id=identifier("unit/id"),
    name=text("unit/name"),
    value=money.value("unit/value"),
)
ITEM = RecordMapping(
    Item,
    path="tender/items",
    lot=derived("relatedLot", using=_lot_of, words="the lot"),
    classification=_CLASSIFICATION,
    quantity=money.quantity("quantity"),
    unit=_UNIT,
)
DOCUMENT = RecordMapping(
    Attachment,
    path="tender/documents",
    title=text("title"),
    published=instant("datePublished"),
    modified=instant("dateModified"),
)
PLANNING = RecordMapping(
    Planning,
    path="planning",
    rationale=text("rationale"),
    budget=RecordMapping(
        Budget, id=identifier("budget/id"), description=text("budget/description"), amount=money.value("budget/value")
    ),
)
ADDRESS = text("deliveryAddress")
ADDRESS.bind("tender/items/deliveryAddress/streetAddress")


def lots(tender: Json, reading: Reading) -> tuple[Lot, ...]:
    """Give the lots; one without an id cannot be referred to and is left out."""
    found = []
    for one in parts(tender, "lots"):
        key = known_id(one.get("id"))
        if key is None:
            reading.report("tender/lots/id", "missing_id", "a lot without an id is left out", severity="lost")
            continue
        found.append(tell(LOT, one, reading, id=key))
    return tuple(found)


def items(tender: Json, reading: Reading) -> tuple[Item, ...]:
    """Give the items, with the place of delivery that their lots name."""
    addresses = {
        key: address
        for lot in parts(tender, "lots")
        if (key := known_id(lot.get("id"))) and (address := reading.attempt(ADDRESS, lot))
    }
    return delivered(_items(parts(tender, "items"), reading), addresses)


def line_items(line: Json, lot: str, reading: Reading) -> list[Item]:
    """Give what a line of a plan is to buy."""
    return _items(parts(line, "items"), reading, lot=lot)


def _items(sources: Sequence[Json], reading: Reading, **given: Any) -> list[Item]:
    found = []
    for one in sources:
        key = known_id(one.get("id"))
        if key is None:
            reading.report("tender/items/id", "missing_id", "an item without an id is left out", severity="lost")
            continue
        found.append(tell(ITEM, one, reading, id=key, **given))
    return found


def milestones(tender: Json, found: Sequence[Lot], reading: Reading) -> list[Milestone]:
    """Give when and on which terms each lot is to be delivered."""
    sources = {known_id(one.get("id")): one for one in parts(tender, "lots")}
    told = []
    for lot in found:
        source = sources[lot.id]
        condition, details = (words_of(source.get(name)) for name in ("deliveryTerms", "deliveryDateDetails"))
        row = tables.INCOTERMS.get(condition) if condition else None
        if condition and row is None:
            reading.report("tender/milestones", "unknown_code", "no Incoterms rule", names=("deliveryTerms",))
        told.append(delivery(lot.id, details, row.code if row else None))
    return [one for one in told if one is not None]


def documents(tender: Json, reading: Reading) -> list[Attachment]:
    """Give the files by name: the exporter never told where they are."""
    of_item = {known_id(one.get("id")): known_id(one.get("relatedLot")) for one in parts(tender, "items")}
    found = []
    for one in parts(tender, "documents"):
        key = known_id(one.get("id"))
        told = [*texts(one.get("relatedLots")), *(of_item.get(item) for item in texts(one.get("relatedItems")))]
        if key is not None:
            related = tuple(dict.fromkeys(filter(None, told)))
            found.append(tell(DOCUMENT, one, reading, id=key, lots=related))
    return found
