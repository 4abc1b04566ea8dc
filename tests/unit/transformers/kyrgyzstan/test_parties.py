"""Who takes part, and what of them may be told."""

from dataclasses import replace
from typing import Any

import pytest

from ocds_schema.json import Json
from ocds_schema.model import Text
from tests.support.countries import new_reading
from transformers.kyrgyzstan import parties

NAME = Text(main="Образец")


@pytest.mark.parametrize(
    ("scheme", "number", "told"),
    [
        ("KG-INN", "02222200010022", "KG-INN-02222200010022"),
        ("RU-INN", "7701234567", "RU-INN-7701234567"),
        ("KZ-INN", "101140000017", "KZ-INN-101140000017"),
        ("UZ-INN", "207123456", "UZ-INN-207123456"),
    ],
)
def test_an_organization_is_known_by_its_number(scheme: str, number: str, told: str) -> None:
    found = parties.registered(scheme, number, NAME, new_reading("kyrgyzstan"))

    assert found is not None
    assert (found.id, found.scheme, found.number) == (told, scheme, number)


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("KG-INN", "12503198700451"),
        ("KG-INN", "20707197000123"),
        ("KG-INN", "32503198700451"),
        ("RU-INN", "770123456789"),
        ("KZ-INN", "850101300123"),
        ("UZ-INN", "31234567890123"),
        ("DE-INN", "123"),
    ],
)
def test_a_person_and_whoever_may_be_one_has_a_pseudonym(scheme: str, number: str) -> None:
    found = parties.registered(scheme, number, NAME, new_reading("kyrgyzstan"))

    assert found is not None
    assert number not in found.id
    assert (found.scheme, found.number, found.address) == (None, None, None)


def test_a_number_that_is_none_leaves_the_name() -> None:
    reading = new_reading("kyrgyzstan")

    found = parties.registered("KG-INN", "123", NAME, reading)

    assert found == parties.named(NAME, reading)
    assert [one.rule for one in reading.problems] == ["party_number"]


def test_a_zero_that_was_lost_is_put_back() -> None:
    found = parties.registered("KG-INN", 1111199910011, NAME, new_reading("kyrgyzstan"))

    assert found is not None
    assert found.id == "KG-INN-01111199910011"


def register(*rows: tuple[str, str]) -> dict[str, dict[str, Any]]:
    return {"ref_entity": {number: {"inn": number, "name": name} for number, name in rows}}


def test_a_name_has_a_number_where_one_body_of_the_register_has_it() -> None:
    references = register(("00101199510014", "Учреждение «Образцовая школа»"), ("00202199510014", "Другая школа"))
    reading = replace(new_reading("kyrgyzstan"), references=references)

    found = parties.entity_named('учреждение "Образцовая  школа"', reading)

    assert found is not None
    assert found.id == "KG-INN-00101199510014"


@pytest.mark.parametrize(
    "references",
    [
        register(("00101199510014", "Школа"), ("00202199510014", "школа")),
        register(("12503198700451", "Школа")),
        register(("123", "Школа")),
        {},
    ],
    ids=["two bodies", "a person", "no number of the register", "no register"],
)
def test_a_name_stays_a_name_where_the_register_is_not_sure(references: dict[str, dict[str, Any]]) -> None:
    reading = replace(new_reading("kyrgyzstan"), references=references)

    found = parties.entity_named("Школа", reading)

    assert found is not None
    assert found.number is None
    assert found == parties.entity_named(" ШКОЛА ", reading) or found.name != Text(main="ШКОЛА")


def test_a_name_that_is_written_otherwise_is_the_same_party() -> None:
    reading = new_reading("kyrgyzstan")

    one, other = (
        parties.entity_named("Учреждение «Школа»", reading),
        parties.entity_named('УЧРЕЖДЕНИЕ "Школа"', reading),
    )

    assert one is not None
    assert other is not None
    assert one.id == other.id


@pytest.mark.parametrize("identifier", [{}, {"scheme": "KG-INN", "id": "02222200010022"}, None])
def test_a_party_of_a_release_is_known_by_its_id_or_its_identifier(identifier: Json) -> None:
    source = {"id": "KG-INN-02222200010022", "name": "Образец", "identifier": identifier}

    found = parties.of_release(source, new_reading("kyrgyzstan"))

    assert found is not None
    assert found.id == "KG-INN-02222200010022"


def test_a_party_whose_id_and_identifier_differ_is_reported() -> None:
    reading = new_reading("kyrgyzstan")

    parties.of_release(
        {"id": "KG-INN-02222200010022", "identifier": {"scheme": "KG-INN", "id": "03333200010033"}}, reading
    )

    assert [one.rule for one in reading.problems] == ["disagreement"]
