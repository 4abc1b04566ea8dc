"""The gate on registers: what a portal claims is held against what it claimed before."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from ocds_pipeline.gates.harvested import claimed, register
from ocds_schema import json

LIMITS = {"drop": Decimal("0.005"), "seen": Decimal("0.1"), "floor": 20}


def task(tmp_path, before: dict[str, int], now: dict[str, int | None]) -> Any:
    listings = [{"listing": name, "total": total, "kept": 5, "state": "done"} for name, total in now.items()]
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


@pytest.mark.parametrize(
    ("was", "now", "state", "outcomes"),
    [
        (1_000, 1_010, "done", ["pass"]),
        (1_000, 950, "done", ["pass"]),
        (1_000, 800, "done", ["fail"]),
        (1_000, 0, "done", ["fail"]),
        (30, 15, "done", ["warn"]),
        # What was cut short is a matter of the gate on the crawl.
        (1_000, 800, "limited", []),
    ],
)
def test_a_listing_of_which_the_portal_tells_no_total_is_held_against_what_came_before(
    tmp_path, was, now, state, outcomes
):
    listings = [{"listing": "plans", "total": None, "kept": now, "state": state}]
    (tmp_path / "coverage.json").write_bytes(json.encode({"lastFull": {"listings": listings}}))
    file = SimpleNamespace(local=tmp_path / "coverage.json")
    asked: Any = SimpleNamespace(figures={"register": {}, "seen": {"plans": was}}, named=lambda _name: file)

    assert [check.outcome for check in register(asked, LIMITS).checks] == outcomes


def test_a_register_without_an_object_is_claimed_and_an_unsaid_one_is_not(tmp_path):
    assert claimed(task(tmp_path, {}, {"a": 0, "b": None, "c": 5})) == {"a": 0, "c": 5}
