"""Pages in another dress say the same."""

import re

import httpx
import pytest

from sandbox.disguise import Disguise
from sandbox.server import running
from tests.support.kyrgyz_desk import LISTS, Desk, amount, pairs_of, rows_of, table_of

PAGE = '<div class="a b" id="main"><label for="main">x</label><a href="#main">y</a><input name="main" id="kept"></div>'


def test_classes_and_ids_are_renamed_alike_everywhere_and_names_are_not() -> None:
    dressed = Disguise(seed=2).dress(PAGE, ["kept"])
    (number,) = set(re.findall(r'(?:id="|for="|href="#)(x\w+)"', dressed))

    assert dressed.count(number) == 3
    assert "main" not in dressed.replace('name="main"', "")
    assert 'id="kept"' in dressed
    assert Disguise().dress(PAGE) == PAGE
    assert Disguise(seed=3).dress(PAGE) != dressed


@pytest.mark.parametrize("count", range(2, 12))
def test_columns_are_moved_the_same_way_in_every_row_and_never_stay(count: int) -> None:
    head, row = list(range(count)), [str(place) for place in range(count)]
    moved = Disguise(seed=7).columns(head)

    assert moved != head
    assert sorted(moved) == head
    assert Disguise(seed=7).columns(row) == [str(place) for place in moved]


def test_a_disguised_portal_shows_the_same_rows_and_works_the_same() -> None:
    plain, dressed = Desk(processes=60), Desk(processes=60, disguise=4)
    rows = plain.walk("order")

    assert dressed.walk("order") == rows
    assert list(dressed.walk("order")[0]) != list(rows[0])
    page = dressed.page(LISTS["order"])
    assert "j_idt" not in page.replace("j_idt2", "")
    assert "ui-" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not table_of(page).endswith("table")


def test_a_labelled_value_is_left_out_everywhere() -> None:
    desk = Desk(processes=60, omit="Планируемая сумма")
    row = desk.walk("order")[0]

    assert "Планируемая сумма" not in row
    assert "Планируемая сумма" not in pairs_of(desk.order(row["rk"]))
    assert len(row) == 9


def test_a_strange_page_is_answered_where_it_was_wished_for() -> None:
    with running("kyrgyzstan", processes=20, strange="/popp/view/order/list") as found:
        strange = httpx.get(f"{found.base_url}/popp/view/order/list.xhtml")
        other = httpx.get(f"{found.base_url}/popp/view/order/winners.xhtml")

    assert strange.status_code == 200
    assert "<table" not in strange.text
    assert rows_of(other.text)
    assert amount("1\u00a0234,50") == amount("1234.50")
