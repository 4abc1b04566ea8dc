"""The page of a contract without a notice."""

from datetime import timedelta
from html import escape

from sandbox.kyrgyzstan.lists import contract_number, contract_type
from sandbox.kyrgyzstan.markup import Cell, Sheet
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import Key

_ITEMS = ("item_class", "item_unit", "item_quantity", "item_price", "item_amount", "item_specification")
_BRANDED = (*_ITEMS[:-1], "item_brand", "item_origin", "item_specification")
_SCHEDULE = ("number_sign", "start_date", "end_date", "lot_address", "lot_condition", "documents")
_PAYMENTS = ("number_sign", "start_date", "end_date", "payment_type", "payment_condition", "documents")


def content(view: View, sheet: Sheet, key: Key) -> str:
    """The page of a contract: what it says, its items, when goods are delivered and paid."""
    return (
        sheet.block("contract", _said(sheet, _head(view, sheet, key)))
        + f'<span id="product-info">{_items(view, sheet, key)}</span>\n'
        + _part(sheet, "schedule-info", "schedule", _schedule(view, sheet, key))
        + _part(sheet, "delivery-info", "payment_schedule", _payments(view, sheet, key))
    )


def _part(sheet: Sheet, part: str, title: str, content: str) -> str:
    return f'<span id="{part}"><h3>{escape(sheet.label(title))}</h3>{content}</span>\n'


def _said(sheet: Sheet, values: list[Cell]) -> str:
    shown = sheet.disguise.columns([(name, value) for name, value in values if sheet.shows(name)])
    return "".join(
        f'<div class="row"><span class="label label-group">{escape(sheet.label(name))}</span>'
        f'<div class="col-4 report-head">{value}</div></div>\n'
        for name, value in shown
    )


def _head(view: View, sheet: Sheet, key: Key) -> list[Cell]:
    case = view.case(key.case)
    seller = case.seller()
    return [
        ("type", contract_type(view, key)),
        ("organization", escape(case.buyer.name)),
        ("supplier", escape(f"{seller.inn} : {seller.name}")),
        ("contract_number", escape(contract_number(view, key))),
        ("signed", f"{view.signed(key):%Y-%m-%d}"),
        ("contract_amount", sheet.amount(case.amount)),
        ("rationale", contract_type(view, key)),
    ]


def _items(view: View, sheet: Sheet, key: Key) -> str:
    case = view.case(key.case)
    branded = key.case % 2 == 0
    rows = [
        {
            "item_class": escape(f"{item.item['code']} : {item.item['name_ru']}"),
            "item_unit": item.item["unit_ru"],
            "item_quantity": str(item.quantity).replace(".", "," if sheet.language == "ru" else "."),
            "item_price": sheet.amount(item.price),
            "item_amount": sheet.amount(item.amount),
            "item_brand": "б/н",
            "item_origin": "Кыргызская Республика",
            "item_specification": escape(item.specification),
        }
        for lot in case.lots
        for item in lot.items
    ]
    return sheet.table(_BRANDED if branded else _ITEMS, rows)


def _schedule(view: View, sheet: Sheet, key: Key) -> str:
    case, signed = view.case(key.case), view.signed(key)
    rows = [
        {
            "number_sign": str(place),
            "start_date": f"{signed:%d.%m.%Y}",
            "end_date": f"{signed + timedelta(days=30 * place):%d.%m.%Y}",
            "lot_address": escape(lot.address),
            "lot_condition": lot.incoterms,
            "documents": "",
        }
        for place, lot in enumerate(case.lots[:2], 1)
    ]
    return sheet.table(_SCHEDULE, rows)


def _payments(view: View, sheet: Sheet, key: Key) -> str:
    signed = view.signed(key)
    row = {
        "number_sign": "1",
        "start_date": f"{signed:%d.%m.%Y}",
        "end_date": f"{signed + timedelta(days=20):%d.%m.%Y}",
        "payment_type": "После приемки",
        "payment_condition": "по акту",
        "documents": f'<a href="/popp/download?docId={view.world.id(key)}">Договор.pdf</a>',
    }
    return sheet.table(_PAYMENTS, [row])
