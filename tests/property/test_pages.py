"""A page says the same however its classes, ids and columns are: hypothesis writes pages, we read them."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.pages import clean, read

words = (
    st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюяғӣқӯҳҷ abcxyz0123456789-.,«»№", min_size=1, max_size=24)
    .map(clean)
    .filter(bool)
)
labels = st.lists(words, min_size=2, max_size=8, unique_by=str.casefold)
marks = st.text(alphabet="abcdefghij-_ ", max_size=12)


@st.composite
def tables(draw):
    head = draw(labels)
    rows = draw(st.lists(st.lists(words, min_size=len(head), max_size=len(head)), min_size=1, max_size=5))
    return head, rows


def written(head, rows, order, mark="", *, open_cells=False):
    end = "" if open_cells else "</td>"
    lines = ["".join(f'<th class="{mark}" id="{mark}">{head[place]}</th>' for place in order)]
    lines += ["".join(f'<td class="{mark}"> {row[place]} {end}' for place in order) for row in rows]
    return f'<div class="{mark}"><table id="{mark}">' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></div>"


def said(html, head):
    (table,) = read(html).tables
    return [{label: row.get(label).text for label in head} for row in table.rows]


@settings(max_examples=120, deadline=None)
@given(tables(), st.data(), marks, st.booleans())
def test_shuffled_columns_and_other_classes_and_ids_say_the_same(table, data, mark, open_cells):
    head, rows = table
    order = data.draw(st.permutations(range(len(head))))
    plain = said(written(head, rows, range(len(head))), head)

    assert said(written(head, rows, order, mark, open_cells=open_cells), head) == plain
    assert len(plain) == sum(row != head for row in rows)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(words, words, min_size=1, max_size=8), marks, st.sampled_from(["row", "control", "term"]))
def test_labelled_values_are_found_in_every_dress(values, mark, form):
    write = {
        "row": lambda label, text: (
            f'<table><tr class="{mark}"><th>{label}</th><td id="{mark}">{text}</td></tr></table>'
        ),
        "control": lambda label, text: f'<div class="{mark}"><label>{label}</label><input value="{text}"></div>',
        "term": lambda label, text: f'<dl class="{mark}"><dt>{label}</dt><dd>{text}</dd></dl>',
    }[form]
    found = read("".join(write(label, text) for label, text in values.items())).pairs

    assert [(pair.label, pair.value.text) for pair in found if pair.form == form] == list(values.items())


TAGS = ("table", "tr", "td", "th", "div", "b", "label", "select", "option", "form", "script", "dl", "dt", "dd", "span")
ODD = (
    "<!--",
    "-->",
    "text",
    " ",
    "\u00ad",
    "&nbsp;",
    "<",
    ">",
    '"',
    "<br>",
    "<textarea>",
    "<svg>",
    "<template>",
    "\x00",
)
GIVEN = ("<td colspan=3>", "<td rowspan=2>", "<label for=x>", "<input id=x value=y>", "<a href=/x>", "</a>", "<p>")
pieces = st.sampled_from([*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), *ODD, *GIVEN])


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=60))
def test_any_soup_is_read(soup):
    page = read("".join(soup), ["text"])

    assert all(clean(cell.text) == cell.text for table in page.tables for row in table.rows for cell in row.cells)
    assert not re.search(r"\s\s", page.text)
