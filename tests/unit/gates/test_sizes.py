"""The gates on what contracts are worth: sizes, currencies, and sums that rise; each passes an honest day."""

import math
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ocds_pipeline.gates.compared import totals
from ocds_pipeline.gates.declared import usual_gates
from ocds_pipeline.gates.reading import ALL_YEARS
from ocds_pipeline.gates.sizes import amounts, currencies, facts

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)


def task(**figures: Any) -> Any:
    return SimpleNamespace(before={}, figures=figures, as_of=AS_OF)


def limits(name: str) -> Any:
    return usual_gates()[name].limits


def size(contracts: int, typical: float) -> tuple[int, float]:
    return contracts, round(contracts * math.log10(typical), 6)


def added(*sizes: tuple[int, float]) -> tuple[int, float]:
    return sum(count for count, _ in sizes), sum(logs for _, logs in sizes)


def judged(findings: Any) -> dict[str, str]:
    return {check.what: check.outcome for check in findings.checks}


USUAL = {"2026": {"KZT": size(1_000, 800_000), "USD": size(10, 20_000)}}
THIS_YEAR, SINCE = "contracts of 2026, KZT", "contracts of 2026, KZT, added since"


@pytest.mark.parametrize(
    ("now", "outcomes"),
    [
        (size(1_000, 800_000), {THIS_YEAR: "pass"}),
        (added(size(1_000, 800_000), size(200, 1_600_000)), {THIS_YEAR: "pass", SINCE: "pass"}),
        (size(1_000, 800_000_000), {THIS_YEAR: "fail"}),
        (size(1_000, 80_000_000), {THIS_YEAR: "fail"}),
        (size(1_000, 300_000), {THIS_YEAR: "fail"}),
        # Of one day only, which no sum of the year betrays.
        (added(size(1_000, 800_000), size(50, 80_000_000)), {THIS_YEAR: "pass", SINCE: "fail"}),
        (added(size(1_000, 800_000), size(30, 80_000_000)), {THIS_YEAR: "pass"}),
    ],
)
def test_amounts_of_another_size_are_told(now, outcomes):
    findings = amounts(task(sizes=facts(USUAL)), {"2026": {"KZT": now, "USD": size(12, 9_000_000)}}, limits("amounts"))

    assert judged(findings) == outcomes


def test_the_first_contracts_of_a_year_are_compared_with_those_of_all_years():
    def of(typical: float) -> dict[str, str]:
        now = USUAL | {"2027": {"KZT": size(60, typical)}}
        return judged(amounts(task(sizes=facts(USUAL)), now, limits("amounts")))

    assert of(900_000)["contracts of 2027, KZT, added since"] == "pass"
    assert of(900_000_000)["contracts of 2027, KZT, added since"] == "fail"


def test_an_edition_before_that_knows_no_sizes_is_not_compared_with():
    findings = amounts(task(totals={}), USUAL, limits("amounts"))

    assert (findings.checks, findings.reason) == ((), "the edition before was not held against gates")


def counted(**contracts: int) -> list[dict[str, Any]]:
    return [
        {"currency": currency, "contracts": count, "value": f"{count * 1000}"} for currency, count in contracts.items()
    ]


def shares(before: dict[str, Any], now: dict[str, Any]) -> dict[str, str]:
    findings = currencies(task(totals=before), SimpleNamespace(totals=now), limits("currencies"))
    return {what: outcome for what, outcome in judged(findings).items() if outcome != "pass"}


@pytest.mark.parametrize(
    ("now", "odd"),
    [
        (counted(KZT=1_020, USD=31), {}),
        (
            counted(USD=1_000, KZT=30),
            {f"share of {each} among the contracts of 2026": "fail" for each in ("KZT", "USD")},
        ),
        (counted(KZT=1_000, USD=30, EUR=25), {"the currency EUR": "fail"}),
        (counted(KZT=1_000, USD=30, EUR=5), {"the currency EUR": "warn"}),
        (
            counted(**{"": 1_030}),
            {
                "contracts without a currency": "fail",
                "share of no currency among the contracts of 2026": "fail",
                "share of KZT among the contracts of 2026": "fail",
            },
        ),
    ],
)
def test_a_new_currency_and_one_whose_share_jumps_are_told(now, odd):
    before = counted(KZT=1_000, USD=30)

    assert shares({"2026": before, ALL_YEARS: before}, {"2026": now, ALL_YEARS: now}) == odd


def test_the_first_contracts_of_a_year_have_the_currencies_of_all_years():
    before = {"2026": counted(KZT=1_000), ALL_YEARS: counted(KZT=1_000)}

    assert shares(before, {**before, "2027": counted(KZT=40)}) == {}
    assert shares(before, {"2026": counted(KZT=1_000), "2027": counted(USD=40), ALL_YEARS: counted(KZT=1_000, USD=40)})


@pytest.mark.parametrize(
    ("contracts", "value", "outcome"),
    [
        (1_050, 1_050_000, "pass"),
        (1_050, 1_900_000, "pass"),
        (2_000, 3_900_000, "pass"),
        (1_050, 2_200_000, "fail"),
        (1_000, 1_000_000_000, "fail"),
        (1_000, 970_000, "fail"),
    ],
)
def test_a_sum_may_rise_as_the_number_of_contracts_and_no_further(contracts, value, outcome):
    now = {"2026": [{"currency": "KZT", "contracts": contracts, "value": str(value)}]}
    findings = totals(task(totals={"2026": counted(KZT=1_000)}), SimpleNamespace(totals=now), limits("totals"))

    assert judged(findings) == {THIS_YEAR: outcome}


def summed(contracts, value, currency="KZT"):
    return {"currency": currency, "contracts": contracts, "value": str(value)}


def begun(now, before, year="2027"):
    """The outcome for one sum where others are as they were; 2026 had contracts of 1,000 on average."""
    usual = {"2025": [summed(1_000, 900_000)], "2026": [summed(1_000, 1_100_000)]}
    told = {**usual, **({year: [before]} if before else {})}
    findings = totals(task(totals=told), SimpleNamespace(totals={**told, year: [now]}), limits("totals"))
    (outcome,) = {
        check.outcome for check in findings.checks if check.what.startswith(f"contracts of {year}, {now['currency']}")
    }
    return outcome


@pytest.mark.parametrize(
    "before", [None, summed(1, 0), summed(2_000, 0)], ids=["new year", "one of zero", "all of zero"]
)
@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        (summed(400, 400_000), "pass"),
        (summed(400, 3_999_000), "pass"),
        (summed(400, 4_001_000), "fail"),
        (summed(2_000, 200_000_000), "fail"),
        (summed(400, -4_001_000), "fail"),
        (summed(2_000, 0), "pass"),
        (summed(20, 4_001_000), "pass"),
        (summed(1, 10, "USD"), "pass"),
        (summed(400, 9_000_000, "USD"), "pass"),
    ],
)
def test_a_sum_that_was_nothing_is_of_the_size_of_other_years(now, outcome, before):
    assert begun(now, before and {**before, "currency": now["currency"]}) == outcome


@pytest.mark.parametrize(
    ("before", "outcome"), [(summed(2_000, 0), "fail"), (summed(20, 0), "pass"), (None, "pass")], ids=str
)
def test_in_a_year_that_is_long_over_no_sum_comes_of_contracts_that_had_none(before, outcome):
    assert begun(summed(2_000, 1_000_000), before, year="2020") == outcome


def test_a_year_below_zero_does_not_make_other_years_small():
    told = {"2025": [summed(1_000, 1_000_000)], "2026": [summed(1_000, -999_000)]}
    now = {**told, "2027": [summed(1_000, 1_000_000)]}
    findings = totals(task(totals=told), SimpleNamespace(totals=now), limits("totals"))

    assert "fail" not in {check.outcome for check in findings.checks}


def test_the_second_edition_of_a_country_whose_first_was_small_may_have_any_sums():
    now = {"2025": [summed(9_000, 10**12)], "2026": [summed(5, 5_000)], ALL_YEARS: [summed(9_005, 10**12 + 5_000)]}
    before = {"2026": [summed(5, 5_000)], ALL_YEARS: [summed(5, 5_000)]}
    findings = totals(task(totals=before), SimpleNamespace(totals=now), limits("totals"))

    assert {check.outcome for check in findings.checks} == {"pass"}


def test_where_nothing_had_a_value_there_is_nothing_to_compare_with():
    now = {"2026": [summed(500, 10**9)], ALL_YEARS: [summed(500, 10**9)]}
    findings = totals(task(totals={ALL_YEARS: []}), SimpleNamespace(totals=now), limits("totals"))

    assert (findings.checks, findings.reason) == ((), "no contract of the edition before has a value")


def test_a_rise_of_few_contracts_says_nothing():
    now = {"2026": [{"currency": "KZT", "contracts": 21, "value": "90000000"}]}
    findings = totals(task(totals={"2026": counted(KZT=20)}), SimpleNamespace(totals=now), limits("totals"))

    assert judged(findings) == {THIS_YEAR: "pass"}


def test_amendments_of_many_contracts_are_not_taken_for_a_few_new_ones():
    before = {"2026": {"KZT": size(50_000, 800_000)}}
    # In January: of the year before two thousand are a tenth less, and fifty are new.
    amended = added(size(50_000, 800_000), (0, -2_000 * math.log10(1.1)), size(50, 800_000))
    planted = added(size(50_000, 800_000), size(2_000, 80_000_000))

    outcomes = [
        judged(amounts(task(sizes=facts(before)), {"2026": {"KZT": now}}, limits("amounts")))[SINCE]
        for now in (amended, planted)
    ]

    assert outcomes == ["pass", "fail"]


def test_the_first_contracts_of_a_year_need_not_be_typical_of_it():
    before = USUAL | {"2027": {"KZT": size(40, 3_000_000)}}
    now = USUAL | {"2027": {"KZT": added(size(40, 3_000_000), size(400, 800_000))}}
    told = judged(amounts(task(sizes=facts(before)), now, limits("amounts")))

    assert told["contracts of 2027, KZT, added since"] == "pass"
    assert "contracts of 2027, KZT" not in told


@pytest.mark.parametrize(
    ("first", "now", "is_odd"),
    [
        (counted(KZT=1, USD=1), counted(KZT=300, USD=12), False),
        (counted(KZT=10), counted(KZT=300, USD=30), False),
        (counted(KZT=10), counted(KZT=12, USD=300), True),
        (counted(KZT=450), counted(KZT=900, USD=200), True),
        # A year long over that was never like the others, and has not grown.
        (counted(USD=60), counted(USD=61), False),
        (counted(USD=60), counted(KZT=60), True),
    ],
)
def test_a_year_that_has_only_begun_may_have_the_currencies_of_all_years(first, now, is_odd):
    usual = counted(KZT=10_000, USD=900)
    odd = shares({"2026": usual, "2027": first, ALL_YEARS: usual}, {"2026": usual, "2027": now, ALL_YEARS: usual})

    assert ("fail" in odd.values()) == is_odd
