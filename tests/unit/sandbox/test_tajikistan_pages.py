"""The pages of Tajikistan's stand-in, as a reader sees them."""

import re
from typing import Any

import httpx
import pytest

from sandbox.exchange import Asked
from sandbox.server import running
from tests.support.tajik_desk import Seen, TajikDesk

LIST = "/ru/searchanno"
COLUMNS = [
    "№",
    "Организатор",
    "Закупающая организация",
    "Название объявления",
    "Метод закупки",
    "Вид предмета закупки",
    "Дата начала приема заявок",
    "Дата окончания приема заявок",
    "Кол-во лотов",
    "Статус",
]
TABS = ["Общие сведения", "Лоты", "Разъяснение положений документации", "Протоколы"]


@pytest.fixture(scope="module")
def desk() -> TajikDesk:
    return TajikDesk(processes=240, seed=3)


def notices(desk: TajikDesk) -> list[Any]:
    return list(desk.services.view.newest_first())


def tab(desk: TajikDesk, notice: Any, name: str, page: int = 1) -> Seen:
    return desk.seen(f"/ru/announce/index/{notice.id}?tab={name}&page={page}")


def lots(desk: TajikDesk, notice: Any) -> list[dict[str, str]]:
    pages = -(-len(notice.lots) // 10)
    return [row for page in range(1, pages + 1) for row in tab(desk, notice, "lots", page).rows("Ед. изм.")]


def test_the_list_has_ten_columns_and_the_newest_notice_first(desk: TajikDesk) -> None:
    (table,) = desk.seen(LIST).tables
    ids = [int(row["id"]) for row in desk.list()]

    assert table[0] == COLUMNS
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(set(ids)) == 240


def test_a_page_beyond_the_last_repeats_the_last(desk: TajikDesk) -> None:
    last, beyond = (desk.seen(f"{LIST}?page={page}").tables for page in (24, 900))

    assert last == beyond
    assert desk.seen(f"{LIST}?page=nonsense").tables == desk.seen(LIST).tables


def test_the_pager_does_not_show_the_last_page_from_afar(desk: TajikDesk) -> None:
    numbers = {int(n) for link in desk.seen(LIST).links for n in re.findall(r"page=(\d+)", link.get("href", ""))}

    assert numbers == {2, 3}


@pytest.mark.parametrize(
    ("query", "column", "test"),
    [
        ("methodz=5", "Метод закупки", lambda text: text == "Запрос ценовых котировок"),
        ("statuses=350", "Статус", lambda text: text == "Завершено"),
        ("purch=2", "Вид предмета закупки", lambda text: text == "Работа"),
        ("date_start=2026-10-01 00:00:00", "Дата начала приема заявок", lambda text: text >= "2026-10-01"),
        ("date_end=2026-07-01 00:00:00", "Дата окончания приема заявок", lambda text: text <= "2026-07-01"),
        ("Uname=водоканал", "Закупающая организация", lambda text: "Водоканал" in text),
        ("binname=центр организации", "Организатор", lambda text: text.startswith("Центр организации")),
        ("years=2026&region_supply=02", "Закупающая организация", lambda text: "Худжанд" in text),
        ("titleAnno=закупка", "Название объявления", lambda text: text.startswith("Закупка")),
    ],
)
def test_a_filter_leaves_the_rows_that_meet_it(query: str, column: str, test: Any, desk: TajikDesk) -> None:
    found = desk.list(f"{query}&filter_anno=Y")

    assert 0 < len(found) < 240
    assert all(test(row[column]) for row in found)


def test_a_notice_is_found_by_its_number(desk: TajikDesk) -> None:
    notice = notices(desk)[9]

    assert [row["id"] for row in desk.list(f"numberAnno={notice.number}")] == [str(notice.id)]
    assert desk.list("numberAnno=none") == []


def test_every_method_and_status_is_met(desk: TajikDesk) -> None:
    rows = desk.list()

    assert len({row["Метод закупки"] for row in rows}) == 11
    assert len({row["Статус"] for row in rows}) == 13
    assert {row["Вид предмета закупки"] for row in rows} == {"Товар", "Работа", "Услуга"}


def test_some_numbers_are_missing_and_some_titles_have_no_tajik(desk: TajikDesk) -> None:
    page = "".join(desk.text(f"{LIST}?page={number}") for number in range(1, 25))
    titles = re.findall(r'<a href="/ru/announce/index/\d+"[^>]*>\s*(.*?)\s*</a>', page, re.DOTALL)

    assert 0 < sum(row["№"] == "" for row in desk.list()) < 24
    assert {title.count("<div>") for title in titles} == {1, 2}
    assert "\u00ad" in page


def test_a_notice_has_a_head_four_tabs_and_its_organisers_address_in_row_seven(desk: TajikDesk) -> None:
    for notice in notices(desk)[:20]:
        seen = desk.seen(f"/ru/announce/index/{notice.id}")
        text = desk.text(f"/ru/announce/index/{notice.id}")

        assert re.findall(r'<li role="presentation".*?><a href="\?tab=\w+">(.*?)</a>', text) == TABS
        assert seen.inputs["Номер объявления"] == notice.number
        assert seen.tables[1][6][0] == "Юр. адрес организатора"
        assert seen.pairs()["Кол-во лотов в объявлении"] == str(len(notice.lots))
        assert text == desk.text(f"/ru/announce/index/{notice.id}?tab=general")


def test_lots_come_in_two_layouts(desk: TajikDesk) -> None:
    heads = {tuple(tab(desk, notice, "lots").tables[1][0]) for notice in notices(desk)}

    assert {head[:2] for head in heads} == {
        ("№ пункта плана", "Наименование пункта плана"),
        ("№ п/п", "№ лота"),
    }
    assert {head[3:6] for head in heads} == {
        ("Дополнительная характеристика", "Кол-во", "Ед. изм."),
        ("Наименование", "Дополнительная характеристика", "Кол-во"),
    }


def test_every_lot_is_shown_once_over_all_pages(desk: TajikDesk) -> None:
    many = [notice for notice in notices(desk) if len(notice.lots) > 10]

    assert many
    assert all(len(lots(desk, notice)) == len(notice.lots) for notice in notices(desk))
    assert tab(desk, many[0], "lots", 99).tables == tab(desk, many[0], "lots", -(-len(many[0].lots) // 10)).tables


def test_some_tables_have_a_plain_head_and_some_leave_cells_open(desk: TajikDesk) -> None:
    pages = [desk.text(f"/ru/announce/index/{notice.id}?tab=lots") for notice in notices(desk)]

    assert {"<th>Ед. изм.</th>" in page for page in pages} == {True, False}
    assert {"</td>" in page.partition("table-responsive")[2] for page in pages} == {True, False}


def test_the_window_of_a_lot_tells_its_cpv_code_in_row_six(desk: TajikDesk) -> None:
    notice = notices(desk)[3]
    (button, *_) = [link for link in tab(desk, notice, "lots").links if "data-lot-id" in link]
    window = desk.seen(f"/ru/announce/ajax_load_lot/{notice.id}?tab=lots", id=button["data-lot-id"])

    assert button["class"] == "btn-select-lot"
    assert window.tables[0][5][0] == "Код CPV"
    assert re.fullmatch(r"\d{8}-\d .+", window.tables[0][5][1])


def test_questions_are_answered_and_protocols_follow(desk: TajikDesk) -> None:
    asked = [row for notice in notices(desk) for row in tab(desk, notice, "documents").rows("Вопрос")]
    made = [row for notice in notices(desk) for row in tab(desk, notice, "protocols").rows("Наименование протокола")]
    offers = [row for notice in notices(desk) for row in tab(desk, notice, "protocols").rows("Цена поставщика")]

    assert {row["Ответ"] == "" for row in asked} == {True, False}
    assert {row["Наименование протокола"] for row in made} == {
        "Протокол вскрытия",
        "Протокол допуска",
        "Протокол итогов",
    }
    assert {row["Результат"] for row in offers} == {"Победитель", "Участник"}


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", "/ru/announce/index/999999999", b""),
        ("GET", "/ru/announce/index/nonsense", b""),
        ("GET", "/ru/contract", b""),
        ("POST", LIST, b""),
        ("POST", "/ru/announce/ajax_load_lot/418000?tab=lots", b"id=1"),
    ],
)
def test_what_is_not_there_is_not_found(method: str, url: str, body: bytes, desk: TajikDesk) -> None:
    assert desk.services.respond(Asked.of(method, url, body=body)).status == 404


def test_another_dress_renames_and_moves_and_says_the_same(desk: TajikDesk) -> None:
    other = TajikDesk(processes=240, seed=3, disguise=5)
    notice = next(each for each in notices(desk) if each.layout == "B")
    url = f"/ru/announce/index/{notice.id}?tab=lots"

    assert other.list() == desk.list()
    assert other.seen(url).rows("Ед. изм.") == desk.seen(url).rows("Ед. изм.")
    assert other.seen(url).tables[1][0] != desk.seen(url).tables[1][0]
    assert "btn-select-lot" not in other.text(url)


def test_a_labelled_value_may_be_left_out(desk: TajikDesk) -> None:
    without = TajikDesk(processes=240, seed=3, omit="Юр. адрес организатора")
    notice = notices(desk)[0]

    whole, less = (each.seen(f"/ru/announce/index/{notice.id}").pairs() for each in (desk, without))
    assert whole.keys() - less.keys() == {"Юр. адрес организатора"}


def test_it_acts_out_faults_of_its_own(desk: TajikDesk) -> None:
    empty = desk.services.respond(Asked.of("GET", LIST, disorder="empty_list")).body.decode()
    login = desk.services.respond(Asked.of("GET", LIST, disorder="expired_session")).body.decode()

    assert Seen(empty).tables == [[COLUMNS]]
    assert Seen(login).tables == []
    assert "Войдите в систему" in login


def test_it_is_served_without_a_token() -> None:
    with running("tajikistan", processes=30, strange="/protocols") as found:
        answer = httpx.get(f"{found.base_url}{LIST}")
        found.advance(2)
        state = httpx.get(f"{found.base_url}/_sandbox/state").json()

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert (state["country"], state["day"]) == ("tajikistan", 2)
