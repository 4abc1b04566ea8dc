"""What becomes of nested objects, flags and dates that are not as they should be: told or reported, never silent."""

from typing import Any

import pytest

from ocds_schema import json
from ocds_schema.outcome import Outcome
from ocds_schema.problems import Problem
from tests.support.kazakh_bundles import AS_OF, CONTEXT, bundle, document
from transformers import outcome as outcomes
from transformers.outcome import transform_bundle
from transformers.state import State

CONTRACT: dict[str, Any] = {
    "id": 7,
    "root_id": 7,
    "trd_buy_id": 0,
    "ref_contract_status_id": 190,
    "ref_contract_type_id": 1,
    "supplier_biin": "120540000033",
    "customer_bin": "101140000017",
    "contract_sum_wnds": 100,
    "contract_sum": 90,
    "index_date": "2026-03-05 10:00:00",
}
ANNOUNCEMENT: dict[str, Any] = {
    "id": 7,
    "number_anno": "7-1",
    "ref_buy_status_id": 220,
    "index_date": "2026-03-05 10:00:00",
}


def signed(**changed: Any) -> Outcome:
    return transform_bundle(bundle("contract:7", [document("contract", CONTRACT | changed)]), None, CONTEXT)


def announced(**changed: Any) -> Outcome:
    return transform_bundle(bundle("buy:7", [document("trd_buy", ANNOUNCEMENT | changed)]), None, CONTEXT)


def told(outcome: Outcome) -> Any:
    assert outcome.release is not None
    return json.decode(outcome.release.body)


def lost(outcome: Outcome) -> list[tuple[str, str]]:
    return [(problem.rule, problem.path) for problem in outcome.problems if problem.severity == "lost"]


@pytest.mark.parametrize(
    ("name", "path", "nested"),
    [
        ("treasury_pay", "contracts/implementation/transactions", {"pay_amount": 5}),
        ("acts", "contracts/implementation/milestones", {"number_act": "2"}),
        ("file", "contracts/documents", {"name_ru": "Договор"}),
        ("contract_units", "contracts/items", {"quantity": 3}),
    ],
)
def test_a_part_of_a_contract_without_an_id_is_reported(name: str, path: str, nested: dict[str, Any]) -> None:
    assert lost(signed(**{name: [nested]})) == [("missing_id", path)]
    assert lost(signed(**{name: [{"id": 1, **nested}]})) == []


@pytest.mark.parametrize(
    ("name", "path", "nested"),
    [
        ("files", "tender/documents", {"name_ru": "Проект"}),
        ("cancel", "tender/documents", {"number_decision": "4"}),
        ("pause", "tender/milestones", {"date_pause": "2026-05-01 00:00:00"}),
    ],
)
def test_a_part_of_an_announcement_without_an_id_is_reported(name: str, path: str, nested: dict[str, Any]) -> None:
    assert lost(announced(**{name: [nested]})) == [("missing_id", path)]


@pytest.mark.parametrize("value", ["broken", 5, True, ["x"], [{"id": 1}, 5]])
def test_a_list_that_holds_no_objects_is_reported(value: Any) -> None:
    path = "contracts/implementation/transactions"

    assert lost(signed(treasury_pay=value)) == [("wrong_shape", path)]


@pytest.mark.parametrize("value", [None, "", [], {}, [None]])
def test_an_empty_list_is_no_problem_however_it_is_written(value: Any) -> None:
    assert lost(signed(treasury_pay=value)) == []


PATH = "contracts/implementation/transactions"


def paid(*payments: dict[str, Any]) -> tuple[list[Any], list[tuple[str, str]]]:
    outcome = signed(treasury_pay=list(payments))
    transactions = told(outcome)["contracts"][0]["implementation"]["transactions"]
    return [one.get("value", {}).get("amount") for one in transactions], lost(outcome)


def test_of_two_payments_with_one_id_the_newest_or_else_the_last_is_told_and_the_other_reported() -> None:
    new, old = "2026-06-02 10:00:00", "2026-06-01 10:00:00"

    assert paid({"id": 1, "pay_amount": 5}, {"id": "1", "pay_amount": 6}) == ([6], [("duplicate_id", PATH)])
    assert paid({"id": 1, "pay_amount": 5, "index_date": new}, {"id": 1, "pay_amount": 6, "index_date": old}) == (
        [5],
        [("duplicate_id", PATH)],
    )
    assert paid({"id": 1, "pay_amount": 5, "index_date": new}, {"id": 1, "pay_amount": 5}) == ([5], [])


def test_a_payment_back_has_no_value_and_is_reported() -> None:
    amounts, problems = paid({"id": 1, "pay_amount": 5}, {"id": 2, "pay_amount": -5})

    assert amounts == [5, None]
    assert problems == [("derived", f"{PATH}/value")]


def test_a_unit_that_comes_twice_counts_once() -> None:
    unit = {"id": 1, "quantity": 1, "total_sum": 900, "total_sum_wnds": 1000}
    twice, other = signed(contract_units=[unit, unit]), signed(contract_units=[unit, unit | {"quantity": 2}])

    assert (told(twice)["awards"][0]["value"]["amount"], lost(twice)) == (1000, [])
    assert told(other)["awards"][0]["value"]["amount"] == 1000
    assert [item["quantity"] for item in told(other)["contracts"][0]["items"]] == [2]
    assert lost(other) == [("duplicate_id", "contracts/items")]


def test_a_unit_keeps_its_price_and_quantity_where_its_plan_point_says_nothing() -> None:
    unit = {"id": 1, "quantity": 2, "item_price": 10, "item_price_wnds": 11, "plans": {"id": 5}}

    (item,) = told(signed(contract_units=[unit]))["contracts"][0]["items"]

    assert (item["quantity"], item["unit"]["value"]["amount"]) == (2, 11)


def test_two_files_named_by_numbers_of_persons_are_two() -> None:
    numbers = ("0512" + "31300123", "0612" + "31300123")
    outcome = signed(file=[{"name_ru": "x", "original_name": f"{number}.pdf"} for number in numbers])

    assert not outcome.quarantined
    _, *files = told(outcome)["contracts"][0]["documents"]
    assert len({file["id"] for file in files}) == 2
    assert all(file["id"].startswith("file-") for file in files)
    assert not any(number in str(outcome) for number in numbers)


@pytest.mark.parametrize("done", ["0000-00-00 00:00:00", "soon", "", None])
def test_a_contract_is_not_carried_out_at_a_date_that_does_not_exist(done: str | None) -> None:
    outcome = signed(plan_exec_date="2026-07-01 00:00:00", fakt_exec_date=done)

    (milestone,) = told(outcome)["contracts"][0]["milestones"]
    assert milestone["status"] == "scheduled"
    assert lost(outcome) == ([("moment", "contracts/milestones/dateMet")] if done else [])


@pytest.mark.parametrize("flag", [1, "1", True, "true", "True"])
def test_a_flag_is_read_however_it_is_written(flag: Any) -> None:
    assert signed(deleted=flag).release is None
    assert lost(signed(deleted=flag)) == []


@pytest.mark.parametrize(
    ("flag", "count"), [(0, 0), ("0", 0), (False, 0), ("false", 0), ("", 0), ("yes", 1), (2, 1), ([1], 1)]
)
def test_a_flag_that_is_none_is_reported(flag: Any, count: int) -> None:
    outcome = signed(deleted=flag, contract_units=[{"id": 1, "deleted": flag}])

    assert outcome.release is not None
    assert lost(outcome) == [("unknown_flag", "")] * 2 * count


@pytest.mark.parametrize("date", [None, "2026-02-31 00:00:00", "soon"])
def test_without_a_date_of_change_the_release_is_of_the_harvest_and_that_is_noted(date: str | None) -> None:
    outcome = signed(index_date=date)
    again = transform_bundle(
        bundle("contract:7", [document("contract", CONTRACT | {"index_date": date})]), outcome.record, CONTEXT
    )

    assert outcome.release is not None
    assert outcome.release.date == AS_OF
    assert again.release is None
    for one in (outcome, again):
        assert [(each.path, each.severity) for each in one.problems if each.rule == "no_change_date"] == [
            ("date", "note")
        ]


def test_a_release_with_two_members_of_one_id_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"tender": {"id": "7", "lots": [{"id": "1", "title": "a"}, {"id": "1", "title": "b"}]}, "language": "ru"}
    monkeypatch.setattr(outcomes, "build_state", lambda *_: State(content=content, digest="0" * 64))

    outcome = announced()

    assert (outcome.quarantined, outcome.release, outcome.record) == (True, None, None)
    fatal: list[Problem] = [problem for problem in outcome.problems if problem.severity == "fatal"]
    assert [(problem.path, problem.rule) for problem in fatal] == [("tender/lots", "duplicate_id")]
