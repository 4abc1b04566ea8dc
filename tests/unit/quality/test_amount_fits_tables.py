"""The check on amounts names those whose cells are empty in the tables; control totals count these too."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.registry import registry
from ocds_pipeline.quality.walk import Walker
from ocds_pipeline.sources import person_numbers
from ocds_schema import json
from publish.columnar import Collector
from publish.process_tables import CONTRACTS
from publish.rows import ControlTotals, Process
from tests.support.publishing import tender

CONTEXT = Context(
    country="KZ",
    currency="KZT",
    as_of=datetime(2026, 11, 22, tzinfo=UTC),
    redact=person_numbers(["kazakhstan"]).redact,
    ocid_prefix="ocds-a1b2c3",
)
CHECK = registry()["amount_fits_tables"].check
VALUE = [column.name for column in CONTRACTS.columns].index("value")


@pytest.mark.parametrize(
    ("amount", "fits"),
    [
        (0, True),
        (10**20 - 1, True),
        (10**20, False),
        (-(10**20), False),
        (Decimal("99999999999999999999.123456789012345678"), True),
        (Decimal("0.1234567890123456789"), False),
        (Decimal("1.0000000000000000000"), False),
        (Decimal("1E+19"), True),
        (Decimal("1E+20"), False),
        (Decimal("1E-18"), True),
        (Decimal("1.5E-18"), False),
    ],
    ids=str,
)
def test_an_amount_that_is_counted_and_has_no_cell_is_named(amount, fits):
    release = tender("7", title="Парты")
    release["contracts"] = [{**release["contracts"][0], "value": {"amount": amount, "currency": "KZT"}}]
    line = json.encode(release)
    process = Process.read(line, first_release="2024-03-01T10:00:00+05:00")
    collector, totals = Collector(CONTRACTS), ControlTotals()
    collector.add(process)
    totals.add(process)

    result = CHECK.judge(Walker().walk(json.decode(line)), CONTEXT)

    assert (collector.batch().columns[VALUE].to_pylist()[0] is not None) is fits
    assert [failure.at[1] for failure in result.failures] == ([] if fits else ["amount"])
    (total,) = totals.facts()
    assert Decimal(total["value"]) == amount
