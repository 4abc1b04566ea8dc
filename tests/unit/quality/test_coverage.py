"""The coverage of fields: of all releases, by year and by buyer, in bounded memory."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.quality.coverage import Coverage
from ocds_pipeline.quality.report import buyer_facts, coverage_facts
from ocds_pipeline.quality.walk import Walker
from tests.support.ocds_strategies import TEXTS, VALUES, sparse
from tests.unit.quality.cases import changed, many


def covered(releases: list[tuple[Any, int, str]], most_buyers: int = 100) -> Coverage:
    coverage, walker = Coverage(most_buyers), Walker()
    for release, year, buyer in releases:
        index = walker.walk(release)
        coverage.add(index, year, buyer)
    return coverage


def is_filled(value: Any) -> bool:
    return (value is not None and value not in ("", [], {})) or value is False


def by_hand(value: Any, path: str, counts: dict[str, list[int]]) -> None:
    """Count the slow way: every member of every object."""
    for name, member in value.items():
        here = f"{path}/{name}" if path else name
        counted = counts.setdefault(here, [0, 0])
        counted[0] += 1
        counted[1] += is_filled(member)
        for inner in member if isinstance(member, list) else [member]:
            if isinstance(inner, dict):
                by_hand(inner, here, counts)


RELEASES = sparse(
    ocid=TEXTS,
    tender=sparse(title=TEXTS, value=VALUES, hasEnquiries=st.booleans(), lots=st.lists(sparse(id=TEXTS), max_size=2)),
    awards=st.lists(sparse(id=TEXTS, value=VALUES), max_size=3),
    local=sparse(a=TEXTS, b=st.lists(sparse(c=TEXTS), max_size=2)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(RELEASES, min_size=1, max_size=8))
def test_every_field_is_counted_as_by_hand(releases: list[Any]) -> None:
    counts: dict[str, list[int]] = {}
    for release in releases:
        by_hand(release, "", counts)

    facts = coverage_facts(covered([(release, 2026, "B-1") for release in releases]))

    assert {path: [one["set"], one["filled"]] for path, one in facts["fields"].items()} == counts


def test_the_denominator_is_the_objects_that_could_have_the_field() -> None:
    release = {"awards": [{"id": "1", "value": {"amount": 1}}, {"id": "2"}]}

    fields = coverage_facts(covered([(release, 2026, "")]))["fields"]

    assert fields["awards/value"] == {"of": 2, "set": 1, "filled": 1}
    assert fields["awards/value/amount"] == {"of": 1, "set": 1, "filled": 1}


def test_years_are_counted_apart() -> None:
    release = {"ocid": "1"}

    facts = coverage_facts(covered([(release, 2025, ""), (release, 2026, ""), (release, 2026, "")]))

    assert {year: one["releases"] for year, one in facts["years"].items()} == {"2025": 1, "2026": 2}
    assert facts["years"]["2026"]["fields"]["ocid"]["set"] == 2


def test_of_a_buyer_processes_are_counted_not_occurrences() -> None:
    filled = {"awards": [{"id": "1", "date": "x"}, {"id": "2", "date": ""}]}
    empty = {"awards": [{"id": "1", "date": ""}]}

    (facts,) = buyer_facts(covered([(filled, 2026, "B"), (empty, 2026, "B")]))

    assert facts["processes"] == 2
    assert facts["fields"]["awards/id"] == {"set": 2, "filled": 2}
    assert facts["fields"]["awards/date"] == {"set": 2, "filled": 1}


def test_the_largest_buyers_are_kept_and_the_rest_is_owned_up_to() -> None:
    large = [({"ocid": "1"}, 2026, "large")] * 50
    small = [({"ocid": "1"}, 2026, f"small {number}") for number in range(100)]

    coverage = covered([*large, *small, ({"ocid": "1"}, 2026, "small 99"), ({"ocid": "1"}, 2026, "small 0")], 10)
    buyers = list(buyer_facts(coverage))

    assert (buyers[0]["buyer"], buyers[0]["processes"]) == ("large", 50)
    assert "processesMissedAtMost" not in buyers[0]
    assert len(buyers) <= 20
    assert coverage.dropped > 0
    assert any(one.get("processesMissedAtMost") for one in buyers)


def test_shapes_may_be_forgotten_on_the_way() -> None:
    releases = [(release, 2026, "B") for release in (*many(5), changed(("language", "")))]
    at_once = coverage_facts(covered(releases))
    coverage, walker = Coverage(), Walker()
    for release, year, buyer in releases:
        coverage.fold()
        walker.forget()
        index = walker.walk(release)
        coverage.add(index, year, buyer)

    assert coverage_facts(coverage) == at_once


def test_formations_too_many_to_be_kept_are_counted_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = [changed(("tender/lots", [{"id": f"{each}"} for each in range(number)])) for number in range(9)]
    releases = [(release, 2026, "B") for release in (*extra, *reversed(extra))]
    at_once = coverage_facts(covered(releases))
    monkeypatch.setattr("ocds_pipeline.quality.walk._MOST_FORMATIONS", 3)

    assert coverage_facts(covered(releases)) == at_once


def test_fields_too_many_to_tell_apart_are_one() -> None:
    release = {f"field{number}": 1 for number in range(3_000)}

    fields = coverage_facts(covered([(release, 2026, "")]))["fields"]

    assert len(fields) == 2_001
    assert fields["…"]["set"] == 1_000
