from datetime import datetime

import pytest

from extractors.base import SessionExpiredError, ShapeError, Window
from extractors.kyrgyzstan import lists
from extractors.kyrgyzstan.values import ZONE
from ocds_schema.errors import PortalUnavailableError
from tests.support import kyrgyz_pages as pages

TABLE = "j_idt82:j_idt83:table"
WINDOW = Window(first=datetime(2026, 9, 17, tzinfo=ZONE), until=datetime(2026, 9, 18, tzinfo=ZONE))


def order(key="58694861", published="17.09.2026 12:33", **changes):
    columns = {
        "№": f"260917{key}",
        "Наименование организации": "Школа № 5",
        "Вид закупок": "Товары",
        "Наименование закупки": '<span class="nameTender">Бумага</span>',
        "": f'<a href="view.xhtml?id={key}"><i class="fa"></i></a>',
        "Метод закупок": "Одноэтапный",
        "Планируемая сумма": "1&nbsp;234 567",
        "Дата опубликования": published,
        "Срок подачи конкурсных заявок": "22.09.2026 14:20",
    }
    return columns | changes


def asked(listing, columns, position="", **facts):
    """Open a list and ask for a piece of it."""
    session = listing.session(pages.list_page(columns, **facts))
    return listing.request(position, session)


def told(listing, rows, columns=None, table=TABLE, **facts):
    """Give what a list makes of a piece with some rows."""
    asked(listing, columns or order(), **facts)
    return listing.page(pages.partial(table, rows))


def test_a_piece_is_asked_for_with_the_ids_and_the_state_of_the_page():
    request = asked(lists.orders(None), order(), position="20")
    form = dict(request.form)

    assert request.path == "/popp/view/order/list.xhtml?cid=7"
    assert request.portal == "legacy"
    assert dict(request.headers)["Faces-Request"] == "partial/ajax"
    assert dict(request.cookies) == {"zakupki_locale": "ru"}
    assert form["javax.faces.source"] == form["javax.faces.partial.render"] == TABLE
    assert (form[f"{TABLE}_first"], form[f"{TABLE}_rows"], form[f"{TABLE}_pagination"]) == ("20", "10", "true")
    assert form["j_idt82"] == "j_idt82"
    assert form["j_idt82:search"] == ""
    assert form[f"{TABLE}_rppDD"] == "10"
    assert form["javax.faces.ViewState"] == pages.STATE
    assert "j_idt82:find" not in form


def test_a_row_of_the_orders_has_a_name_for_each_value():
    page = told(lists.orders(None), [pages.row(order())])
    (fields,) = page.objects

    assert fields == {
        "id": "58694861",
        "number": "26091758694861",
        "organization": "Школа № 5",
        "category": "Товары",
        "title": "Бумага",
        "method": "Одноэтапный",
        "planned_amount": "1 234 567",
        "published": "17.09.2026 12:33",
        "deadline": "22.09.2026 14:20",
        "language": "ru",
    }
    assert (page.more, page.following, page.total) == (True, "1", 3)
    assert page.session["table"] == TABLE


@pytest.mark.parametrize("text", ["Протокол вскрытия", ""])
def test_a_row_says_the_same_once_its_protocol_is_opened(text):
    deadline = f'22.09.2026 14:20 <a href="#" onclick="go()">{text}</a>'
    (fields,) = told(lists.orders(None), [pages.row(order(**{"Срок подачи конкурсных заявок": deadline}))]).objects

    assert fields == told(lists.orders(None), [pages.row(order())]).objects[0]


def test_an_order_whose_link_is_gone_is_known_by_its_row():
    columns = order()
    del columns[""]
    (fields,) = told(lists.orders(None), [pages.row(columns, key="77")]).objects

    assert fields["id"] == "77"


def test_rows_with_cells_left_open_are_read():
    rows = [pages.row(order(key), closed=False) for key in ("58694861", "58694862")]

    assert [fields["id"] for fields in told(lists.orders(None), rows).objects] == ["58694861", "58694862"]


def test_the_list_ends_where_its_rows_do():
    listing = lists.orders(None)
    asked(listing, order(), position="2", total=3)
    last = listing.page(pages.partial(TABLE, [pages.row(order())]))
    asked(listing, order(), position="3", total=None)
    past = listing.page(pages.partial(TABLE, [pages.empty_row()]))

    assert (last.more, last.total) == (False, 3)
    assert (past.objects, past.more, past.total) == ([], False, None)


def test_the_number_of_rows_may_come_with_a_piece():
    listing = lists.orders(None)
    asked(listing, order(), total=None)
    extension = '<extension ln="primefaces" type="args">{"totalRecords":41}</extension>'

    assert listing.page(pages.partial(TABLE, [pages.row(order())], extension)).total == 41


@pytest.mark.parametrize(("published", "more"), [("17.09.2026 00:00", True), ("16.09.2026 23:59", False), ("", True)])
def test_a_window_s_list_goes_on_until_a_page_is_older(published, more):
    page = told(lists.orders(WINDOW), [pages.row(order(published=published))])

    assert (page.more, page.total) == (more, None)


def test_a_page_whose_times_rise_says_nothing_of_the_next():
    rows = [pages.row(order("58694861", "01.09.2026 10:00")), pages.row(order("58694862", "02.09.2026 10:00"))]

    assert told(lists.orders(WINDOW), rows).more is True


def test_only_orders_of_the_window_are_followed_to_their_pages():
    listing = lists.orders(WINDOW)
    new, old = told(listing, [pages.row(order("58694861")), pages.row(order("58694862", "01.09.2026 10:00"))]).objects

    assert [each.order for each in listing.follow(new)] == ["58694861"]
    assert listing.follow(old) == ()


def test_a_conversation_that_is_over_is_opened_again():
    listing = lists.orders(None)
    asked(listing, order())

    with pytest.raises(SessionExpiredError):
        listing.page(pages.expired())
    with pytest.raises(SessionExpiredError):
        listing.page(pages.list_page(order()))
    with pytest.raises(SessionExpiredError):
        listing.page(
            '<?xml version="1.0"?><partial-response><redirect url="/popp/home.xhtml"></redirect></partial-response>'
        )


def test_a_failure_of_the_server_may_pass():
    listing = lists.orders(None)
    asked(listing, order())
    failed = pages.expired().replace("javax.faces.application.ViewExpiredException", "java.lang.NullPointerException")

    with pytest.raises(PortalUnavailableError, match="NullPointerException"):
        listing.page(failed.replace("could not be restored", "nothing"))


@pytest.mark.parametrize(
    "html",
    ["<html><body><div id='root'></div></body></html>", "<html><body><table><tr><td>1</td></tr></table></body></html>"],
)
def test_a_wholly_different_page_is_no_list(html):
    with pytest.raises(ShapeError, match="a table with"):
        lists.orders(None).session(html)


def test_rows_without_any_label_that_we_know_are_no_rows():
    listing = lists.orders(None)
    asked(listing, order())

    with pytest.raises(ShapeError, match="without any label"):
        listing.page(pages.partial(TABLE, [pages.row({"Луна": "1", "Солнце": "2"})]))


def test_rows_that_do_not_repeat_the_labels_are_read_under_the_head_of_the_page():
    columns = {
        "ИНН организации": "00207199610017",
        "Наименование организации": "Ошский университет",
        "Организационно-правовая форма": "Учреждение",
        "Статус": "Активный",
        "Дата регистрации": "01.02.2015",
    }
    listing = lists.entities()
    asked(listing, columns, form="form", table="table")
    (fields,) = listing.page(pages.partial("table", [pages.row(columns, labels=False)])).objects

    assert fields == {
        "inn": "00207199610017",
        "name": "Ошский университет",
        "legal_form": "Учреждение",
        "status": "Активный",
        "registered": "01.02.2015",
        "language": "ru",
    }
    assert listing.key(fields) == "00207199610017"


def test_a_contract_of_several_lots_keeps_what_it_says_of_each():
    columns = {
        "№": "1",
        "Номер объявления": "26081958694861",
        "Наименование закупки": "Бумага",
        "Наименования победителя": "ОсОО «Барс»",
        "Номер лота": "L001-01<br/><br/>L002-01",
        "Планируемая сумма лота": "80 000<br/>121 180",
        "Цена предложенная участником": "79 000<br/>120 000",
        "Цена контракта": "79 000<br/>120 000",
        "Номер контракта": "б/н",
        "Дата подписания контракта": "2026-09-30",
    }
    listing = lists.winners(None)
    asked(listing, columns, form="form", table="table")
    (fields,) = listing.page(pages.partial("table", [pages.row(columns)])).objects

    assert fields["lot_numbers"] == ["L001-01", "L002-01"]
    assert fields["planned_amounts"] == ["80 000", "121 180"]
    assert fields["signed"] == "2026-09-30"
    assert listing.key(fields) == "26081958694861/б/н/L001-01 L002-01"
    assert "serial" not in fields


PRESSED = "'form',{'form:table:0:j_idt86':'x'}"
CONTRACT = {
    "№": "1",
    "Номер контракта": f'<a href="#" onclick="PrimeFaces.addSubmitParam({PRESSED})">ЗК-7</a>',
    "Закупающая организация": "Школа № 5",
    "Поставщик(Подрядчик)": "ОсОО «Барс»",
    "Тип": "Форс-мажор",
    "Дата подписания контракта": "17.09.2026",
}
CONTRACT_PAGE = """<html><body><div class="data-container">
<div class="row"><span class="label">Тип</span><div class="col-4">Форс-мажор</div></div>
<div class="row"><span class="label">Номер контракта</span><div class="col-4">{number}</div></div>
<div class="row"><span class="label">Поставщик(Подрядчик)</span>
<div class="col-4">00203201510181 : ОсОО «Барс»</div></div>
<div class="row"><span class="label">Дата подписания контракта</span><div class="col-4">17.09.2026</div></div></div>
<table><thead><tr><th>Класс ОКГЗ</th><th>Единица измерения</th><th>Количество</th><th>Цена за единицу</th>
<th>Сумма</th></tr></thead>
<tbody><tr><td>30197630-1 : Бумага</td><td>Пачка</td><td>2</td><td>50</td><td>100</td></tr></tbody></table>
<table><thead><tr><th>№</th><th>Дата начала</th><th>Дата окончания</th><th>Тип оплаты</th></tr></thead>
<tbody><tr><td>1</td><td>01.10.2026</td><td>02.10.2026</td><td>Аванс</td></tr></tbody></table></body></html>"""


def the_contract():
    listing = lists.single_source(None)
    asked(listing, CONTRACT, form="form", table="form:table")
    page = listing.page(pages.partial("form:table", [pages.row(CONTRACT, key="9001")]))
    return listing, page


def test_a_contract_without_announcement_is_opened_by_pressing_its_number():
    listing, page = the_contract()
    (fields,) = page.objects
    (contract,) = listing.follow(fields)
    request = contract.request("", page.session)
    (read,) = contract.page(CONTRACT_PAGE.format(number="ЗК-7")).objects

    assert fields["id"] == "9001"
    assert fields["supplier"] == "ОсОО «Барс»"
    assert dict(request.form)["form:table:0:j_idt86"] == "x"
    assert request.accept == "html"
    assert read["supplier_inn"] == "00203201510181"
    assert read["supplier"] == "ОсОО «Барс»"
    assert read["items"] == [
        {"code": "30197630-1", "name": "Бумага", "unit": "Пачка", "quantity": "2", "unit_price": "50", "amount": "100"}
    ]
    assert read["payments"] == [{"start": "01.10.2026", "end": "02.10.2026", "payment_type": "Аванс"}]
    assert contract.key(read) == "9001"
    assert contract.kind == "single_source_contract"


def test_another_contract_than_the_one_pressed_is_not_taken():
    listing, page = the_contract()
    (contract,) = listing.follow(page.objects[0])

    assert contract.page(CONTRACT_PAGE.format(number="ЗК-8")).objects == []


def test_a_page_of_the_portal_that_is_no_contract_leaves_the_contract_wanting():
    listing, page = the_contract()
    (contract,) = listing.follow(page.objects[0])
    wanting = contract.page(pages.list_page(CONTRACT))

    assert (wanting.objects, wanting.total) == ([], 1)
    with pytest.raises(ShapeError, match="a contract is due"):
        contract.page("<html><body>Технические работы</body></html>")


def test_a_list_that_is_only_supposed_may_be_another_one():
    listing = lists.centralized(None)
    session = listing.session(pages.list_page({"Луна": "1", "Солнце": "2"}))
    request = listing.request("", session)
    (fields,) = listing.page(pages.list_page({"Луна": "1", "Солнце": "2"})).objects

    assert request.path == "/popp/view/order/centralized_procurement.xhtml"
    assert listing.key(fields) is None
    with pytest.raises(ShapeError):
        listing.session("<html><body>Технические работы</body></html>")


@pytest.mark.parametrize("seed", range(6))
def test_other_ids_classes_and_columns_change_nothing(seed):
    plain = told(lists.orders(None), [pages.row(order())]).objects
    columns = pages.moved(order(), seed)
    listing = lists.orders(None)
    session = listing.session(pages.in_another_dress(pages.list_page(columns), seed))
    request = listing.request("", session)
    piece = pages.in_another_dress(pages.partial(TABLE, [pages.row(columns)]), seed)

    assert session["table"] != TABLE
    assert dict(request.form)["javax.faces.source"] == session["table"]
    assert listing.page(piece).objects == plain


@pytest.mark.parametrize("body", [f"{TABLE}_body7", "x81"])
@pytest.mark.parametrize("box", [f'id="{TABLE}" ', ""])
def test_the_table_is_found_whatever_its_body_is_called(body, box):
    html = pages.list_page(order()).replace(f'id="{TABLE}_data"', f'id="{body}"')
    html = html.replace(f'<div id="{TABLE}" ', f"<div {box}").replace('<form id="j_idt82" ', "<form ")

    assert lists.orders(None).session(html)["table"] == TABLE


def test_a_table_that_nothing_names_cannot_be_asked_for_pages():
    html = pages.list_page(order()).replace(f'<tbody id="{TABLE}_data"', "<tbody")

    with pytest.raises(ShapeError, match="no id"):
        lists.orders(None).session(html)
