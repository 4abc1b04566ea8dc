"""The repairs of the ministry's files: what they mend, and that they leave alone what is right."""

from decimal import Decimal
from typing import Any

import pytest

from ocds_schema.json import Json
from transformers.corrections import Corrections
from transformers.kyrgyzstan import mends, mends_results
from transformers.kyrgyzstan.repairs import REPAIRS


def test_every_repair_says_in_words_what_it_does() -> None:
    for repair in REPAIRS:
        assert all((repair.fields, repair.guard, repair.becomes, repair.reason))
        assert len(repair.guard) <= 80


def test_a_release_that_is_right_is_left_as_it_is() -> None:
    release = {
        "ocid": "ocds-h7i0z4-5",
        "date": "2021-03-02T01:00:00+06:00",
        "buyer": {"id": "KG-INN-01111199910011"},
        "parties": [{"id": "KG-INN-01111199910011", "name": "Больница", "roles": ["buyer", "procuringEntity"]}],
        "tender": {
            "id": "5",
            "procuringEntity": {"id": "KG-INN-01111199910011"},
            "procurementMethod": "open",
            "procurementMethodDetails": "oneStage",
            "mainProcurementCategory": "goods",
            "tenderPeriod": {"startDate": "2021-03-01T10:00:00+06:00", "endDate": "2021-03-15T10:00:00+06:00"},
            "enquiryPeriod": {"startDate": "2021-03-01T10:00:00+06:00", "endDate": "2021-03-10T10:00:00+06:00"},
        },
        "bids": {"details": [{"id": "1", "tenderers": [{"id": "KG-INN-02"}], "relatedLots": ["7"]}]},
        "awards": [{"id": "2", "status": "active", "relatedBid": "1", "suppliers": [{"id": "KG-INN-02"}]}],
        "contracts": [{"id": "3", "awardID": "2", "value": {"amount": 5, "currency": "KGS"}}],
    }

    mended, counts = Corrections(repairs=REPAIRS).repair("release", release)

    assert (mended, counts) == (release, [])


@pytest.mark.parametrize("kind", ["release", "planning_release"])
@pytest.mark.parametrize("odd", [None, 7, "x", [], ["x"], {}, {"id": []}, [{"id": None}], True, Decimal("NaN")])
def test_no_repair_stumbles_over_anything(kind: str, odd: Any) -> None:
    names = ("tender", "planning", "parties", "bids", "awards", "contracts", "complaints", "relatedProcesses", "ocid")
    nested = (
        "lots",
        "items",
        "value",
        "details",
        "documents",
        "conditionOfContract",
        "tenderPeriod",
        "budget",
        "plans",
    )
    for name in names:
        Corrections(repairs=REPAIRS).repair(kind, {name: odd})
        for inner in nested:
            Corrections(repairs=REPAIRS).repair(kind, {name: {inner: odd}})
            Corrections(repairs=REPAIRS).repair(kind, {name: [{inner: odd, "id": odd, "awardIDs": odd}]})


@pytest.mark.parametrize(
    ("enquiries", "bids", "left"),
    [
        ("2021-03-15T11:00:00+06:00", "2021-03-15T11:00:00+06:00", {"endDate": "2021-03-10T11:00:00+06:00"}),
        ("2021-03-12T11:00:00+06:00", "2021-03-15T11:00:00+06:00", {"endDate": "2021-03-12T11:00:00+06:00"}),
        ("2021-03-05T11:00:00+06:00", "2021-03-05T11:00:00+06:00", None),
        ("soon", "soon", None),
    ],
)
def test_questions_end_five_days_before_bids(enquiries: str, bids: str, left: Json) -> None:
    tender: Json = {
        "tenderPeriod": {"startDate": "2021-03-01T11:00:00+06:00", "endDate": bids},
        "enquiryPeriod": {"endDate": enquiries},
    }

    mends.enquiry_period_end({"tender": tender})

    assert tender.get("enquiryPeriod") == left


@pytest.mark.parametrize(
    ("details", "told", "code"),
    [
        ("singleSource", "open", "direct"),
        ("singleSource", "selective", "direct"),
        ("requestForQuotation", "selective", "selective"),
        ("oneStage", "selective", "selective"),
        ("twostage", None, "selective"),
        ("consultSingleSource", "limited", "direct"),
        ("lottery", "open", "open"),
    ],
)
def test_a_method_is_judged_by_its_name(details: str, told: str | None, code: str) -> None:
    tender = {"procurementMethodDetails": details, "procurementMethod": told}

    mends.method_code({"tender": tender})

    assert tender["procurementMethod"] == code


def test_a_bid_for_two_lots_becomes_two_and_awards_follow() -> None:
    release: Json = {
        "bids": {
            "details": [
                {
                    "id": "1",
                    "relatedLots": [{"id": "a", "value": {"amount": 5}}, {"id": "b", "value": {"amount": 6}}],
                    "priceProposal": [{"relatedLot": "a"}, {"relatedLot": "b"}],
                }
            ]
        },
        "awards": [{"id": "9", "relatedBid": "1", "relatedLots": ["b"]}],
    }

    assert mends_results.bid_lots(release) == 1
    assert [(one["id"], one["relatedLots"], one["value"]) for one in release["bids"]["details"]] == [
        ("1-a", ["a"], {"amount": 5}),
        ("1-b", ["b"], {"amount": 6}),
    ]
    assert [one["priceProposal"] for one in release["bids"]["details"]] == [
        [{"relatedLot": "a"}],
        [{"relatedLot": "b"}],
    ]
    assert release["awards"][0]["relatedBid"] == "1-b"


@pytest.mark.parametrize("status", ["pending", "unsuccessful"])
def test_nobody_is_a_supplier_whose_bid_was_not_chosen(status: str) -> None:
    award: Json = {"id": "9", "status": status, "relatedBid": "1"}

    mends_results.award_suppliers({"bids": {"details": [{"id": "1", "tenderers": [{"id": "x"}]}]}, "awards": [award]})

    assert "suppliers" not in award


def contract(key: str, number: str = "7", amount: int = 5) -> Json:
    return {"id": key, "contractNumber": number, "dateSigned": "2018-06-01", "value": {"amount": amount}}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["1-former", "1"], ["1"]),
        (["1-centralized", "1-former"], ["1-former"]),
        (["1-former"], ["1-former"]),
        (["1", "2"], ["1", "2"]),
    ],
)
def test_a_contract_of_an_old_table_is_told_once(given: list[str], kept: list[str]) -> None:
    release: Json = {"contracts": [contract(key) for key in given]}

    mends.former_contracts(release)

    assert [one["id"] for one in release["contracts"]] == kept


def test_contracts_of_other_numbers_or_amounts_are_not_the_same() -> None:
    release: Json = {"contracts": [contract("1"), contract("2-former", "8"), contract("3-former", amount=6)]}

    assert mends.former_contracts(release) == 0


@pytest.mark.parametrize(
    ("raw", "told"),
    [("0.10000000149011612", "0.1"), ("0.009999999776482582", "0.01"), ("0.05", "0.05"), ("12.5", "12.5")],
)
def test_the_noise_of_single_precision_is_taken_away(raw: str, told: str) -> None:
    terms = {"lateDeliveryRate": Decimal(raw)}

    mends.float_noise({"tender": {"conditionOfContract": terms}})

    assert str(terms["lateDeliveryRate"]) == told


def test_parties_that_are_told_twice_are_one_with_all_roles() -> None:
    release: Json = {
        "parties": [{"id": "a", "roles": ["buyer", "buyer"]}, {"id": "b"}, {"id": "a", "roles": ["payer"]}]
    }

    assert mends.repeated_roles(release) == 2
    assert release["parties"] == [{"id": "a", "roles": ["buyer", "payer"]}, {"id": "b"}]
