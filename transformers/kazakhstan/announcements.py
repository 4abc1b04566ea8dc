"""Announcements and their lots: the tender section."""

from collections.abc import Mapping, Sequence

from ocds_schema.model import (
    Attachment,
    Item,
    Lot,
    Milestone,
    Organization,
    Period,
    Place,
    Tender,
    Text,
)
from transformers import values
from transformers.kazakhstan import plans, tables
from transformers.kazakhstan.common import (
    CATEGORY_FIELDS,
    announcement_page,
    attachments,
    bilingual,
    category,
    classification,
    is_set,
    known_id,
    party,
    prefixed,
    tenge,
)
from transformers.kazakhstan.nested import tell_each
from transformers.mapping import RecordMapping, objects, scalars
from transformers.process import Entity
from transformers.rules import Fields, Reading, code, derived, label, moment, number

_NAME = bilingual("name")
METHODS = tables.TRADE_METHODS


def _restriction(source: Fields, _reading: Reading) -> Text | None:
    raw = source.get("disable_person_id")
    if raw in (None, ""):
        return None
    row = tables.RESTRICTION.row(raw)
    return Text(main=row.label) if row.code else None


TENDER = RecordMapping(
    Tender,
    path="tender",
    id=derived("number_anno", using=lambda source, _: values.identifier(source.get("number_anno")), words="the number"),
    title=bilingual("name"),
    status=code("ref_buy_status_id", tables.BUY_STATUS),
    status_details=label("ref_buy_status_id", tables.BUY_STATUS, "ref_buy_status/name_ru"),
    procuring_entity=party("org_bin", "org_pid", bilingual("org_name")),
    value=tenge("total_sum"),
    method=code("ref_trade_methods_id", METHODS),
    method_details=label("ref_trade_methods_id", METHODS, "ref_trade_methods/name_ru"),
    category=derived(*CATEGORY_FIELDS, using=category, words="by the kind of subject", table=tables.SUBJECT_TYPE),
    eligibility=derived(
        "disable_person_id", using=_restriction, words="the restriction in words", table=tables.RESTRICTION
    ),
    tender_period=RecordMapping(Period, start=moment("start_date"), end=moment("end_date")),
    enquiry_period=RecordMapping(Period, start=moment("discus_start_date"), end=moment("discus_end_date")),
    award_period=RecordMapping(Period, end=moment("itogi_date_public")),
)
"""The tender of an announcement that is held."""

CUSTOMER = party("customer_bin", "customer_pid", bilingual("customer_name"))
CUSTOMER.bind("buyer")

NOTICE = RecordMapping(
    Attachment,
    path="tender/documents",
    needs=("published",),
    published=moment("publish_date"),
)
FILES = attachments("tender/documents")
REPEAT_START = RecordMapping(Milestone, path="tender/milestones", needs=("due",), due=moment("repeat_start_date"))
REPEAT_END = RecordMapping(Milestone, path="tender/milestones", needs=("due",), due=moment("repeat_end_date"))
PAUSE = RecordMapping(
    Milestone,
    path="tender/milestones",
    needs=("id",),
    id=prefixed("pause", "id"),
    title=bilingual("solution_name"),
    description=bilingual("decide_doc"),
    code=derived("decide_number", using=lambda s, _: values.clean_text(s.get("decide_number")), words="the text"),
    met=moment("date_pause"),
    lots=derived("lots", using=lambda source, _: _paused_lots(source.get("lots")), words="the ids of the lots"),
)
CANCEL = RecordMapping(
    Attachment,
    path="tender/documents",
    needs=("id",),
    id=prefixed("cancel", "id"),
    title=bilingual("type_actions_name"),
    description=derived(
        "act_type_name_ru",
        "act_type_name_kz",
        "number_decision",
        "name_authority",
        using=lambda source, _: _decision(source),
        words="kind and number of the decision, and the authority",
    ),
    published=moment("date_decision"),
)


def _lot_title(source: Fields, reading: Reading) -> Text | None:
    lot_number = values.identifier(source.get("lot_number"))
    name = _NAME.read(source, reading)
    if lot_number is None or name is None:
        return Text(main=lot_number) if lot_number else name
    return Text(
        main=f"{lot_number} {name.main}" if name.main else lot_number,
        translations=tuple((language, f"{lot_number} {other}") for language, other in name.translations),
    )


LOT = RecordMapping(
    Lot,
    path="tender/lots",
    title=derived(
        "lot_number",
        "name_ru",
        "name_kz",
        using=_lot_title,
        words="lot number and name",
    ),
    description=bilingual("description"),
    status=code("ref_lot_status_id", tables.LOT_STATUS),
    status_details=label("ref_lot_status_id", tables.LOT_STATUS, "ref_lots_status/name_ru"),
    value=tenge("amount"),
)
LOT_ITEM = RecordMapping(
    Item,
    path="tender/items",
    description=bilingual("name"),
    classification=derived(
        "plans",
        using=lambda source, _: _single_code(source)[0],
        words="ENSTRU, where all its plan points have one code",
    ),
    additional=derived("plans", using=lambda source, _: _single_code(source)[1], words="KPVED of that code"),
    quantity=number("count"),
    place=derived("pln_point_kato_list", using=lambda source, _: _lot_place(source), words="the KATO codes"),
)
"""The item of a lot of which no plan point is held."""
LOT_METHOD = RecordMapping(
    Tender,
    path="tender",
    method=code("ref_buy_trade_methods_id", METHODS),
    method_details=label("ref_buy_trade_methods_id", METHODS, "ref_buy_trade_methods/name_ru"),
)
LOT_CUSTOMER = party("customer_bin", "customer_id", bilingual("customer_name"))
LOT_CUSTOMER.bind("buyer")
CONSULTING = code("consulting_services", tables.CONSULTING)
CONSULTING.bind("tender/additionalProcurementCategories")


def _paused_lots(raw: object) -> tuple[str, ...]:
    """Give lot ids, which come as {"id": [1, 2]} by REST and as [{"id": 1}, …] by GraphQL."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    found = [*scalars(raw), *(member.get("id") for member in objects(raw))]
    return tuple(dict.fromkeys(lot for one in found if (lot := values.reference(one))))


def _decision(source: Fields) -> Text | None:
    kind = _texts(source, "act_type_name")
    number_ = values.clean_text(source.get("number_decision"))
    authority = values.clean_text(source.get("name_authority"))
    rest = ", ".join(part for part in (f"№ {number_}" if number_ else None, authority) if part)
    return values.merged(kind, Text(main=rest) if rest else None, separator=", ")


def _texts(source: Fields, name: str) -> Text | None:
    main, kazakh = values.clean_text(source.get(f"{name}_ru")), values.clean_text(source.get(f"{name}_kz"))
    return Text(main=main, translations=(("kk", kazakh),) if kazakh else ()) if main or kazakh else None


def _single_code(source: Fields) -> tuple[object, object]:
    """Give the classification of a lot's nested plan points, where all have the same code."""
    nested = [
        point["ref_enstru"] for point in objects(source.get("plans")) if isinstance(point.get("ref_enstru"), dict)
    ]
    found = {str(one.get("code")): one for one in nested if one.get("code")}
    if len(found) != 1:
        return None, ()
    code_, one = found.popitem()
    name = values.clean_text(one.get("name_ru"))
    return classification(code_, Text(main=name) if name else None)


def _lot_place(source: Fields) -> Place | None:
    codes = tuple(
        dict.fromkeys(code_ for one in scalars(source.get("pln_point_kato_list")) if (code_ := values.clean_text(one)))
    )
    return Place(scheme="KZ-KATO", codes=codes) if codes else None


def documents(announcement: Entity | None, entities: Sequence[Entity], reading: Reading) -> tuple[Attachment, ...]:
    """Give the notice, the files, the decisions to cancel, and the files of the lots."""
    own = _own_documents(announcement, reading) if announcement is not None else ()
    return (*own, *_lot_documents(entities, reading))


def _own_documents(announcement: Entity, reading: Reading) -> tuple[Attachment, ...]:
    reading.document = announcement.name
    source, page = announcement.fields, announcement_page(announcement.key)
    notice = NOTICE.apply(source, reading, id="notice", type="tenderNotice", url=page, language="ru")
    files = tell_each(FILES, source, "files", reading, url=page)
    cancelled = tell_each(CANCEL, source, "cancel", reading, type="cancellationDetails", url=page)
    return tuple(one for one in (notice, *files, *cancelled) if one is not None)


def milestones(announcement: Entity | None, reading: Reading) -> tuple[Milestone, ...]:
    """Give the repeated submission of bids, and the pauses."""
    if announcement is None:
        return ()
    reading.document = announcement.name
    source = announcement.fields
    repeats = (
        REPEAT_START.apply(source, reading, id="repeat-start", title=Text(main="Начало дополнения заявок")),
        REPEAT_END.apply(source, reading, id="repeat-end", title=Text(main="Окончание дополнения заявок")),
    )
    pauses = tell_each(PAUSE, source, "pause", reading, status="met")
    return tuple(one for one in (*repeats, *pauses) if one is not None)


def lots(entities: Sequence[Entity], reading: Reading) -> tuple[Lot, ...]:
    """Give the lots."""
    found = []
    for entity in entities:
        reading.document = entity.name
        found.append(LOT.apply(entity.fields, reading, id=entity.key) or Lot(id=entity.key))
    return tuple(found)


def _lot_documents(entities: Sequence[Entity], reading: Reading) -> tuple[Attachment, ...]:
    """Give the files of the lots; one file that hangs at several lots is told once, with all of them."""
    found: dict[str, tuple[Attachment, list[str]]] = {}
    for entity in entities:
        reading.document = entity.name
        page = announcement_page(entity.fields.get("trd_buy_id"))
        for attachment in tell_each(FILES, entity.fields, "files", reading, url=page):
            found.setdefault(attachment.id, (attachment, []))[1].append(entity.key)
    return tuple(_at_lots(attachment, at) for attachment, at in found.values())


def _at_lots(attachment: Attachment, at: list[str]) -> Attachment:
    return Attachment(
        id=f"lot-{attachment.id}",
        type=attachment.type,
        title=attachment.title,
        description=attachment.description,
        url=attachment.url,
        format=attachment.format,
        lots=tuple(dict.fromkeys(at)),
    )


def items(entities: Sequence[Entity], points: Mapping[str, Fields], reading: Reading) -> tuple[Item, ...]:
    """Give an item for each plan point of each lot, or one for a lot of which no plan point is held."""
    found: list[Item] = []
    for entity in entities:
        found += _lot_items(entity, points, reading)
    return tuple(found)


def _lot_items(entity: Entity, points: Mapping[str, Fields], reading: Reading) -> list[Item]:
    wanted = point_ids(entity.fields)
    held = [point for point in wanted if point in points]
    reading.document = entity.name
    if not held:
        item = LOT_ITEM.apply(entity.fields, reading, id=entity.key, lot=entity.key)
        return [item or Item(id=entity.key, lot=entity.key)]
    if len(held) < len(wanted):
        reading.report("tender/items", "plan_points_missing", f"{len(held)} of {len(wanted)} plan points are held")
    found = []
    for point in held:
        reading.document = f"plan/{point}"
        item_id = f"{entity.key}-{point}"
        item = plans.ITEM.apply(points[point], reading, id=item_id, lot=entity.key)
        found.append(item or Item(id=item_id, lot=entity.key))
    return found


def point_ids(source: Fields) -> list[str]:
    """Give the ids of a lot's plan points, which portals write as integers or texts."""
    nested = [point.get("id") for point in objects(source.get("plans"))]
    return list(dict.fromkeys(filter(None, map(known_id, (*scalars(source.get("point_list")), *nested)))))


def customers(announcement: Entity | None, entities: Sequence[Entity], reading: Reading) -> list[Organization]:
    """Give all who buy: the announcement's customer and the lots'."""
    found: list[Organization | None] = []
    if announcement is not None:
        reading.document = announcement.name
        found.append(reading.attempt(CUSTOMER, announcement.fields))
    for entity in entities:
        reading.document = entity.name
        found.append(reading.attempt(LOT_CUSTOMER, entity.fields))
    return [one for one in found if one is not None]


def more_categories(entities: Sequence[Entity], reading: Reading) -> tuple[str, ...]:
    """Give the further categories of the lots: consulting services."""
    found = [_consulting(entity, reading) for entity in entities]
    return tuple(dict.fromkeys(one for one in found if one))


def _consulting(entity: Entity, reading: Reading) -> str | None:
    reading.document = entity.name
    found: str | None = reading.attempt(CONSULTING, entity.fields)
    return found


def is_gone(entity: Entity) -> bool:
    """Tell whether the portal has deleted a lot."""
    return is_set(entity.fields.get("is_deleted"))
