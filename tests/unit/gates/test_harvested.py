"""The gate on registers: what a portal claims is held against what it claimed before."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from ocds_pipeline.gates.harvested import claimed, register
from ocds_schema import json

LIMITS = {"drop": Decimal("0.005"), "floor": 20}


def task(tmp_path, before: dict[str, int], now: dict[str, int | None]) -> Any:
    listings = [{"listing": name, "total": total} for name, total in now.items()]
    (tmp_path / "coverage.json").write_bytes(json.encode({"lastFull": {"listings": listings}}))
    file = SimpleNamespace(local=tmp_path / "coverage.json")
    return SimpleNamespace(figures={"register": before}, named=lambda _name: file)


@pytest.mark.parametrize(
    ("was", "now", "outcomes"),
    [
        (1_000, 1_000, ["pass"]),
        (1_000, 996, ["pass"]),
        (1_000, 900, ["fail"]),
        (1_000, 0, ["fail"]),
        (19, 0, ["warn"]),
        (0, 50, ["pass"]),
        (1_000, None, []),
    ],
)
def test_a_register_may_not_shrink(tmp_path, was, now, outcomes):
    findings = register(task(tmp_path, {"contract/all": was}, {"contract/all": now}), LIMITS)

    assert [check.outcome for check in findings.checks] == outcomes


def test_a_register_without_an_object_is_claimed_and_an_unsaid_one_is_not(tmp_path):
    assert claimed(task(tmp_path, {}, {"a": 0, "b": None, "c": 5})) == {"a": 0, "c": 5}
