"""Traces: values that know their origin are equal to plain ones, and are written alike."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ocds_schema.model import Contract, Money, Organization, Process, Text
from ocds_schema.paths import leaves
from tests.support.countries import context, new_reading
from transformers.codes import parse_table
from transformers.rules import code, number, text
from transformers.state import build_state, write_process
from transformers.tracing import Origin, Place, Trace, carry, origin_of

ORIGIN = Origin(rule=number("sum"), place=Place(kind="contract", key="1"))
PROCESS = Process(
    buyer=Organization(
        id="KZ-BIN-1", scheme="KZ-BIN", number="1", name=Text(main="Школа", translations=(("kk", "М"),))
    ),
    contracts=(
        Contract(
            id="1",
            award="a",
            signed=datetime(2026, 1, 2, tzinfo=UTC),
            value=Money(amount=Decimal("10.50"), currency="KZT", net=Decimal(0), tax_included=False),
        ),
    ),
)


@pytest.mark.parametrize("value", ["x", Decimal("1.10"), 5, True, datetime(2026, 1, 2, tzinfo=UTC)])
def test_a_carried_value_is_equal_and_knows_its_origin(value):
    carried = carry(value, ORIGIN)

    assert carried == value
    assert hash(carried) == hash(value)
    assert origin_of(carried) is ORIGIN
    assert origin_of(value) is None


def test_the_first_origin_stays():
    other = Origin(rule=text("name"), place=None)

    assert origin_of(carry(carry("x", ORIGIN), other)) is ORIGIN


def test_a_carried_process_is_written_as_the_plain_one_is_and_each_value_knows_its_origin():
    source = context("kazakhstan").source
    plain = build_state(PROCESS, source.language, source.person_numbers).content
    written, _ = write_process(carry(PROCESS, ORIGIN), source.language)

    assert written == plain
    without = {steps for steps, value in leaves(written).items() if origin_of(value) is None}
    assert without == {("language",), ("parties", "[id=KZ-BIN-1]", "roles")}


def test_replacing_a_field_keeps_the_origins_of_the_others():
    contract = carry(PROCESS.contracts[0], ORIGIN)

    assert origin_of(replace(contract, title=Text(main="t")).value.amount) is ORIGIN


def test_a_rule_leaves_its_trace_only_where_there_is_one():
    rule = number("sum")

    assert origin_of(new_reading("kazakhstan").attempt(rule, {"sum": 5})) is None
    traced = replace(new_reading("kazakhstan"), trace=Trace())
    found = origin_of(traced.attempt(rule, {"sum": 5}))
    assert found is not None
    assert found.rule is rule


def test_the_row_of_a_code_table_is_known_by_its_own_text():
    table = parse_table("t.csv", "source_code,source_label,ocds_code,note\n1,one,active,\n2,two,active,\n")
    traced = replace(new_reading("kazakhstan"), trace=Trace(tables=[table]))
    found = origin_of(traced.attempt(code("status", table), {"status": 2}))

    assert found is not None
    assert found.row is table.row(2)
