"""Gates that compare with the edition before judge nothing by an edition that was empty."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ocds_pipeline.gates.changed import changes
from ocds_pipeline.gates.compared import records, years
from ocds_pipeline.gates.declared import usual_gates

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)


def task(before: int | None, now: int) -> Any:
    told = {"add": max(0, now - (before or 0)), "change": 0, "delete": max(0, (before or 0) - now), "topFields": []}
    return SimpleNamespace(
        before=None if before is None else {},
        as_of=AS_OF,
        as_of_before=None if before is None else AS_OF - timedelta(days=1),
        records=now,
        records_before=before or 0,
        body={"changes": told},
        named=lambda _name: None,
    )


@pytest.mark.parametrize(
    ("before", "now", "outcomes"),
    [(None, 5_000, set()), (0, 5_000, set()), (5_000, 5_010, {"pass"}), (5_000, 0, {"fail", "pass"})],
)
def test_the_edition_after_an_empty_one_is_like_the_first(before, now, outcomes):
    for gate, name in ((records, "records"), (changes, "changes")):
        findings = gate(task(before, now), usual_gates()[name].limits)

        assert {check.outcome for check in findings.checks} <= outcomes
        assert bool(findings.checks) == bool(outcomes)
        assert findings.checks or findings.reason


def test_an_edition_that_lost_everything_is_stopped():
    findings = records(task(5_000, 0), usual_gates()["records"].limits)

    assert [check.outcome for check in findings.checks] == ["fail"]


def rows(by_year: dict[str, tuple[int, int]], days: int = 1) -> Any:
    return SimpleNamespace(
        before={},
        as_of=AS_OF,
        as_of_before=AS_OF - timedelta(days=days),
        figures={"rows": {"contracts": {year: before for year, (before, _) in by_year.items()}}},
        rows={"contracts": {year: now for year, (_, now) in by_year.items()}},
    )


@pytest.mark.parametrize(
    ("year", "now", "days", "outcome"),
    [
        ("2024", 100_000, 1, "pass"),
        ("2024", 100_101, 7, "fail"),
        ("2024", 99_899, 1, "fail"),
        ("2024", 0, 1, "fail"),
        ("2025", 101_000, 1, "pass"),
        ("2025", 101_001, 1, "fail"),
        ("2025", 107_000, 30, "pass"),
        ("2025", 107_001, 30, "fail"),
        ("2025", 99_899, 7, "fail"),
    ],
)
def test_a_year_that_is_over_stands_still_but_for_what_comes_late_of_the_last(year, now, days, outcome):
    findings = years(rows({year: (100_000, now)}, days), usual_gates()["years"].limits)

    assert [check.outcome for check in findings.checks] == [outcome]


def test_few_rows_are_only_remarked_on_and_the_present_year_is_passed_over():
    findings = years(rows({"2024": (100, 60), "2026": (100, 60_000)}), usual_gates()["years"].limits)

    assert [check.outcome for check in findings.checks] == ["warn"]
