from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ocds_schema.errors import ConfigurationError
from ocds_schema.model import Lot, Money, Organization, Period, Tender, Text
from ocds_schema.source import read_source
from transformers.codes import parse_table
from transformers.mapping import DocumentMapping, RecordMapping
from transformers.rules import Reading, code, label, moment, organization, pick, text

STATUS = parse_table("status.csv", "source_code,source_label,ocds_code,note\n1,Идет,active,\n2,Тайна,,Not for us.\n")
LOT = RecordMapping(
    Lot,
    path="tender/lots",
    title=text("name_ru", kk="name_kz"),
    status=code("status", STATUS),
    status_details=label("status", STATUS),
)


def new_reading() -> Reading:
    return Reading(
        zone=ZoneInfo("Asia/Almaty"),
        currency="KZT",
        as_of=datetime(2026, 11, 1, tzinfo=UTC),
        key=b"k",
        persons=read_source("kazakhstan").person_numbers,
        document="lot/7",
    )


def test_a_record_is_filled_by_its_rules() -> None:
    lot = LOT.apply({"name_ru": "Парта", "name_kz": "Парта", "status": "1"}, new_reading(), id="7")

    assert lot == Lot(
        id="7", title=Text(main="Парта", translations=(("kk", "Парта"),)), status="active", status_details="Идет"
    )


def test_an_unknown_code_is_a_problem_and_never_a_default() -> None:
    reading = new_reading()

    lot = LOT.apply({"name_ru": "Парта", "status": 9}, reading, id="7")

    assert lot.status is None
    (problem,) = reading.problems
    assert (problem.path, problem.rule, problem.severity) == ("tender/lots/status", "unknown_code", "lost")
    assert (problem.document, problem.fields, problem.value) == ("lot/7", ("status",), "9")


def test_a_code_that_is_knowingly_not_carried_over_is_no_problem() -> None:
    reading = new_reading()

    lot = LOT.apply({"status": 2}, reading, id="7")

    assert (lot.status, lot.status_details, reading.problems) == (None, "Тайна", [])


def test_where_nothing_is_filled_there_is_nothing() -> None:
    assert LOT.apply({}, new_reading(), id="7") is None


def test_one_end_of_a_period_may_be_lost_and_the_other_kept() -> None:
    reading = new_reading()
    mapping = RecordMapping(
        Tender, path="tender", tender_period=RecordMapping(Period, start=moment("from"), end=moment("to"))
    )

    tender = mapping.apply({"from": "2026-02-30 00:00:00", "to": "2026-03-01 00:00:00"}, reading)

    assert tender.tender_period.start is None
    assert tender.tender_period.end is not None
    assert [problem.path for problem in reading.problems] == ["tender/tenderPeriod/startDate"]


def test_a_field_that_the_class_has_not_is_refused_when_the_mapping_is_made() -> None:
    with pytest.raises(ConfigurationError, match="Lot has no titel"):
        RecordMapping(Lot, titel=text("name_ru"))


def test_a_field_cannot_be_read_and_ignored() -> None:
    with pytest.raises(ConfigurationError, match="status is read and ignored"):
        DocumentMapping(kind="lot", records=(LOT,), ignored={"status": "no"})


def test_a_field_that_nobody_knows_is_reported_also_in_nested_objects() -> None:
    reading = new_reading()
    inner = DocumentMapping(kind="lot/files", used={"id": "somewhere"})
    mapping = DocumentMapping(kind="lot", records=(LOT,), children={"files": inner})

    mapping.check({"status": 1, "new": 2, "files": [{"id": 1, "size": 3}]}, reading)

    assert [problem.fields for problem in reading.problems] == [("new",), ("size",)]


@pytest.mark.parametrize(
    ("source", "party"),
    [
        ({"bin": "101140000017", "address": "ул. 1"}, "KZ-BIN-101140000017"),
        ({"bin": "850101300123", "address": "ул. 1"}, "kz-person-"),
        ({"bin": "HRB 1", "pid": 5}, "kz-subject-"),
        ({"pid": 5}, "kz-subject-"),
    ],
)
def test_a_party_is_named_by_register_or_pseudonym(source: dict[str, object], party: str) -> None:
    rule = organization(scheme="KZ-BIN", number="bin", subject="pid", subject_scheme="kz-subject", address="address")

    found = rule.read(source, new_reading())

    assert found.id.startswith(party)
    assert (found.address is not None) == (party == "KZ-BIN-101140000017")
    assert (found.number is not None) == (party == "KZ-BIN-101140000017")


def test_without_number_and_subject_there_is_no_party() -> None:
    rule = organization(scheme="KZ-BIN", number="bin", subject="pid", subject_scheme="kz-subject")

    assert rule.read({"bin": "", "pid": 0}, new_reading()) is None


def test_a_nested_member_is_picked_from_an_object_or_from_a_list_of_one() -> None:
    assert pick({"ref": {"name_ru": "а"}}, "ref/name_ru") == "а"
    assert pick({"ref": [{"name_ru": "а"}]}, "ref/name_ru") == "а"
    assert pick({"ref": [{"name_ru": "а"}, {"name_ru": "б"}]}, "ref/name_ru") is None
    assert pick({"ref": "а"}, "ref/name_ru") is None


def test_the_model_says_where_its_fields_stand() -> None:
    assert Money.__dataclass_fields__["net"].metadata["ocds"] == "amountNet"
    assert Organization.__dataclass_fields__["number"].metadata["ocds"] == "identifier/id"


PARTY = organization(
    scheme="KZ-BIN", number="bin", subject="pid", subject_scheme="kz-subject", name=text("name"), address="address"
)
PARTY.bind("buyer")
IIN = "51231300123"


@pytest.mark.parametrize(
    "number", [f"0{IIN[:3]} {IIN[3:]}", IIN, f"ИИН 0{IIN}", Decimal(f"{IIN}.5"), [IIN], True, {"a": IIN}]
)
def test_the_value_of_a_party_number_is_never_reported(number: object) -> None:
    reading = new_reading()

    found = reading.attempt(PARTY, {"bin": number, "pid": {"a": IIN}})

    assert found is None
    assert IIN not in str(reading.problems)
    assert [(problem.path, problem.rule, problem.value) for problem in reading.problems] == [
        ("buyer", "party_number", ""),
        ("buyer", "id", ""),
    ]


@pytest.mark.parametrize(
    ("number", "party"),
    [(51231300123, "kz-person-"), (Decimal(51231300123), "kz-person-"), (10440000848, "KZ-BIN-010440000848")],
)
def test_a_number_sent_as_an_integer_has_its_zero_again(number: object, party: str) -> None:
    found = PARTY.read({"bin": number}, new_reading())

    assert found.id.startswith(party)
    assert found.id == PARTY.read({"bin": f"0{number}"}, new_reading()).id


def test_a_party_is_kept_without_the_name_and_the_address_that_cannot_be_read() -> None:
    reading = new_reading()

    found = reading.attempt(PARTY, {"bin": "101140000017", "name": {"a": 1}, "address": ["x"], "pid": [1]})

    assert found == Organization(id="KZ-BIN-101140000017", scheme="KZ-BIN", number="101140000017")
    assert [(problem.path, problem.severity) for problem in reading.problems] == [
        ("buyer/name", "lost"),
        ("buyer/address", "lost"),
    ]


def test_a_number_that_lost_its_zero_is_not_told_with_any_other_field_either() -> None:
    reading = new_reading()

    reading.report("contracts/title", "text", "odd", value=51231300123)

    assert IIN not in reading.problems[0].value
