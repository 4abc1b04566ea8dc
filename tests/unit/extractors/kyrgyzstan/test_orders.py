from datetime import date

import pytest

from extractors.base import GoneError, SessionExpiredError, ShapeError
from extractors.kyrgyzstan.links import links
from extractors.kyrgyzstan.orders import OrderItems, OrdersAgain, Protocol, order_page
from tests.support import kyrgyz_pages as pages

VALUES = {
    "Номер": "26081958694861",
    "Наименование закупки": "Бумага для принтера",
    "Формат закупок": "Стандартный",
    "Метод закупок": "Одноэтапный",
    "Планируемая сумма": "1&nbsp;234 567",
    "Валюта конкурсной заявки": "KGS",
    "Дата публикации": "19 августа 2026 10:05",
    "Срок подачи конкурсных заявок": "26 августа 2026 14:00",
    "Срок действия конкурсных заявок": "30",
    "Официальное информационное письмо по банковскому реквизиту": '<a href="/popp/file?id=9">письмо.pdf</a>',
    "Статус": '<span class="red">Отменён</span>',
}
BUYER = {"Наименование организации": "Школа № 5", "Фактический адрес": "Бишкек, ул. Фрунзе 1", "Рабочий телефон": "0"}
LOT = (
    ("№", "L001-01"),
    ("Наименование лота", "Бумага А4"),
    ("Сумма", "1 234 567"),
    ("Адрес и Место поставки", "Бишкек"),
    ("Условие поставки", "DDP (Доставлено, пошлина оплачена)"),
    ("Условие поставки", "По заявке"),
    ("Сроки поставки товара", "10 дней"),
)


def the_page(**changes):
    return pages.order_page(VALUES, BUYER, [LOT], requirements=[("Опыт", "не менее года")], **changes)


def the_order(html):
    page = order_page("58694861", with_items=True).page(html)
    (fields,) = page.objects
    return fields, page


def test_every_labelled_value_of_an_order_has_its_name():
    fields, _ = the_order(the_page())

    assert fields["id"] == "58694861"
    assert fields["number"] == "26081958694861"
    assert fields["title"] == "Бумага для принтера"
    assert fields["planned_amount"] == "1 234 567"
    assert fields["published"] == "19 августа 2026 10:05"
    assert fields["status"] == "Отменён"
    assert fields["organization"] == "Школа № 5"
    assert fields["buyer"] == {"address": "Бишкек, ул. Фрунзе 1", "phone": "0"}
    assert fields["documents"] == [{"title": "письмо.pdf", "url": "/popp/file?id=9"}]
    assert fields["qualifications"] == [{"qualification": "Опыт", "requirement": "не менее года"}]
    assert fields["language"] == "ru"
    assert "unread" not in fields
    assert "missing" not in fields


def test_of_two_terms_of_delivery_the_one_that_begins_with_an_incoterm_is_it():
    fields, _ = the_order(the_page())
    (lot,) = fields["lots"]

    assert lot["incoterms"].startswith("DDP")
    assert lot["delivery_condition"] == "По заявке"
    assert lot["number"] == "L001-01"
    assert lot["delivery_period"] == "10 дней"


def test_a_label_that_nobody_knows_is_kept_and_reported():
    fields, _ = the_order(pages.order_page(VALUES | {"Лунная фаза": "растёт"}, BUYER, [LOT]))

    assert fields["unread"] == [{"label": "Лунная фаза", "value": "растёт"}]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Планируемая сумма", "planned_amount"),
        ("Номер", "number"),
        ("Статус", "status"),
        ("Формат закупок", "format"),
        ("Срок действия конкурсных заявок", "bid_validity"),
    ],
)
def test_a_value_that_every_order_has_is_missed(label, name):
    values = {key: value for key, value in VALUES.items() if key != label}
    fields, _ = the_order(pages.order_page(values, BUYER, [LOT]))

    assert fields["missing"] == [name]


def test_a_status_that_no_label_names_is_not_missed():
    values = {"Состояние дел" if key == "Статус" else key: value for key, value in VALUES.items()}
    fields, _ = the_order(pages.order_page(values, BUYER, [LOT]))

    assert fields["status"] == "Отменён"
    assert "missing" not in fields


@pytest.mark.parametrize(
    ("label", "name"), [("Адрес и Место поставки", "delivery_address"), ("Сроки поставки товара", "delivery_period")]
)
def test_where_and_when_a_lot_is_delivered_is_missed(label, name):
    fields, _ = the_order(pages.order_page(VALUES, BUYER, [[pair for pair in LOT if pair[0] != label]]))

    assert fields["missing"] == [f"lots/{name}"]


def test_a_value_that_stands_in_its_label_is_read():
    label = "Размер гарантийного обеспечения конкурсной заявки (ГОКЗ): Декларация"
    fields, _ = the_order(pages.order_page(VALUES | {label: ""}, BUYER, [LOT]))

    assert fields["bid_security"] == "Декларация"


def test_a_label_that_the_portal_did_not_translate_is_known_by_its_key():
    fields, _ = the_order(pages.order_page(VALUES | {"???bidSecurityValidity???": "45"}, BUYER, [LOT]))

    assert fields["bid_security_validity"] == "45"


def test_an_order_is_read_in_english_too():
    english = {
        "Number": "26081958694861",
        "purchase Name": "Paper",
        "Name of company": "School 5",
        "procurement method": "Single-stage bidding",
        "Planned amount": "1,234,567.00",
        "Date of publication": "19 August 2026 10:05",
        "Bids Submission Deadline": "26 August 2026 14:00",
        "Procurement format": "Standard",
        "Bid validity period": "30",
        "Status": "Published",
    }
    lot = [("#", "L001-01"), ("Lot name", "Paper"), ("Sum", "1"), ("Delivery time", "10 days")]
    fields, _ = the_order(pages.order_page(english, {}, [[*lot, ("Address and place of delivery", "Osh")]]))

    assert fields["language"] == "en"
    assert fields["title"] == "Paper"
    assert fields["lots"] == [
        {
            "number": "L001-01",
            "title": "Paper",
            "amount": "1",
            "delivery_period": "10 days",
            "delivery_address": "Osh",
        }
    ]
    assert "missing" not in fields


def test_a_wholly_different_page_is_no_order():
    with pytest.raises(ShapeError, match="an order is due"):
        order_page("1", with_items=True).page("<html><body><h1>Добро пожаловать</h1></body></html>")


@pytest.mark.parametrize("words", ["Страница не найдена", "Объявление было удалено", "Объявление не существует"])
def test_a_page_that_says_that_it_was_removed_is_told_from_another_one(words):
    removed = f"<html><body><h1>Ошибка</h1><p>{words}.</p></body></html>"
    fields, _ = the_order(the_page())
    items, protocol = order_page("58694861", with_items=True).follow(fields)

    with pytest.raises(GoneError, match=words):
        order_page("1", with_items=True).page(removed)
    with pytest.raises(GoneError, match=words):
        protocol.page(removed)
    with pytest.raises(GoneError, match=words):
        items.session(removed)


def test_an_order_whose_title_sounds_as_if_it_was_removed_is_there():
    fields, _ = the_order(pages.order_page(VALUES | {"Наименование закупки": "Страница не найдена"}, BUYER, [LOT]))

    assert fields["title"] == "Страница не найдена"


def test_an_order_that_lacks_pages_stays_open_whatever_its_status():
    listing = order_page("58694861", with_items=True)
    fields, _ = the_order(the_page())
    ended = fields | {"status": "Договоры подписаны"}

    lacking = listing.lacking(ended | {"missing": ["deadline"]}, ["order_items", "protocol", "order_items"])

    assert not links("order", "html", ended).open
    assert lacking["missing"] == ["deadline", "page/order_items", "page/protocol"]
    assert links("order", "html", lacking).open
    assert links("order", "html", lacking).day == date(2026, 8, 19)


def test_a_page_that_says_that_the_conversation_is_over_is_no_page():
    with pytest.raises(SessionExpiredError):
        order_page("1", with_items=True).page("<html><body>javax.faces.application.ViewExpiredException</body></html>")


def test_the_lots_and_the_protocol_are_asked_for_in_the_page_s_conversation():
    fields, page = the_order(the_page())
    items, protocol = order_page("58694861", with_items=True).follow(fields)
    asked = items.request("", page.session)

    assert isinstance(items, OrderItems)
    assert asked.path == "/popp/view/order/view.xhtml?cid=31"
    assert dict(asked.form) == {
        "javax.faces.partial.ajax": "true",
        "javax.faces.source": "j_idt78:lotsTable",
        "javax.faces.partial.execute": "j_idt78:lotsTable",
        "javax.faces.partial.render": "j_idt78:lotsTable",
        "j_idt78:lotsTable": "j_idt78:lotsTable",
        "j_idt78:lotsTable_rowExpansion": "true",
        "j_idt78:lotsTable_expandedRowIndex": "0",
        "j_idt78:lotsTable_skipChildren": "true",
        "j_idt78:lotsTable_encodeFeature": "true",
        "j_idt76": "j_idt76",
        "javax.faces.ViewState": pages.STATE,
    }
    assert isinstance(protocol, Protocol)
    assert dict(protocol.request("", page.session).form) == {
        "j_idt78:contest": "j_idt78:contest",
        "j_idt76": "j_idt76",
        "javax.faces.ViewState": pages.STATE,
    }


def test_an_order_asked_for_again_brings_its_items_where_it_was_changed_or_none_are_held():
    again = OrdersAgain(name="orders again", kind="order", way="html", sweep=60).listing("5")
    fields, _ = the_order(the_page())
    changed, _ = the_order(pages.order_page(VALUES | {"Статус": "Изменен"}, BUYER, [LOT]))

    followed = [again.follow(fields), again.follow(changed)]
    assert [[type(each) for each in listings] for listings in followed] == [[OrderItems, Protocol]] * 2
    assert [listings[0].unless_held for listings in followed] == ["5/L001-01", ""]
    assert order_page("5", with_items=True).follow(fields)[0].unless_held == ""


def test_the_items_of_a_lot_are_read_by_their_headers():
    fields, page = the_order(the_page(protocol=False))
    (items,) = order_page("58694861", with_items=True).follow(fields)
    items.request("", page.session)
    item = {
        "Количество": "12.5",
        "Класс ОКГЗ": "30197630-1 : Бумага для печати",
        "Файл": '<a href="/popp/file?id=4">тз.docx</a>',
        "Единица измерения": "Пачка",
        "Спецификация": "80 г/м²",
    }
    (read,) = items.page(pages.items_piece("j_idt78:lotsTable", [item])).objects

    assert read == {
        "order_id": "58694861",
        "lot_number": "L001-01",
        "language": "ru",
        "items": [
            {
                "code": "30197630-1",
                "name": "Бумага для печати",
                "unit": "Пачка",
                "quantity": "12.5",
                "specification": "80 г/м²",
                "file": {"title": "тз.docx", "url": "/popp/file?id=4"},
            }
        ],
    }
    assert items.key(read) == "58694861/L001-01"


def test_the_bidders_of_a_protocol_come_with_their_prices():
    fields, _ = the_order(the_page())
    protocol = order_page("58694861", with_items=False).follow(fields)[-1]
    columns = ["Наименование участника", "№", "Валюта", "Лоты"]
    prices = [["L001-01 : Бумага А4", "", "1 100 000"], ["L002-01", "KGS", "xxxx"]]
    (read,) = protocol.page(pages.protocol_page([("ОсОО «Барс»", prices)], columns)).objects

    assert protocol.key(read) == "58694861"
    assert read["opened"] == "22.09.2026 14:20"
    assert read["participants"] == [
        {
            "name": "ОсОО «Барс»",
            "currency": "KGS",
            "lots": [
                {"lot_number": "L001-01", "title": "Бумага А4", "price": "1 100 000"},
                {"lot_number": "L002-01", "currency": "KGS", "price": "xxxx"},
            ],
        }
    ]


@pytest.mark.parametrize("seed", range(5))
def test_another_dress_changes_nothing_that_an_order_says(seed):
    plain, _ = the_order(the_page())
    dressed, page = the_order(pages.in_another_dress(the_page(), seed))

    assert dressed == plain
    assert page.session["table"].endswith(":lotsTable")


@pytest.mark.parametrize("seed", range(5))
def test_moving_every_column_changes_nothing_that_an_order_says(seed):
    plain, _ = the_order(the_page())
    moved = pages.order_page(
        pages.moved(VALUES, seed),
        pages.moved(BUYER, seed),
        [tuple(reversed(LOT))],
        requirements=[("Опыт", "не менее года")],
    )
    other, _ = the_order(moved)

    assert other == plain
