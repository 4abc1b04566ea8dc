"""What purchases are told with where documents are incomplete, or do not agree."""

from typing import Any

import pytest

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.outcome import Outcome
from ocds_schema.raw import Document
from tests.support.kazakh_bundles import CONTEXT, bundle, document
from transformers.outcome import transform_bundle

SCHOOL, CLINIC, FIRM = "101140000017", "101140000025", "120540000033"
BUYERS = (f"KZ-BIN-{SCHOOL}", f"KZ-BIN-{CLINIC}")


def announcement(**changed: Any) -> Document:
    fields = {"id": 7, "number_anno": "7-1", "ref_buy_status_id": 350, "index_date": "2026-03-01 10:00:00"}
    return document("trd_buy", fields | changed)


def lot(key: int, customer: str = SCHOOL) -> Document:
    return document("lot", {"id": key, "trd_buy_id": 7, "customer_bin": customer, "amount": 1000})


def bid(*lots: int, amount: int = 900) -> Document:
    offers = [{"id": 10 + key, "lot_id": key, "amount": amount, "status_id": 360} for key in lots]
    return document("trd_app", {"id": 5, "buy_id": 7, "supplier_bin_iin": FIRM, "app_lots": offers})


def contract(key: int = 100, *lots: int, way: Any = "rest", **changed: Any) -> Document:
    fields = {
        "id": key,
        "root_id": key,
        "trd_buy_id": 7,
        "trd_buy_number_anno": "7-1",
        "ref_contract_status_id": 190,
        "ref_contract_type_id": 1,
        "supplier_biin": FIRM,
        "customer_bin": SCHOOL,
        "contract_sum": 1000,
        "contract_sum_wnds": 1120,
        "ec_end_date": "2026-12-31 00:00:00",
        "index_date": "2026-03-05 10:00:00",
        "contract_units": [
            {"id": key + 50, "lot_id": one, "quantity": 2, "item_price_wnds": 560, "total_sum": 1000} for one in lots
        ],
    }
    return document("contract", fields | changed, way)


def amendment(key: int = 101, **changed: Any) -> Document:
    given = {"root_id": 100, "ref_contract_type_id": 2, "contract_sum": 2000, "contract_sum_wnds": 2240}
    return contract(key, **(given | changed))


def transform(*documents: Document) -> tuple[Json, Outcome]:
    outcome = transform_bundle(bundle("buy:7", documents), None, CONTEXT)
    assert outcome.record is not None
    return json.decode(outcome.record.body), outcome


def found(outcome: Outcome, rule: str) -> list[tuple[str, str, str]]:
    return [(one.path, one.document, one.severity) for one in outcome.problems if one.rule == rule]


def test_each_contract_names_its_own_customer_and_several_make_no_single_buyer() -> None:
    told, outcome = transform(
        announcement(count_lots=2),
        lot(1),
        lot(2, CLINIC),
        contract(100, 1),
        contract(200, 2, customer_bin=CLINIC),
    )

    assert tuple(one["buyer"]["id"] for one in told["contracts"]) == BUYERS
    assert "buyer" not in told
    assert {party["id"] for party in told["parties"] if "buyer" in party["roles"]} == set(BUYERS)
    assert found(outcome, "disagreement") == []


def test_a_contract_of_a_customer_that_was_not_announced_is_told_and_noted() -> None:
    told, outcome = transform(announcement(count_lots=1), lot(1), contract(100, 1, customer_bin=CLINIC))

    assert told["contracts"][0]["buyer"] == {"id": BUYERS[1]}
    assert "buyer" not in told
    assert {party["id"] for party in told["parties"] if "buyer" in party["roles"]} == set(BUYERS)
    assert found(outcome, "disagreement") == [("contracts/buyer", "contract/100", "note")]


def test_one_customer_of_all_is_the_buyer() -> None:
    told, _ = transform(announcement(), lot(1), contract(100, 1))

    assert told["buyer"] == told["contracts"][0]["buyer"] == {"id": BUYERS[0]}


@pytest.mark.parametrize(("status", "rule", "severity"), [(999, "unknown_code", "lost"), (None, "missing", "note")])
def test_no_amount_is_claimed_where_an_amendment_of_unknown_status_may_hold(
    status: int | None, rule: str, severity: str
) -> None:
    told, outcome = transform(contract(100, 1), amendment(ref_contract_status_id=status))

    (one,) = told["contracts"]
    assert one.keys().isdisjoint({"value", "period", "status", "statusDetails", "milestones"})
    assert one["items"] == [{"id": "150", "relatedLot": "1"}]
    assert told["awards"][0]["status"] == "active"
    assert found(outcome, rule) == [("contracts/status", "contract/101", severity)]


def test_an_older_version_of_unknown_status_is_reported_and_takes_nothing_away() -> None:
    told, outcome = transform(contract(ref_contract_status_id=999), amendment())

    assert told["contracts"][0]["value"]["amount"] == 2240
    assert found(outcome, "unknown_code") == [("contracts/status", "contract/100", "lost")]


def test_a_draft_claims_nothing_while_it_is_unknown_whether_its_contract_holds() -> None:
    told, _ = transform(contract(ref_contract_status_id=999), amendment(ref_contract_status_id=110))

    assert told["contracts"][0].keys().isdisjoint({"value", "status"})


def test_versions_belong_together_however_their_root_is_written() -> None:
    told, _ = transform(contract(root_id="0100", sign_date="2026-03-04 10:00:00"), amendment(root_id=100))

    assert [one["id"] for one in told["contracts"]] == ["100"]
    assert told["contracts"][0]["dateSigned"] == "2026-03-04T10:00:00+05:00"
    assert [one["id"] for one in told["contracts"][0]["amendments"]] == ["101"]


def test_an_award_is_worth_its_winning_bids_where_they_cover_every_lot() -> None:
    told, _ = transform(lot(1), lot(2), bid(1, 2), contract(100, 1), contract(200, 2))

    assert told["awards"][0]["value"]["amount"] == 1800


@pytest.mark.parametrize("lots", [(2,), ()])
def test_an_award_is_worth_its_contracts_where_bids_are_known_for_some_lots(lots: tuple[int, ...]) -> None:
    told, _ = transform(lot(1), lot(2), bid(1), contract(100, 1), contract(200, *lots, contract_sum_wnds=5000))

    assert told["awards"][0]["value"]["amount"] == (2000 if lots else 6000)


def test_an_award_of_which_only_a_part_is_known_has_no_value() -> None:
    told, _ = transform(lot(1), lot(2), bid(1), contract(200, 2))

    assert "value" not in told["awards"][0]
    assert told["awards"][0]["relatedLots"] == ["1", "2"]


def test_a_contract_that_names_no_lot_is_for_the_only_lot_there_is() -> None:
    told, _ = transform(lot(1), bid(1), contract())

    assert told["awards"][0]["value"]["amount"] == 900


@pytest.mark.parametrize("status", [999, None])
def test_nothing_says_that_an_award_stands_by_a_contract_of_unknown_status(status: int | None) -> None:
    told, _ = transform(contract(ref_contract_status_id=status))

    assert "status" not in told["awards"][0]


def test_a_winning_bid_makes_an_award_stand() -> None:
    told, _ = transform(lot(1), bid(1), contract(100, 1, ref_contract_status_id=999))

    assert told["awards"][0]["status"] == "active"


def test_what_a_contract_lacks_is_counted() -> None:
    lacking = {"ref_contract_status_id": None, "contract_sum": None, "contract_sum_wnds": "", "supplier_biin": None}

    _, outcome = transform(contract(**lacking, supplier_id=0))

    assert [path for path, _, severity in found(outcome, "missing") if severity == "note"] == [
        "contracts/status",
        "contracts/value",
        "awards/suppliers",
    ]


def test_a_sum_of_nought_is_not_missing() -> None:
    _, outcome = transform(contract(contract_sum=0, contract_sum_wnds=0))

    assert found(outcome, "missing") == []


def test_a_sum_without_tax_above_that_with_tax_is_noted_once() -> None:
    told, outcome = transform(contract(contract_sum=5000))

    assert told["contracts"][0]["value"]["amountNet"] == 5000
    assert found(outcome, "implausible") == [("contracts/value", "contract/100", "note")]


def test_a_period_that_ends_before_it_begins_is_noted() -> None:
    told, outcome = transform(announcement(start_date="2026-06-10 00:00:00", end_date="2026-05-10 00:00:00"))

    assert told["tender"]["tenderPeriod"]["endDate"] < told["tender"]["tenderPeriod"]["startDate"]
    assert [one.path for one in outcome.problems if one.rule == "period" and one.severity == "note"] == [
        "tender/tenderPeriod/endDate"
    ]


def test_two_ways_of_one_date_that_disagree_are_noted_and_their_sums_not_mixed() -> None:
    by_graphql = {
        "id": 100,
        "rootId": 100,
        "trdBuyId": 7,
        "contractSumWnds": 9999,
        "supplierBiin": FIRM,
        "refContractStatusId": 190,
        "indexDate": "2026-03-05 10:00:00",
    }

    told, outcome = transform(contract(), document("contract", by_graphql, "graphql"))

    assert told["contracts"][0]["value"] == {"amount": 9999, "currency": "KZT"}
    (problem,) = [one for one in outcome.problems if one.rule == "disagreement"]
    assert (problem.severity, problem.fields) == ("note", ("contract_sum_wnds",))


def test_a_status_is_told_in_the_portals_own_text_before_ours() -> None:
    told, _ = transform(
        announcement(ref_buy_status={"name_ru": "Закупка завершена"}),
        lot(1),
        bid(1),
        contract(ref_contract_status={"name_ru": "В силе"}),
        contract(200),
    )

    assert told["tender"]["statusDetails"] == "Закупка завершена"
    assert [one["statusDetails"] for one in told["contracts"]] == ["В силе", "Действует"]


def test_the_status_of_a_bid_is_told_in_the_portals_own_text_before_ours() -> None:
    offer = {"id": 1, "lot_id": 1, "status_id": 360, "ref_app_status": {"name_ru": "Выиграла"}}
    applied = document("trd_app", {"id": 5, "buy_id": 7, "supplier_bin_iin": FIRM, "app_lots": [offer]})

    told, _ = transform(announcement(), applied)

    assert told["bids"]["details"][0]["statusDetails"] == "Выиграла"
