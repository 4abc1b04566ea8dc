"""The legacy portal's stand-in: sessions, view states, made-up ids, pieces of pages."""

import re

import pytest

from sandbox.exchange import Asked
from sandbox.kyrgyzstan.services import Kyrgyzstan
from sandbox.portal import Options
from tests.support.kyrgyz_desk import (
    LISTS,
    STATE,
    Desk,
    action_of,
    amount,
    form_of,
    lots_of,
    pairs_of,
    rows_of,
    table_of,
    table_rows,
    update,
)

VIEW = "/popp/view/order/view.xhtml"
NO_ROWS = "Не найдено ни одной записи."


@pytest.fixture(scope="module")
def services() -> Kyrgyzstan:
    return Kyrgyzstan(Options(processes=400, seed=3))


@pytest.fixture
def desk(services: Kyrgyzstan) -> Desk:
    return Desk(services=services)


@pytest.mark.parametrize(("kind", "size"), [("order", 10), ("winner", 10), ("single", 50), ("supplier", 50)])
def test_a_page_holds_so_many_rows_and_tells_how_many_there_are(kind: str, size: int, desk: Desk) -> None:
    html = desk.page(LISTS[kind])
    total = int(re.search(r"rowCount:(\d+)", html)[1])

    assert len(rows_of(html)) == min(size, total)
    assert len(desk.walk(kind)) == total


@pytest.mark.parametrize("kind", LISTS)
def test_turning_pages_gives_every_row_once_in_any_size(kind: str, desk: Desk) -> None:
    tens, all_at_once = desk.walk(kind, 10), desk.walk(kind, 1000)

    assert tens == all_at_once
    assert len({tuple(row.items()) for row in tens}) == len(tens)


def test_past_the_end_there_is_one_row_that_says_so(desk: Desk) -> None:
    html = desk.page(LISTS["order"])

    assert NO_ROWS in update(desk.turn("order", html, 100_000, 10))


def test_a_row_has_its_labels_hidden_in_its_cells(desk: Desk) -> None:
    row = desk.walk("order")[0]

    assert list(row)[1:] == [
        "№",
        "Наименование организации",
        "Вид закупок",
        "Наименование закупки",
        "Открыть в новой вкладке",
        "Метод закупок",
        "Планируемая сумма",
        "Дата опубликования",
        "Срок подачи конкурсных заявок",
    ]
    assert row["№"][6:] == row["rk"]


def test_without_the_cookie_labels_are_english_and_some_untranslated(services: Kyrgyzstan) -> None:
    desk = Desk(services=services, language="")
    row = desk.walk("order")[0]

    assert {"Name of company", "???openInNewTab???", "Planned amount"} <= set(row)
    assert re.fullmatch(r"[\d,]+\.\d\d", row["Planned amount"])


def test_some_rows_leave_their_cells_unclosed(desk: Desk) -> None:
    rows = re.findall(r"<tr data-ri.*?</tr>", desk.page(LISTS["order"]), re.DOTALL)

    assert {row.count("</td>") for row in rows} == {0, 9}


def test_ids_change_between_starts_and_between_days(services: Kyrgyzstan) -> None:
    del services
    options = Options(processes=20)
    first, second = Kyrgyzstan(options), Kyrgyzstan(options)
    pages = [Desk(services=one).page(LISTS["order"]) for one in (first, second)]
    first.advance(1)
    pages.append(Desk(services=first).page(LISTS["order"]))

    assert all(re.fullmatch(r"j_idt\d+:j_idt\d+:table", table_of(page)) for page in pages)
    assert len({form_of(page)[STATE] for page in pages}) == 3


def test_a_view_state_is_good_in_its_own_session_and_for_its_own_page_only(services: Kyrgyzstan) -> None:
    one, other = Desk(services=services), Desk(services=services)
    html = one.page(LISTS["order"])
    other.page(LISTS["order"])

    assert "ViewExpiredException" in other.turn("order", html, 10, 10)
    assert "ViewExpiredException" in one.turn("winner", html, 10, 10)
    assert "ViewExpiredException" not in one.turn("order", html, 10, 10)


def test_an_expired_session_answers_forms_with_an_error_and_pages_with_a_new_session(desk: Desk) -> None:
    html = desk.page(LISTS["order"])
    before = desk.cookies["JSESSIONID"]
    form = form_of(html) | {"javax.faces.partial.ajax": "true"}
    expired = desk.send(LISTS["order"], form, disorder="expired_session").body.decode()

    assert "<error-name>class javax.faces.application.ViewExpiredException</error-name>" in expired
    assert "ViewExpiredException" in desk.page(LISTS["order"], form_of(html))
    desk.page(LISTS["order"])
    assert desk.cookies["JSESSIONID"] != before


def test_a_session_ends_after_many_requests_and_when_the_day_changes(desk: Desk) -> None:
    html = desk.page(LISTS["order"])
    for _ in range(520):
        last = desk.turn("order", html, 0, 1)
    assert "ViewExpired" in last

    other = Desk(processes=20)
    html = other.page(LISTS["order"])
    other.services.advance(1)
    assert "ViewExpired" in other.turn("order", html, 0, 10)


def test_an_announcement_begins_a_conversation_that_a_lost_session_takes_along(desk: Desk) -> None:
    number = desk.walk("order")[0]["rk"]
    reply = desk.send(f"{VIEW}?id={number}")
    location = dict(reply.headers)["Location"]

    assert (reply.status, bool(re.fullmatch(rf"{re.escape(VIEW)}\?cid=\d+", location))) == (302, True)
    assert number in desk.page(location)
    desk.cookies["JSESSIONID"] = "gone"
    assert "NonexistentConversation" in desk.page(location)


def test_without_a_cookie_the_session_goes_along_in_the_address(services: Kyrgyzstan) -> None:
    number = Desk(services=services).walk("order")[0]["rk"]
    location = dict(services.respond(Asked.of("GET", f"{VIEW}?id={number}")).headers)["Location"]

    assert ";jsessionid=" in location
    assert number in services.respond(Asked.of("GET", location)).body.decode()


def test_an_unknown_announcement_is_not_there(desk: Desk) -> None:
    assert "Страница не найдена" in desk.page(f"{VIEW}?id=1")
    assert desk.send("/popp/view/nothing.xhtml").status == 404


def test_lots_of_goods_and_of_works_have_different_columns(desk: Desk) -> None:
    columns = {}
    for row in desk.walk("order"):
        if row["Вид закупок"] not in columns:
            columns[row["Вид закупок"]] = set(lots_of(desk.order(row["rk"]))[0])

    assert {"Адрес и Место поставки", "Условие поставки", "Сроки поставки товара"} <= columns["Товары"]
    assert {"Адрес и Место работ / услуг", "Срок выполнения работ"} <= columns["Работы"] & columns["Услуги"]


def test_a_lots_items_open_below_its_row_and_another_tables_do_not(desk: Desk) -> None:
    html = desk.order(desk.walk("order")[0]["rk"])
    items = desk.items(html, 0)

    assert all(re.match(r"\d{8,9}-\d : ", item["Класс ОКГЗ"]) for item in items)
    assert set(items[0]) == {"Класс ОКГЗ", "Единица измерения", "Количество", "Спецификация", "Файл"}
    beyond = {"javax.faces.source": table_of(html), f"{table_of(html)}_rowExpansion": "true"}
    beyond |= {f"{table_of(html)}_expandedRowIndex": "99"}
    assert "<tr" not in desk.ajax(action_of(html), beyond | form_of(html))


def test_prices_are_masked_until_bids_are_opened(desk: Desk) -> None:
    masked, opened = set(), set()
    for row in desk.walk("order"):
        html = desk.order(row["rk"])
        if "Протокол вскрытия</a>" not in html:
            continue
        protocol = desk.press(html, "Протокол вскрытия")
        found = re.findall(r"<td>(?:xxxx|[\d\xa0,]+)</td>", protocol)
        (opened if "Дата вскрытия" in protocol else masked).update(found)

    assert masked == {"<td>xxxx</td>"}
    assert "<td>xxxx</td>" not in opened
    assert opened


def test_a_contract_without_notice_opens_from_its_number(desk: Desk) -> None:
    html = desk.page(LISTS["single"])
    row = rows_of(html)[0]
    button = re.search(r"\{'([^']+:0:[^']+)':", html)[1]
    page = desk.page(LISTS["single"], form_of(html) | {button: button})
    said = dict(re.findall(r'label-group">([^<]+)</span><div class="col-4 report-head">([^<]+)<', page))

    assert (said["Номер контракта"], said["Закупающая организация"]) == (
        row["Номер контракта"],
        row["Закупающая организация"].replace('"', "&quot;"),
    )
    assert amount(said["Сумма контракта"]) == sum(amount(item["Сумма"]) for item in table_rows(page))


def test_cancelled_announcements_say_so_and_why(desk: Desk) -> None:
    pages = [desk.order(row["rk"]) for row in desk.walk("order")[:120]]
    cancelled = [page for page in pages if pairs_of(page)["Статус"] == "Отменён"]

    assert cancelled
    assert all("Причина отмены" in page for page in cancelled)


def test_what_a_request_asks_for_does_not_hang_on_sessions_and_made_up_ids() -> None:
    lines: list[list[bytes]] = []
    for _ in range(2):
        desk = Desk(processes=60)
        seen: list[bytes] = []
        respond = desk.services.respond

        def note(asked: Asked, desk=desk, seen=seen, respond=respond):
            seen.append(desk.services.essence(asked))
            return respond(asked)

        desk.services.respond = note
        rows = desk.walk("order", 10)
        html = desk.order(rows[0]["rk"])
        desk.items(html, 0)
        lines.append(seen)

    assert lines[0] == lines[1]
    assert lines[0].count(b"") == 1
    assert len(set(lines[0])) == len(lines[0])
