"""Contracts are told as the same in two processes where they are, however written, and nowhere else."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.sources import person_numbers
from tests.unit.quality.cases import changed

CONTEXT = Context(
    country="KZ",
    currency="KZT",
    as_of=datetime(2026, 11, 22, tzinfo=UTC),
    redact=person_numbers(["kazakhstan"]).redact,
    ocid_prefix="ocds-a1b2c3",
)


def found_again(*contracts):
    """The ocids that are named, of processes with a contract each: an amount, and the ids of suppliers."""
    inspection = Inspection(CONTEXT)
    releases = [
        changed(
            ("ocid", f"ocds-a1b2c3-{at}"),
            ("contracts/0/value/amount", amount),
            ("awards/0/suppliers", [{"id": each} for each in suppliers]),
        )
        for at, (amount, suppliers) in enumerate(contracts)
    ]
    list(inspection.look_through(releases))
    _, issues = inspection.finish()
    return [issue.ocid for issue in issues if issue.rule == "contract_counted_once"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (5, Decimal("5.00")),
        (Decimal("1500.10"), Decimal("1500.1")),
        (10**6, Decimal("1E+6")),
        (0, Decimal("0.00")),
        (Decimal("123456789012345678901234567890.10"), Decimal("123456789012345678901234567890.1")),
    ],
)
def test_an_amount_is_the_same_however_written(one, other):
    assert found_again((one, ["S"]), (other, ["S"])) == ["ocds-a1b2c3-1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (-1, -2),
        (1, -1),
        (1, 2**61),
        (1, 10),
        (Decimal("0.1"), 1),
        (Decimal("123456789012345678901234567890.1"), Decimal("123456789012345678901234567890.2")),
    ],
)
def test_other_amounts_are_of_another_contract(one, other):
    assert found_again((one, ["S"]), (other, ["S"])) == []


def test_suppliers_are_told_apart_whatever_signs_their_ids_have():
    assert found_again((5, ["a\x1fb"]), (5, ["a", "b"]), (5, ["1 b", "a"]), (5, ["11 b1 a"])) == []
    assert found_again((5, ["b", "a"]), (5, ["a", "b"])) == ["ocds-a1b2c3-1"]
