"""What a page says, however it is written."""

import pytest

from extractors.jsf import partial_response
from extractors.markup import breaks_off
from extractors.pages import clean, fold, forms, page_numbers, pairs, read, tables
from tests.support.work import calls


def rows(html, labels=()):
    return [[cell.text for cell in row.cells] for table in tables(html, labels) for row in table.rows]


def said(html, labels=()):
    return {pair.label: pair.value.text for pair in pairs(html, labels)}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("обо\u00adру\u00adдо\u00adвание", "оборудование"),
        ("1\u00a0234\u202f567,00", "1 234 567,00"),
        ("  a\n\t b \ufeff", "a b"),
        ("ҳу\u200bҷҷат", "ҳуҷҷат"),
    ],
)
def test_a_text_is_what_is_shown(written, shown):
    assert clean(written) == shown


def test_labels_are_compared_without_case_colon_and_asterisk():
    assert fold(" Учё\u00adтный\u00a0номер *: ") == "учетный номер"


@pytest.mark.parametrize("head", ["th", "td"])
def test_a_header_may_be_of_plain_cells_and_need_not_be_the_first_row(head):
    html = (
        "<table><tr><td colspan=2>Лоты закупки</td></tr>"
        f"<tr><{head}>Лот</{head}><{head}>Сумма</{head}></tr><tr><td>1</td><td>20</td></tr></table>"
    )
    (table,) = tables(html, ["Лот", "Сумма", "Статус"])

    assert table.headers == ("Лот", "Сумма")
    assert [row.get("Сумма").text for row in table.rows] == ["20"]
    assert table.rows[0].group == "Лоты закупки"


def test_a_row_of_values_that_are_labels_elsewhere_is_no_header():
    html = "<table><tr><th>Вид</th><th>Имя</th></tr><tr><td>Статус</td><td>x</td></tr></table>"

    assert rows(html, ["Вид", "Имя", "Статус"]) == [["Статус", "x"]]


def test_cells_that_do_not_end_end_where_the_next_begins():
    assert rows("<table><tr><th>A<th>B<tr><td>1<td>2<tr><td>3<td>4</table>") == [["1", "2"], ["3", "4"]]


def test_a_header_that_is_repeated_is_no_row():
    html = "<table><tr><th>A</th><th>B</th></tr><tr><td>A</td><td>B</td></tr><tr><td>1</td><td>2</td></tr></table>"

    assert rows(html) == [["1", "2"]]


def test_cells_that_span_rows_and_columns_stand_in_each():
    html = (
        "<table><tr><th>A</th><th>B</th><th>C</th></tr>"
        "<tr><td rowspan=2>1</td><td colspan=2>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
    )

    assert rows(html) == [["1", "2", "2"], ["1", "3", "4"]]


def test_a_cell_has_its_lines_links_and_data():
    html = (
        "<table><tr><th>A</th><th>B</th></tr><tr><td><a href='/x' data-lot-id='7'><div>раз</div><div>ду</div></a></td>"
        "<td><button onclick='show(1, 2)'>Файлы</button><input type=checkbox name=n value=1 checked></td></tr></table>"
    )
    first, second = tables(html)[0].rows[0].cells

    assert first.parts == ("раз", "ду")
    assert (first.links[0].href, dict(first.links[0].data)) == ("/x", {"lot-id": "7"})
    assert second.links[0].onclick == "show(1, 2)"
    assert second.controls[0].value == "1"


def test_a_label_for_small_screens_inside_a_cell_is_not_part_of_its_value():
    html = "<table><tr><th>№</th><th>Имя</th></tr><tr><td><span>№</span>26</td><td><span>Имя</span> x</td></tr></table>"
    row = tables(html)[0].rows[0]

    assert [(label, cell.text) for label, cell in row.labelled] == [("№", "26"), ("Имя", "x")]


def test_rows_that_come_without_their_table_are_read_with_the_labels_in_their_cells():
    html = "<tr data-rk='5'><td><span>№</span>26</td><td><span>Имя</span><span>x</span></td></tr>"
    (row,) = tables(html)[0].rows

    assert row.attributes["data-rk"] == "5"
    assert row.get("имя").text == "x"
    assert tables(html)[0].under(["№", "Имя"]).rows[0].get("№").text == "26"


def test_nested_tables_are_told_apart_and_all_are_given():
    html = "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>x<table><tr><td>y</td></tr></table></td></tr></table>"
    outer, inner = tables(html)

    assert outer.rows[0].cells[1].text == "x"
    assert outer.rows[0].cells[1].tables == (inner,)
    assert inner.rows[0].cells[0].text == "y"


@pytest.mark.parametrize(
    ("html", "form"),
    [
        ("<table><tr><th>Имя</th><td>x</td></tr></table>", "row"),
        ("<table><tr><td>Имя:</td><td>x</td></tr></table>", "row"),
        ("<table><tr><td><b>Имя</b></td><td>x</td></tr></table>", "row"),
        ("<div><label>Имя</label><div><input value='x' readonly></div></div>", "control"),
        ("<p><label for=q>Имя</label></p><p><input id=q value=x></p>", "control"),
        ("<div><label>Имя</label><select><option>y<option selected>x</select></div>", "control"),
        ("<div><label>Имя</label> <span>x</span></div>", "label"),
        ("<p><label>Имя: x</label></p>", "label"),
        ("<div><label>Имя</label><table><tr><td>x</td></tr></table></div>", "label"),
        ("<div><span>Имя</span> <span>x</span></div>", "sibling"),
        ("<p><b>Имя:</b> x<br><b>Другое:</b> y</p>", "bold"),
        ("<dl><dt>Имя</dt><dd>x</dd></dl>", "term"),
    ],
)
def test_a_labelled_value_is_found_in_every_way_of_writing_it(html, form):
    found = [pair for pair in pairs(html) if fold(pair.label) == "имя"]

    assert [(pair.value.text, pair.form) for pair in found] == [("x", form)]


def test_two_labelled_values_in_a_row_are_two():
    assert said("<table><tr><th>A</th><td>1</td><th>B</th><td>2</td></tr></table>") == {"A": "1", "B": "2"}


def test_a_table_with_a_header_gives_no_labelled_values():
    html = "<table><tr><th>A</th><th>B</th></tr><tr><th>1</th><td>2</td></tr></table>"

    assert said(html) == {}


def test_values_know_the_heading_above_them():
    html = "<div><b>Общее</b></div><table><tr><th>A</th><td>1</td></tr></table><h3>Лоты</h3><dl><dt>B<dd>2</dl>"

    assert {pair.label: pair.heading for pair in pairs(html)} == {"A": "Общее", "B": "Лоты"}


def test_forms_are_given_with_their_hidden_fields():
    html = (
        "<form id=f method=POST action='/go'><input type=hidden name='javax.faces.ViewState' value='v1'>"
        "<input name=q value=''><textarea name=t>text</textarea></form>"
    )
    (form,) = forms(html)

    assert (form.action, form.method, form.hidden) == ("/go", "post", {"javax.faces.ViewState": "v1"})
    assert [(each.name, each.value) for each in form.controls][1:] == [("q", ""), ("t", "text")]


def test_what_is_for_programs_is_not_shown():
    page = read("<meta name='csrf' content='k'><script>alert('x')</script><style>a{}</style><!-- y --><p>text</p>")

    assert page.text == "text"
    assert page.metas == {"csrf": "k"}


def test_page_numbers_are_those_of_links():
    links = read("<a href='?page=3&x=1'>3</a><a href='?page=2'>2</a><a href='?page=x'>x</a><a href='http://[bad'>?</a>")

    assert page_numbers(links.links) == (2, 3)


PARTIAL = (
    "<?xml version='1.0' encoding='UTF-8'?><partial-response id='j1'><changes>"
    "<update id='f:table'><![CDATA[<tr><td>a &amp; b</td></tr>]]></update>"
    '<update id="javax.faces.ViewState">e1&amp;s2</update></changes></partial-response>'
)


def test_a_partial_answer_gives_its_pieces_by_id():
    answer = partial_response(PARTIAL)

    assert answer.update("table") == "<tr><td>a &amp; b</td></tr>"
    assert answer.update("ViewState") == "e1&s2"
    assert answer.errors == ()
    assert answer.update("other") is None


def test_a_partial_answer_says_what_went_wrong():
    error = (
        "<partial-response><error><error-name>class javax.faces.ViewExpired</error-name>"
        "<error-message><![CDATA[view x]]></error-message></error>"
        "<redirect url='/home?a=1&amp;b=2'/></partial-response>"
    )
    answer = partial_response(error)

    assert answer.errors == ("class javax.faces.ViewExpired", "view x")
    assert answer.redirect == "/home?a=1&b=2"


def test_what_is_no_partial_answer_is_said_to_be_none():
    with pytest.raises(ValueError, match="partial-response"):
        partial_response("<html><body>login</body></html>")


@pytest.mark.parametrize(
    ("html", "is_cut"),
    [("<table><tr><td>1", True), ("<table><table></table>", True), ("<TABLE></TABLE>", False), ("<p>x", False)],
)
def test_a_table_that_does_not_end_breaks_off(html, is_cut):
    assert breaks_off(html) == is_cut


HOSTILE = {
    "deep": "<div>",
    "deep tables": "<table><tr><td>",
    "formatting": "<p><font color={}>x",
    "ends that end nothing": "<div><table><td></div></table>",
    "half a tag": "<",
    "comments": "<!--",
    "wide": "<table><tr><td colspan=99999 rowspan=99999>x",
    "lists": "<ul><li>",
    "quotes": '<a href="',
    "labels": "<label>a",
    "labels and bold": "<b>a</b><label>b</label>",
    "siblings": "<span><span>a</span><span>",
    "rows": "<tr><td rowspan=60>x",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_takes_work_by_its_length_only(piece):
    assert work(piece, 1600) < 6 * work(piece, 400)


def work(piece, times):
    html = "".join(piece.replace("{}", str(number)) for number in range(times))
    return calls(lambda: read(html))


def test_a_tag_with_very_many_attributes_is_cut():
    html = "<p " + " ".join(f"a{number}=1" for number in range(60_000)) + ">text</p>"

    assert read(html).text == "text"
    assert calls(lambda: read(html)) < 60_000


def test_a_cell_that_says_only_its_header_is_empty_where_the_others_repeat_theirs():
    head = "<tr><th>Имя</th><th>Форма</th></tr>"
    small = f"<table>{head}<tr><td><span>Имя</span>Барс</td><td><span>Форма</span></td></tr></table>"
    plain = f"<table>{head}<tr><td>Барс</td><td>Форма</td></tr></table>"

    (repeating,), (said,) = read(small).tables[0].rows, read(plain).tables[0].rows

    assert [cell.text for _, cell in repeating.labelled] == ["Барс", ""]
    assert [cell.text for _, cell in said.labelled] == ["Барс", "Форма"]
