"""An announcement's page, the items of its lots, and the protocol of the opening of bids."""

from decimal import Decimal
from html import escape

from sandbox.dice import Dice
from sandbox.kyrgyzstan import texts
from sandbox.kyrgyzstan.case import Case, Lot
from sandbox.kyrgyzstan.faces import Ids
from sandbox.kyrgyzstan.markup import Cell, Sheet, submit, widget
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import Key

_GOODS = ("number_sign", "lot_title", "lot_amount", "lot_address", "lot_condition", "lot_condition", "lot_period")
_WORKS = ("number_sign", "lot_title", "lot_amount", "lot_work_address", "lot_work_period", "lot_schedule")
_ITEM = ("item_class", "item_unit", "item_quantity", "item_specification", "item_file")
_SECURITY = ("security_amount", "security_form", "tax_date", "tax_status", "social_fund_date", "social_fund_status")
_PARTICIPANT = ("number_sign", "protocol_participant", "protocol_lots", "protocol_currency", *_SECURITY)


def is_goods(case: Case) -> bool:
    """Whether the lots are of goods: those of works and services have other columns."""
    return case.life.category == 0


def content(view: View, sheet: Sheet, ids: Ids, key: Key) -> str:
    """The page of an announcement, without its forms."""
    case = view.case(key.case)
    return (
        sheet.block("general", sheet.pairs(_general(view, sheet, key)))
        + sheet.block("organization", sheet.pairs(_organization(case)))
        + sheet.block("lots", _lots(sheet, ids, case))
        + sheet.block("payments", _payments(view, sheet, key))
        + sheet.block("conditions", sheet.pairs(_conditions(view, key)))
        + sheet.block("qualifications", _qualifications(view, sheet, key))
        + sheet.block("documents", _documents(view, sheet, ids, key))
    )


def _general(view: View, sheet: Sheet, key: Key) -> list[Cell]:
    case, found = view.case(key.case), view.world.announcement(key)
    dice = Dice(view.seed, "general", key.case)
    status = view.status(key)
    shown = texts.statuses()[status][sheet.language]
    pairs = [
        ("number", view.number(key)),
        ("title", escape(case.title_of(key.slot))),
        ("format", texts.FORMATS["twopackage" if found.packages else "standard"]),
        ("method", texts.methods()[case.life.method][sheet.language]),
        ("category", texts.CATEGORIES[case.life.category][sheet.language == "en"]),
        ("planned_amount", sheet.amount(case.amount)),
        ("published", sheet.long_time(view.world.at(key))),
        ("deadline", sheet.long_time(view.deadline(key, found))),
        ("bid_validity", str(dice.pick((30, 45, 60, 90)))),
        ("currency", "KGS"),
        ("bid_security", dice.pick(texts.SECURITIES)),
        ("status", '<b class="red">Отменён</b>' if status == 5 and sheet.language == "ru" else shown),
    ]
    if dice.chance(300):
        pairs.append(("bid_security_validity", str(dice.pick((60, 75, 120)))))
    if case.life.method in {6, 15}:
        pairs.append(("rationale", dice.pick(texts.RATIONALES)))
    if found.repeats:
        pairs.append(("previous_number", view.number(Key("order", key.case, key.slot - 1))))
    return pairs


def _organization(case: Case) -> list[Cell]:
    buyer = case.buyer
    return [
        ("organization", escape(buyer.name)),
        ("address", escape(f"{buyer.place['short_ru']}, {buyer.street}")),
        ("phone", buyer.phone),
    ]


def _lots(sheet: Sheet, ids: Ids, case: Case) -> str:
    goods = is_goods(case)
    table, names = (ids.lots, _GOODS) if goods else (ids.works, _WORKS)
    rows = "".join(_lot_row(sheet, index, _lot(sheet, lot, goods=goods)) for index, lot in enumerate(case.lots))
    head = sheet.head(names).replace("</tr>", '<th class="ui-row-toggler"></th></tr>')
    return (
        f'<div id="{table}" class="ui-datatable ui-widget"><table role="grid">{head}'
        f'<tbody id="{table}_data" class="ui-datatable-data ui-widget-content">\n{rows}</tbody></table></div>\n'
        + widget(table, "expansion:true,rowExpandMode:'multiple'")
    )


def _lot(sheet: Sheet, lot: Lot, *, goods: bool) -> list[Cell]:
    first = [("number_sign", lot.number), ("lot_title", escape(lot.title)), ("lot_amount", sheet.amount(lot.amount))]
    if not goods:
        rest = [("lot_work_address", escape(lot.address)), ("lot_work_period", escape(lot.period))]
        return [*first, *rest, ("lot_schedule", "согласно приложению")]
    terms = [("lot_condition", f"{lot.incoterms} (Инкотермс 2010)"), ("lot_condition", "доставка до склада")]
    return [*first, ("lot_address", escape(lot.address)), *terms, ("lot_period", escape(lot.period))]


def _lot_row(sheet: Sheet, index: int, cells: list[Cell]) -> str:
    shown = sheet.disguise.columns([(name, text) for name, text in cells if sheet.shows(name)])
    written = "".join(
        f'<td role="gridcell"><span class="label">{escape(sheet.label(name))}</span>'
        f'<span class="bold">{text}</span></td>'
        for name, text in shown
    )
    toggler = '<td role="gridcell"><div class="ui-row-toggler ui-icon ui-icon-circle-triangle-e"></div></td>'
    return f'<tr data-ri="{index}" class="ui-widget-content" role="row">{written}{toggler}</tr>\n'


def _payments(view: View, sheet: Sheet, key: Key) -> str:
    dice = Dice(view.seed, "payments", key.case)
    advance = dice.pick((0, 0, 20, 30))
    values = {"advance": advance, "after_shipment": 0, "after_acceptance": 100 - advance}
    lines = [(sheet.label(name), f"{value} %") for name, value in values.items() if sheet.shows(name)]
    if sheet.shows("due_date"):
        lines.append((sheet.label("due_date"), f"{dice.between(5, 30)} банковских дней"))
    rows = "".join(f"<tr><td>{escape(label)}</td><td>{value}</td></tr>" for label, value in lines)
    return f'<table class="display-table"><tbody>{rows}</tbody></table>\n'


def _conditions(view: View, key: Key) -> list[Cell]:
    dice = Dice(view.seed, "conditions", key.case)
    return [
        ("late_delivery_rate", dice.pick(("0,1 %", "0.05 %"))),
        ("late_delivery_limit", "5 %"),
        ("late_payment_rate", "0,1 %"),
        ("late_payment_limit", "5 %"),
        ("guarantee_percent", dice.pick(("Не предусмотрено", "3 %", "10 %"))),
        ("insurance", dice.pick(("Нет", "Да"))),
        ("technical_control", "Нет"),
        ("dispute_resolution", dice.pick(("Суд", "Третейский суд"))),
    ]


def _qualifications(view: View, sheet: Sheet, key: Key) -> str:
    count = Dice(view.seed, "qualifications", key.case).between(1, len(texts.QUALIFICATIONS))
    rows = [
        {"number_sign": str(place), "qualification": name, "requirement": wanted}
        for place, (name, wanted) in enumerate(texts.QUALIFICATIONS[:count], 1)
    ]
    return sheet.table(("number_sign", "qualification", "requirement"), rows)


def _documents(view: View, sheet: Sheet, ids: Ids, key: Key) -> str:
    number = view.world.id(key)
    links = [f'<a href="/popp/download?docId={number * 3 + 1}">Конкурсная документация.pdf</a>']
    if view.is_listed(key):
        links.append(submit(ids.view_form, ids.contest, sheet.label("protocol")))
    if view.status(key) == 5:
        reason = Dice(view.seed, "reason", key.case).pick(("Отсутствие финансирования", "Изменение потребности"))
        label = escape(sheet.label("cancel_reason"))
        links.append(f'<table class="display-table"><tbody><tr><td>{label}</td><td>{reason}</td></tr></tbody></table>')
    return "<br/>\n".join(links) + "\n"


def items(view: View, sheet: Sheet, key: Key, index: int) -> str:
    """What opens below the row of a lot."""
    case = view.case(key.case)
    lot = case.lots[index]
    rows = [
        {
            "item_class": escape(f"{item.item['code']} : {item.item['name_ru']}"),
            "item_unit": item.item["unit_ru"],
            "item_quantity": str(item.quantity).replace(".", "," if sheet.language == "ru" else "."),
            "item_specification": escape(item.specification),
            "item_file": f'<a href="/popp/download?docId={view.world.id(key) * 3 + 2}">Спецификация.docx</a>',
        }
        for item in lot.items
    ]
    line = f"{2210 + index % 5} {escape(lot.items[0].item['name_ru'])}"
    return (
        '<tr class="ui-expanded-row-content ui-widget-content"><td colspan="8">'
        f'<p>{escape(sheet.label("plan_line"))}: <span class="extendtext">{line}</span></p>\n'
        f"{sheet.table(_ITEM, rows)}</td></tr>"
    )


def protocol(view: View, sheet: Sheet, key: Key) -> str:
    """The protocol: who bids, for which lots, at which prices; these are masked until bids are opened."""
    case, found = view.case(key.case), view.world.announcement(key)
    opened = view.is_opened(key)
    bidders = case.bidders(key.slot)
    rows = "".join(
        sheet.row(_participant(view, sheet, key, bidder, masked=not opened), index=bidder) for bidder in bidders
    )
    head = [("number", view.number(key)), ("title", escape(case.title_of(key.slot)))]
    if opened:
        head.append(("opened", f"{view.deadline(key, found):%d.%m.%Y %H:%M}"))
    return sheet.block("general", sheet.pairs(head)) + (
        f'<div id="submissions" class="ui-datatable ui-widget"><table role="grid">{sheet.head(_PARTICIPANT)}'
        f'<tbody id="submissions_data" class="ui-datatable-data ui-widget-content">\n'
        f"{rows or sheet.empty(len(_PARTICIPANT))}</tbody></table></div>\n"
    )


def _participant(view: View, sheet: Sheet, key: Key, bidder: int, *, masked: bool) -> list[Cell]:
    case, found = view.case(key.case), view.world.announcement(key)
    dice = Dice(view.seed, "participant", key.case, key.slot, bidder)
    day = f"{view.deadline(key, found):%d.%m.%Y}"
    lots = [
        {
            "protocol_lot": escape(f"{case.lots[lot].number} : {case.lots[lot].title}"),
            "protocol_price": "xxxx" if masked else sheet.amount(case.bid(key.slot, bidder, lot)),
        }
        for lot in case.lots_of(key.slot, bidder)
    ]
    return [
        ("number_sign", str(bidder + 1)),
        ("protocol_participant", escape(case.bidder(key.slot, bidder).name)),
        ("protocol_lots", sheet.table(("protocol_lot", "protocol_price"), lots)),
        ("protocol_currency", "KGS"),
        ("security_amount", "xxxx" if masked else sheet.amount(Decimal(dice.between(0, 40) * 1000))),
        ("security_form", dice.pick(("Декларация", "Банковская гарантия", ""))),
        ("tax_date", day),
        ("tax_status", dice.pick(("Нет задолженности", "Есть задолженность"))),
        ("social_fund_date", day),
        ("social_fund_status", "Нет задолженности"),
    ]
