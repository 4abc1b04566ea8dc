"""How Tajikistan's portal is asked, page by page, and what of each page follows."""

from datetime import UTC, date, datetime

import pytest

from extractors.base import GoneError, ShapeError, Window
from extractors.tajikistan import PORTAL, listings
from extractors.tajikistan.links import links
from extractors.tajikistan.portal import wall_clock
from tests.support import tajik_pages as pages

NUMBER = "418900"
WINDOW = Window(first=datetime(2026, 10, 20, 19, 0, tzinfo=UTC), until=datetime(2026, 10, 30, 19, 0, tzinfo=UTC))


def the_list(window=None):
    return next(iter(PORTAL.listings(window)))


def list_page(*starts, page=1, pages_in_all=3):
    rows = [
        pages.ROW
        | {
            "Дата начала приема заявок": start,
            "Название объявления": f'<a href="/ru/announce/index/{7 + number}">x</a>',
        }
        for number, start in enumerate(starts)
    ]
    return pages.html(pages.table(*rows) + pages.pager("/ru/searchanno?", page, pages_in_all))


def follow(listing, html):
    page = listing.page(html)
    return {each.kind: each for fields in page.objects for each in listing.follow(fields)}, page


def test_the_list_is_asked_for_page_by_page():
    assert the_list().request("").path == "/ru/searchanno"
    assert the_list().request("2").path == "/ru/searchanno?page=2"
    assert the_list().request("").accept == "html"
    assert PORTAL.probes() == (the_list().request(""),)


def test_everything_is_read_to_the_last_page():
    assert the_list().page(list_page("2020-01-01 09:00:00")).following == "2"
    assert not the_list().page(list_page("2020-01-01 09:00:00", page=3)).more


@pytest.mark.parametrize(
    ("starts", "following"),
    [
        (["2026-10-22 09:00:00", "2026-10-21 00:00:00"], "2"),
        (["2026-10-20 09:00:00", "2026-10-21 00:00:00"], "2"),
        (["2026-10-20 23:59:59", "2026-10-01 09:00:00"], ""),
        (["", "2026-10-01 09:00:00"], "2"),
        (["скоро", "2026-10-01 09:00:00"], "2"),
    ],
)
def test_a_window_ends_with_a_page_that_lies_before_it_as_a_whole(starts, following):
    assert the_list(WINDOW).page(list_page(*starts)).following == following


def test_a_full_page_without_any_links_to_others_is_not_taken_for_the_last():
    full = [f"2026-10-{day} 09:00:00" for day in range(10, 20)]
    rows = list_page(*full).split("<ul>", maxsplit=1)[0]

    assert (the_list().page(rows).more, the_list().page(rows).following) == (True, "")
    assert not the_list().page(list_page(*full, page=3)).more
    assert not the_list().page(list_page(*full[1:], pages_in_all=0)).more


def test_a_window_is_told_by_the_clock_of_dushanbe():
    assert wall_clock(WINDOW.first) == "2026-10-21 00:00:00"
    assert the_list(WINDOW).name == "searchanno since 2026-10-21T00:00:00"


def test_the_list_in_tajik_is_read_where_its_headers_are_tajik():
    tajik = list(PORTAL.listings(None))[1]
    row = {
        "№": "1",
        "Ташкилкунанда": "МД «Мактаб»",
        "Номи эълон": '<a href="/tg/announce/index/418900">Мизу курсӣ</a>',
        "Ҳолат": "Эълон шуд",
    }
    page = tajik.page(pages.html(pages.table(row)))

    assert tajik.request("").path == "/tg/searchanno"
    assert tajik.optional
    assert page.objects[0]["title"] == "Мизу курсӣ"
    assert tajik.follow(page.objects[0]) == ()
    assert tajik.page(list_page("2026-10-22 09:00:00")).objects == []
    assert not tajik.page(list_page("2026-10-22 09:00:00")).more


def test_a_row_is_followed_by_its_announcement_and_that_by_its_tabs():
    found, _ = follow(the_list(), list_page("2026-10-22 09:00:00"))
    announcement = found["announcement"]
    tabs, _ = follow(announcement, pages.announcement(pages.general()))

    assert announcement.request("").path == "/ru/announce/index/7"
    assert {kind: tab.request("").path for kind, tab in tabs.items()} == {
        "lot": "/ru/announce/index/7?tab=lots",
        "clarifications": "/ru/announce/index/7?tab=documents",
        "protocols": "/ru/announce/index/7?tab=protocols",
    }
    assert tabs["lot"].request("2").path == "/ru/announce/index/7?tab=lots&page=2"


def test_a_page_without_tabs_is_asked_for_them_by_the_names_that_are_usual():
    tabs, _ = follow(listings.announcement(NUMBER), pages.announcement(pages.general(), tabs={}))

    assert sorted(tabs) == ["clarifications", "lot", "protocols"]


def test_a_tab_with_documents_is_followed_by_their_files():
    tabs, _ = follow(
        listings.announcement(NUMBER), pages.announcement(pages.general(), tabs={"Документация": "documents"})
    )
    row = {
        "Наименование документа": "Спецификация",
        "Требование": "к лоту",
        "": f'<button onclick="actionModalShowFiles({NUMBER}, 1608);">Перейти</button>',
    }
    files, _ = follow(tabs["documents"], pages.announcement(pages.table(row, row)))
    file = {"Номер лота": "1", "Документ": '<a href="/files/download_file/5/">ТС.pdf</a>', "Дата создания": "x"}

    assert files["files"].request("").path == f"/ru/announce/actionAjaxModalShowFiles/{NUMBER}/1608"
    assert files["files"].instead().request("").path == f"/announce/actionAjaxModalShowFiles/{NUMBER}/1608"
    assert files["files"].instead().instead() is None
    assert files["files"].page(pages.table(file)).objects[0]["files"][0]["file"]["title"] == "ТС.pdf"
    assert files["files"].key({}) == f"{NUMBER}/1608"


def lots():
    tabs, _ = follow(listings.announcement(NUMBER), pages.announcement(pages.general()))
    return tabs["lot"]


def test_the_window_of_a_lot_is_asked_for_in_several_ways():
    windows, _ = follow(lots(), pages.announcement(pages.table(pages.LOT_B)))
    window = windows["lot_window"]
    post, get = window.request(""), window.instead().request("")

    assert (post.path, post.form) == (f"/ru/announce/ajax_load_lot/{NUMBER}?tab=lots", (("id", "911001"),))
    assert (get.path, get.form) == (f"/ru/announce/ajax_load_lot/{NUMBER}/911001", None)
    assert window.instead().instead() is None
    assert window.key({}) == f"{NUMBER}/911001"


def test_the_address_that_a_button_has_is_tried_first():
    link = '<a href="/ru/union_lot/show_lot_detail/418900/911001">911001</a>'
    windows, _ = follow(lots(), pages.announcement(pages.table(pages.LOT_B | {"№ лота": link})))

    assert windows["lot_window"].request("").path == "/ru/union_lot/show_lot_detail/418900/911001"
    assert windows["lot_window"].instead().request("").form == (("id", "911001"),)


def test_a_guard_against_forgery_goes_with_what_is_posted_and_is_not_shown():
    html = pages.announcement(pages.table(pages.LOT_A)).replace(
        "<head>", '<head><meta name="ci_csrf_token" content="guard-17">'
    )
    windows, page = follow(lots(), html)
    post = windows["lot_window"].request("", page.session)

    assert post.form == (("id", "911001"), ("ci_csrf_token", "guard-17"))
    assert "guard-17" not in repr(post)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_window_that_breaks_off_is_none(cut):
    windows, _ = follow(lots(), pages.announcement(pages.table(pages.LOT_B)))
    whole = pages.labelled(pages.WINDOW)

    with pytest.raises(ShapeError):
        windows["lot_window"].page(whole[: int(len(whole) * cut)])


def test_a_lot_without_a_button_has_no_window_and_is_known_by_its_number():
    html = pages.announcement(pages.table(pages.LOT_B | {"№ лота": "14-А"}))
    windows, page = follow(lots(), html)

    assert windows == {}
    assert lots().key(page.objects[0]) == f"{NUMBER}/no 14-А"
    assert lots().key({}) is None


def test_an_announcement_that_is_asked_for_again_has_its_row_read_too():
    (again,) = PORTAL.revisits()
    followers, _ = follow(again.listing(NUMBER), pages.announcement(pages.general()))
    row = followers["notice"]
    others = list_page("2026-10-22 09:00:00").replace("/index/7", f"/index/{NUMBER}")

    assert again.kind == "announcement"
    assert row.request("").path == "/ru/searchanno?numberAnno=418900-1&filter_anno=Y"
    assert [each["id"] for each in row.page(others).objects] == [NUMBER]
    assert row.page(list_page("2026-10-22 09:00:00")).objects == []
    assert row.page(pages.html("<p>Ничего не найдено</p>")).objects == []


def test_no_page_of_another_shape_is_taken_for_one_of_ours():
    strange = pages.html('<div id="root"></div>')
    for listing in (the_list(), listings.announcement(NUMBER), lots()):
        with pytest.raises(ShapeError):
            listing.page(strange)


@pytest.mark.parametrize(
    ("kind", "fields", "process"),
    [
        ("notice", {"id": "418900"}, "announcement:418900"),
        ("notice_tg", {"id": "0418900"}, "announcement:418900"),
        ("announcement", {"id": "418900"}, "announcement:418900"),
        ("lot", {"announcement_id": "418900", "lot_id": "5"}, "announcement:418900"),
        ("files", {"announcement_id": "418900"}, "announcement:418900"),
        ("notice", {"title": "x"}, None),
        ("notice", {"id": 418900}, None),
        ("notice", [], None),
        ("other", {"id": "418900"}, None),
    ],
)
def test_all_of_an_announcement_is_one_process(kind, fields, process):
    assert links(kind, "html", fields).process == process


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("Опубликовано", True),
        ("", True),
        (None, True),
        ("Завершено", False),
        ("ОТМЕНЕНО ", False),
        ("Анҷом ёфт", False),
    ],
)
def test_an_announcement_is_open_until_it_ends(status, is_open):
    assert links("announcement", "html", {"id": "1", "status": status}).open == is_open
    assert not links("notice", "html", {"id": "1", "status": status}).open


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"start": "2026-10-05 09:00:00"}, date(2026, 10, 5)),
        ({"start": "2026-02-31 09:00:00"}, None),
        ({"start": "скоро"}, None),
        ({}, None),
        ("x", None),
    ],
)
def test_rows_are_counted_by_the_day_on_which_acceptance_begins(fields, day):
    (listed,) = PORTAL.listed()

    assert listed.day(fields) == day
    assert listed.number is None


@pytest.mark.parametrize("words", ["Страница не найдена", "Объявление было удалено", "Эълон ёфт нашуд"])
def test_a_page_that_says_that_it_was_removed_is_told_from_another_one(words):
    listing = listings.announcement(NUMBER)

    with pytest.raises(GoneError, match=words):
        listing.page(pages.html(f"<h1>{words}</h1>"))
    with pytest.raises(ShapeError):
        listing.page(pages.html("<h1>Добро пожаловать</h1>"))
    with pytest.raises(ShapeError):
        the_list().page(pages.html(f"<h1>{words}</h1>"))


def test_a_tab_that_the_page_links_to_and_that_is_gone_keeps_the_announcement_open():
    listing = listings.announcement(NUMBER)
    fields = {
        "id": NUMBER,
        "status": "Завершено",
        "tabs": {"lots": "lots", "general": "general"},
        "missing": ["amount"],
    }

    lacking = listing.lacking(fields, ["lot", "protocols"])

    assert lacking["missing"] == ["amount", "page/lot"]
    assert not links("announcement", "html", fields).open
    assert links("announcement", "html", lacking).open
    assert listing.lacking(fields | {"tabs": {}}, ["lot"]) == fields | {"tabs": {}}


def test_an_announcement_is_as_old_as_what_it_tells_of():
    announced = links("announcement", "html", {"id": "7", "published": "2026-10-02 14:21:09"})
    row = links("notice", "html", {"id": "7", "start": "2026-10-05 09:00:00"})

    assert (announced.day, row.day) == (date(2026, 10, 2), date(2026, 10, 5))
    assert links("announcement", "html", {"id": "7", "published": "2026-02-31 00:00:00"}).day is None
