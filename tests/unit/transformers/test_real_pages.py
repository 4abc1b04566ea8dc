"""The real contract and plan pages of the portal, read where they are present."""

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.outcome import Outcome
from ocds_schema.validation import ReleaseValidator
from tests.support.kazakh_bundles import CONTEXT, bundles, document
from transformers.outcome import transform_bundle

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "kz"
PERSON = re.compile(r"(?<![0-9])[0-9]{4}[0-3][0-9]{7}(?![0-9])")

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the portal's answers are not beside the repository")


def rows(page: str) -> Sequence[Json]:
    return json.decode((SAMPLES / page).read_bytes())["items"]


@pytest.fixture(scope="module")
def contract_rows() -> Sequence[Json]:
    return rows("v3_contract_all_page_2020-02.json")


@pytest.fixture(scope="module")
def outcomes(contract_rows: Sequence[Json]) -> list[Outcome]:
    plans = rows("v3_plans_all_page_2020-06.json")
    documents = [document("contract", row) for row in contract_rows] + [document("plan", row) for row in plans]
    return [transform_bundle(each, None, CONTEXT) for each in bundles(documents)]


def contracts(outcomes: list[Outcome]) -> list[Json]:
    records = [json.decode(outcome.record.body) for outcome in outcomes if outcome.record]
    return [contract for record in records for contract in record.get("contracts", [])]


def test_every_process_is_published_and_valid(outcomes: list[Outcome]) -> None:
    validator = ReleaseValidator(CONTEXT.source.extensions)
    for outcome in outcomes:
        assert outcome.release is not None
        assert not outcome.quarantined
        assert [p for p in validator.problems(json.decode(outcome.release.body)) if p.severity == "fatal"] == []


def test_the_contract_values_add_up_to_the_last_digit(contract_rows: Sequence[Json], outcomes: list[Outcome]) -> None:
    published = sum((Decimal(contract["value"]["amount"]) for contract in contracts(outcomes)), Decimal())

    assert published == sum((Decimal(row["contract_sum_wnds"]) for row in contract_rows), Decimal())
    assert len(contracts(outcomes)) == len(contract_rows)


def test_no_field_of_the_real_rows_is_unknown(outcomes: list[Outcome]) -> None:
    assert [p for outcome in outcomes for p in outcome.problems if p.rule == "unknown_field"] == []


def test_no_personal_number_is_left_anywhere(contract_rows: Sequence[Json], outcomes: list[Outcome]) -> None:
    persons = {row["supplier_biin"] for row in contract_rows if PERSON.fullmatch(row["supplier_biin"])}
    assert persons

    for outcome in outcomes:
        assert outcome.release is not None
        assert outcome.record is not None
        told = outcome.release.body.decode() + outcome.record.body.decode() + repr(outcome.problems) + str(outcome)
        assert not persons & set(PERSON.findall(told))


GRAPHQL = {
    "gql_trd_buy_listing_2026-07-24.json": "trd_buy",
    "gql_lots_listing_2026-07-24.json": "lot",
    "gql_contracts_listing_2026-07-27.json": "contract",
    "gql_trd_app_bids_listing_2026-07.json": "trd_app",
    "gql_plans_listing_2026-08-06.json": "plan",
}


@pytest.mark.parametrize(("page", "kind"), GRAPHQL.items(), ids=GRAPHQL.values())
def test_the_real_graphql_rows_are_mapped_and_no_field_is_unknown(page: str, kind: str) -> None:
    validator = ReleaseValidator(CONTEXT.source.extensions)
    documents = [document(kind, row, "graphql") for row in json.decode((SAMPLES / page).read_bytes())]

    for each in bundles(documents):
        outcome = transform_bundle(each, None, CONTEXT)

        assert [problem for problem in outcome.problems if problem.rule == "unknown_field"] == []
        # The rows of bids and of some contracts were cut: they do not name their announcement's number.
        assert outcome.quarantined == (outcome.release is None)
        if outcome.release is not None:
            assert validator.is_valid(json.decode(outcome.release.body))
            assert not PERSON.search(re.sub(r'"amount[A-Za-z]*":[0-9.]+', "", outcome.release.body.decode()))
        else:
            assert {problem.rule for problem in outcome.problems if problem.severity == "fatal"} == {"no_announcement"}
