"""What the pages of Tajikistan's portal say, by their labels."""

import csv
from importlib import resources

import pytest

from extractors.base import ShapeError
from extractors.tajikistan import parsers
from tests.support import tajik_pages as pages

NUMBER = "418900"


def read(html):
    return parsers.read_page(html)


def without(values, *labels):
    return {label: value for label, value in values.items() if label not in labels}


def notices(*rows, **how):
    return parsers.notices(read(pages.html(pages.table(*rows, **how))))


def test_a_row_of_the_list_is_named_by_its_headers():
    assert notices(pages.ROW) == [
        {
            "id": NUMBER,
            "number": "418900-1",
            "organizer": "ГУ «Школа-интернат»",
            "purchasing_entity": "ГУ «Школа-интернат»",
            "title": "Мебель для классов",
            "title_tg": "Мизу курсӣ барои синфхонаҳо",
            "procurement_method": "Запрос котировок",
            "subject_type": "Товар",
            "start": "2026-10-05 09:00:00",
            "end": "2026-10-20 10:00:00",
            "number_of_lots": "1",
            "status": "Опубликовано",
        }
    ]


def test_a_list_of_which_no_row_leads_anywhere_is_another_page():
    with pytest.raises(ShapeError, match="links to announcements are due; none of the list's 2 rows has one"):
        notices(*[without(pages.ROW, "Название объявления")] * 2)


@pytest.mark.parametrize("how", [{"plain_head": True}, {"open_cells": True}, {"plain_head": True, "open_cells": True}])
def test_plain_headers_and_open_cells_change_nothing(how):
    assert notices(pages.ROW, **how) == notices(pages.ROW)


def test_the_translation_is_told_by_its_letters_wherever_it_stands():
    turned = pages.ROW | {
        "Название объявления": '<a href="/ru/announce/index/418900"><div>Мизу курсӣ</div><div>Мебель</div></a>'
    }
    assert {name: notices(turned)[0][name] for name in ("title", "title_tg")} == {
        "title": "Мебель",
        "title_tg": "Мизу курсӣ",
    }


def test_two_lines_of_one_language_are_one_name():
    assert notices(pages.ROW | {"Организатор": "ГУ «Школа»<br>г. Гулистон"})[0]["organizer"] == "ГУ «Школа» г. Гулистон"


def test_what_has_no_known_label_is_unread_and_what_is_due_is_missed():
    (row,) = notices(without(pages.ROW, "Статус") | {"Регион": "Согд"})

    assert row["unread"] == [{"label": "Регион", "value": "Согд"}]
    assert row["missing"] == ["status"]


def test_a_row_without_its_link_has_no_id():
    assert "id" not in notices(pages.ROW | {"Название объявления": "Мебель"}, pages.ROW)[0]


@pytest.mark.parametrize(
    "html", ["<p>Войдите в систему</p>", pages.table({"A": "1", "B": "2"}), pages.labelled({"Статус": "x"})]
)
def test_another_page_is_no_list(html):
    with pytest.raises(ShapeError, match="is due"):
        parsers.notices(read(pages.html(html)))


def test_a_list_without_rows_is_none():
    with pytest.raises(ShapeError, match="no rows"):
        notices(dict.fromkeys(pages.ROW, ""))


def test_an_announcement_is_its_head_and_its_general_data():
    body = parsers.announcement(read(pages.announcement(pages.general())), NUMBER)

    assert body == {
        "id": NUMBER,
        "number": "418900-1",
        "title": "Мебель для учебных классов",
        "status": "Опубликовано (прием заявок)",
        "published": "2026-10-02 14:21:09",
        "start": "2026-10-05 09:00:00",
        "end": "2026-10-20 10:00:00",
        "procurement_method": "Запрос котировок",
        "purchase_type": "Первая закупка",
        "subject_type": "Товар",
        "purchasing_entity": "030017745 ГУ «Школа-интернат» г. Гулистон",
        "organizer": "030017745 ГУ «Школа-интернат» г. Гулистон",
        "organizer_address": "г. Гулистон, ул. Айни, д. 4",
        "number_of_lots": "1",
        "amount": "48 600.00",
        "contact_name": "Шарифзода Мадина Нуриддиновна",
        "contact_phone": "221-00-17",
        "contact_email": "m@idora.example.tj",
        "tabs": {"general": "general", "lots": "lots", "clarifications": "documents", "protocols": "protocols"},
    }


@pytest.mark.parametrize("label", pages.HEAD)
def test_a_label_of_the_head_that_is_taken_away_is_missed(label):
    page = pages.announcement(pages.general(), head=without(pages.HEAD, label))

    assert parsers.announcement(read(page), NUMBER)["missing"] == [parsers.LABELS.name("head", label)]


@pytest.mark.parametrize(
    "label",
    [label for label in pages.GENERAL if parsers.LABELS.name("general", label) in parsers.LABELS.must["general"]],
)
def test_a_label_of_the_general_data_that_is_taken_away_is_missed(label):
    page = pages.announcement(pages.general(without(pages.GENERAL, label)))

    assert parsers.announcement(read(page), NUMBER)["missing"] == [parsers.LABELS.name("general", label)]


def test_labels_and_tabs_that_are_not_known_are_unread():
    page = pages.announcement(
        pages.general(pages.GENERAL | {"Источник": "Бюджет"}), tabs=pages.TABS | {"Договоры": "contracts"}
    )

    assert parsers.announcement(read(page), NUMBER)["unread"] == [
        {"label": "Источник", "value": "Бюджет"},
        {"label": "Договоры", "value": "a tab of its own: contracts"},
    ]


def test_a_label_that_says_two_things_keeps_the_first_and_tells_the_other():
    page = pages.announcement(pages.general() + pages.labelled({"Организатор": "другой"}))
    body = parsers.announcement(read(page), NUMBER)

    assert body["organizer"].startswith("030017745")
    assert body["unread"] == [{"label": "Организатор", "value": "другой"}]


def test_the_time_left_is_not_kept_as_it_never_is_the_same():
    left = "<div><label>Оставшееся время</label><div>3 дня, 4 часа</div></div>"
    body = parsers.announcement(read(pages.announcement(left + pages.general())), NUMBER)

    assert "time_left" not in body
    assert "unread" not in body


def test_another_page_is_no_announcement():
    with pytest.raises(ShapeError, match="head of an announcement"):
        parsers.announcement(read(pages.html(pages.general())), NUMBER)
    with pytest.raises(ShapeError, match="head of an announcement"):
        parsers.due_announcement(read(pages.html("<h1>404</h1>")))


def test_lots_of_the_first_layout():
    assert parsers.lots(read(pages.announcement(pages.table(pages.LOT_A))), NUMBER) == [
        {
            "announcement_id": NUMBER,
            "lot_id": "911001",
            "plan_point": "2026-7751",
            "title": "Стол ученический",
            "purchasing_entity": "ГУ «Школа-интернат»",
            "description": "двухместный",
            "quantity": "60",
            "unit": "Штука",
            "amount": "48 600.00",
        }
    ]


def test_lots_of_the_second_layout():
    (lot,) = parsers.lots(read(pages.announcement(pages.table(pages.LOT_B))), NUMBER)

    assert (lot["lot_id"], lot["lot_number"], lot["ordinal"]) == ("911001", "911001-Т1", "1")
    assert (lot["unit_price"], lot["status"]) == ("810.00", "Прием заявок")
    assert "missing" not in lot


def test_a_lot_with_an_address_of_its_own_keeps_it():
    link = '<a href="https://portal.example/ru/union_lot/show_lot_detail/418900/911001">911001-Т1</a>'
    (lot,) = parsers.lots(read(pages.announcement(pages.table(pages.LOT_B | {"№ лота": link}))), NUMBER)

    assert (lot["lot_id"], lot["address"]) == ("911001", "/ru/union_lot/show_lot_detail/418900/911001")


def test_a_lot_that_cannot_be_pressed_has_no_id():
    (lot,) = parsers.lots(read(pages.announcement(pages.table(pages.LOT_B | {"№ лота": "14-А"}))), NUMBER)

    assert "lot_id" not in lot
    assert lot["lot_number"] == "14-А"


def test_a_tab_without_lots_has_none():
    assert parsers.lots(read(pages.announcement("<p>Нет данных</p>")), NUMBER) == []


def test_the_window_of_a_lot_has_its_code():
    body = parsers.window(read(pages.labelled(pages.WINDOW)), NUMBER, "911001")

    assert body["cpv_code"] == "39161100-9 Парты школьные"
    assert body["lot_id"] == "911001"
    assert "missing" not in body
    assert "unread" not in body


@pytest.mark.parametrize("html", ["", "<p>Войдите</p>", pages.labelled({"Логин": "x", "Количество": "1"})])
def test_another_piece_is_no_window(html):
    with pytest.raises(ShapeError, match="window of a lot is due"):
        parsers.window(read(html), NUMBER, "911001")


def test_questions_come_with_their_answers():
    page = read(pages.announcement(pages.table(pages.QUESTION)))

    assert parsers.clarifications(page, NUMBER) == {
        "id": NUMBER,
        "questions": [
            {
                "ordinal": "1",
                "question": "Допускаются ли столы из металла?",
                "asked": "2026-10-07 11:02:40",
                "author": "Олимов Баходур Сафарович",
                "answer": "Да.",
                "answered": "2026-10-08 09:30:00",
            }
        ],
    }


def test_a_tab_without_questions_has_none():
    page = read(pages.announcement("<p>Вопросов нет</p>"))

    assert parsers.clarifications(page, NUMBER) == {"id": NUMBER, "questions": []}


def test_protocols_and_results_are_two_tables():
    page = read(pages.announcement(pages.table(pages.PROTOCOL) + pages.table(pages.RESULT)))
    body = parsers.protocols(page, NUMBER)

    assert body["protocols"][0]["file"] == {"title": "Протокол итогов.pdf", "url": "/files/download_file/5401773/"}
    assert body["results"][0]["supplier_number"] == "110044120"
    assert "unread" not in body


def test_a_table_that_is_none_of_ours_is_not_passed_over():
    page = read(pages.announcement(pages.table(pages.PROTOCOL) + pages.table({"Жалоба": "x", "Решение": "y"})))

    assert parsers.protocols(page, NUMBER)["unread"] == [
        {"label": "Жалоба | Решение", "value": "a table of its own, 1 rows"}
    ]


@pytest.mark.parametrize(
    ("links", "following"),
    [
        (pages.pager("?", 1, 3), "2"),
        (pages.pager("?", 2, 3), "3"),
        (pages.pager("?", 3, 3), ""),
        ("<a>1</a><a href='?page=2'>2</a><a href='?page=2'>&gt;</a>", "2"),
        ("<a href='?page=1'>1</a><b>2</b><a href='?page=3'>3</a>", "3"),
        ("<b>1</b><a href='?page=2'>2</a>", "2"),
        ("<a href='?page=1'>&lt;</a><a href='?page=1'>1</a><a>2</a>", ""),
        ("<a href='/ru'>На главную</a>", ""),
    ],
)
def test_the_next_page_is_the_one_that_links_lead_to(links, following):
    assert parsers.following(read(links)) == following


def test_the_guard_against_forgery_is_found_in_the_head_or_in_a_form():
    assert parsers.token(read(pages.html("", '<meta name="ci_csrf_token" content="k">'))) == "k"
    assert parsers.token(read('<form><input type="hidden" name="ci_csrf_token" value="f"></form>')) == "f"
    assert parsers.token(read("<p>x</p>")) == ""


def test_every_label_says_how_it_is_known():
    text = resources.files("extractors.tajikistan").joinpath("labels.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))

    assert {row["seen"] for row in rows} == {"portal", "sibling", "inferred"}
    assert all(row["ru"] and row["tg"] and row["en"] for row in rows)
    assert len({(row["place"], row["name"]) for row in rows}) == len(rows)
