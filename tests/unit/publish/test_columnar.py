"""Cells are settled once for all formats, and a quick reading gives what a careful one does."""

from decimal import Decimal

import pytest

from ocds_schema import json
from publish.columnar import Collector
from publish.detail_tables import LOTS
from publish.living import read_release
from publish.process_tables import PROCESSES
from publish.rows import Process
from tests.support.hostile import FULL
from tests.support.publishing import tender


def batch(table, body):
    collector = Collector(table)
    collector.add(Process.read(json.encode(body), first_release=None))
    return collector.batch()


def test_a_text_longer_than_a_cell_is_cut_in_every_format():
    (title,) = batch(PROCESSES, tender("1", title="ж" * 40_000)).column("title").to_pylist()

    assert len(title) == 32_000
    assert title.endswith("ж […]")


def test_what_no_decimal_can_hold_is_left_out_and_an_exponent_is_written_in_full():
    amounts = [Decimal("1E+40"), Decimal("1E-30"), Decimal("12E+3"), 10**25, Decimal("-1.5"), 0]
    lots = [{"id": n, "status": "x", "value": {"amount": amount}} for n, amount in enumerate(amounts)]
    found = batch(LOTS, tender("1", tender={"id": "1", "title": "x", "lots": lots}))

    assert found.column("value").to_pylist() == [None, None, "12000", None, "-1.5", "0"]
    assert found.column("lot_id").to_pylist() == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "more",
    [{}, {"buyer": {"id": "B"}}, {"parties": [{"id": "B", "roles": ["buyer"]}]}, {"awards": [{"id": "a"}]}],
    ids=["as it is", "buyer without a name", "party without a name", "award that vanished"],
)
def test_a_careful_reading_gives_what_a_quick_one_does(more):
    whole = FULL | more
    # A contract that vanished makes the reading careful, and leaves no trace.
    careful = {**whole, "contracts": [*whole["contracts"], {"id": "gone"}]}

    assert read_release(json.encode(whole)) == read_release(json.encode(careful))
