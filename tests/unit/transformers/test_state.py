from decimal import Decimal

import pytest

from ocds_schema import json
from ocds_schema.model import (
    Address,
    Attachment,
    Award,
    Bid,
    Contract,
    Milestone,
    Money,
    Organization,
    Process,
    Tender,
    Text,
)
from ocds_schema.source import read_source
from transformers.state import build_state, written_number

PERSONS = read_source("kazakhstan").person_numbers

FIRM = Organization(id="KZ-BIN-1", scheme="KZ-BIN", number="1")
NAMED = Organization(
    id="KZ-BIN-1",
    scheme="KZ-BIN",
    number="1",
    name=Text(main="ТОО", translations=(("kk", "ЖШС"),)),
    address=Address(street=Text(main="ул. 1")),
)


def test_an_organization_is_a_party_once_with_all_its_roles_and_is_named_everywhere() -> None:
    process = Process(
        bids=(Bid(id="1", tenderers=(FIRM,)),),
        awards=(Award(id="award-1", suppliers=(NAMED,)),),
    )

    state = build_state(process, "ru", PERSONS).content

    assert state["parties"] == [
        {
            "id": "KZ-BIN-1",
            "name": "ТОО",
            "name_kk": "ЖШС",
            "identifier": {"scheme": "KZ-BIN", "id": "1", "legalName": "ТОО", "legalName_kk": "ЖШС"},
            "address": {"streetAddress": "ул. 1"},
            "roles": ["tenderer", "supplier"],
        }
    ]
    reference = {"id": "KZ-BIN-1", "name": "ТОО", "name_kk": "ЖШС"}
    assert state["bids"]["details"][0]["tenderers"] == [reference]
    assert state["awards"][0]["suppliers"] == [reference]


def test_customers_are_parties_without_a_place_of_their_own() -> None:
    state = build_state(Process(customers=(FIRM, Organization(id="KZ-BIN-2"))), "ru", PERSONS).content

    assert "buyer" not in state
    assert "" not in state
    assert [party["roles"] for party in state["parties"]] == [["buyer"], ["buyer"]]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("10.00", b"10"),
        ("10.50", b"10.5"),
        ("1E+3", b"1000"),
        ("0", b"0"),
        ("0.000001", b"0.000001"),
        ("123456789012345678.91", b"123456789012345678.91"),
        ("123456789012345678901234567890.123456789012", b"123456789012345678901234567890.123456789012"),
    ],
)
def test_equal_numbers_are_written_equally_and_exactly(value: str, written: bytes) -> None:
    assert json.encode(written_number(Decimal(value))) == written


def test_zero_and_false_are_values() -> None:
    tender = Tender(id="1", value=Money(amount=Decimal(0), currency="KZT", tax_included=False))

    state = build_state(Process(tender=tender), "ru", PERSONS).content

    assert state["tender"]["value"] == {"amount": 0, "currency": "KZT", "valueAddedTaxIncluded": False}


def test_fields_of_the_implementation_stand_within_it() -> None:
    contract = Contract(id="1", award="2", deliveries=(Milestone(id="act-1"),))

    state = build_state(Process(contracts=(contract,)), "ru", PERSONS).content

    assert state["contracts"] == [{"id": "1", "awardID": "2", "implementation": {"milestones": [{"id": "act-1"}]}}]


def test_of_two_with_one_id_the_first_stands_and_it_is_reported() -> None:
    documents = (Attachment(id="1", format="a"), Attachment(id="1", format="b"), Attachment(id="2"))

    state = build_state(Process(tender=Tender(id="1", documents=documents)), "ru", PERSONS)

    assert state.content["tender"]["documents"] == [{"id": "1", "format": "a"}, {"id": "2"}]
    assert [(problem.path, problem.rule) for problem in state.problems] == [("tender/documents", "duplicate_id")]


def test_personal_numbers_are_taken_out_of_every_text_also_of_ids() -> None:
    tender = Tender(id="850101300123", title=Text(main="ИИН 850101300123"))

    state = build_state(Process(tender=tender), "ru", PERSONS)

    assert "850101300123" not in json.encode(state.content).decode()
    assert sorted(problem.path for problem in state.problems) == ["tender/id", "tender/title"]


def test_an_amount_that_looks_like_a_personal_number_stays() -> None:
    tender = Tender(id="1", value=Money(amount=Decimal(850101300123), currency="KZT"))

    state = build_state(Process(tender=tender), "ru", PERSONS)

    assert state.content["tender"]["value"]["amount"] == 850101300123
    assert state.problems == ()


def test_no_process_has_an_empty_state() -> None:
    assert build_state(None, "ru", PERSONS).content == {}


def test_ids_that_are_one_without_personal_numbers_are_made_unique() -> None:
    documents = (Attachment(id="850101300123.pdf", format="a"), Attachment(id="860101300123.pdf", format="b"))

    state = build_state(Process(tender=Tender(id="1", documents=documents)), "ru", PERSONS)

    assert [document["format"] for document in state.content["tender"]["documents"]] == ["a"]
    assert [(one.path, one.rule, one.severity) for one in state.problems] == [
        ("tender/documents", "duplicate_id", "lost"),
        ("tender/documents/id", "personal_number", "note"),
    ]


def test_of_two_that_say_the_same_one_is_told_and_nothing_is_lost() -> None:
    process = Process(tender=Tender(id="1", documents=(Attachment(id="1"), Attachment(id="1"))))

    state = build_state(process, "ru", PERSONS)

    assert (state.content["tender"]["documents"], state.problems) == ([{"id": "1"}], ())
