import hmac
import pickle
import tomllib
from collections.abc import Iterator
from importlib import resources
from itertools import product
from typing import Any

import pytest

from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.personal import WITHHELD, PersonNumbers, parse_person_numbers, together
from ocds_schema.source import parse_source, read_source

KAZAKHSTAN = read_source("kazakhstan").person_numbers
KYRGYZSTAN = read_source("kyrgyzstan").person_numbers
MAN = "850101300123"
BUSINESS = "101140000017"


@pytest.mark.parametrize("number", [MAN, "920631999999", "000000000000"])
def test_a_fifth_digit_of_0_to_3_is_a_persons(number: str) -> None:
    assert KAZAKHSTAN.is_person(number)


@pytest.mark.parametrize("number", [BUSINESS, "85010130012", "8501013001234", "85010130012a", f"{MAN}\n", ""])
def test_other_numbers_are_not(number: str) -> None:
    assert not KAZAKHSTAN.is_person(number)


@pytest.mark.parametrize(
    ("text", "clean", "count"),
    [
        (f"ИИН {MAN}", f"ИИН {WITHHELD}", 1),
        (f"{MAN},{MAN}", f"{WITHHELD},{WITHHELD}", 2),
        (f"№{MAN}/1", f"№{WITHHELD}/1", 1),
        (f"БИН {BUSINESS}", f"БИН {BUSINESS}", 0),
        (f"1{MAN}", f"1{MAN}", 0),
        (f"{MAN}0", f"{MAN}0", 0),
        ("851301300123", "851301300123", 0),
        ("850132300123", "850132300123", 0),
        ("850101700123", "850101700123", 0),
        ("", "", 0),
    ],
    ids=[
        "alone",
        "twice",
        "between signs",
        "a business",
        "longer",
        "longer at the end",
        "month 13",
        "day 32",
        "century 7",
        "empty",
    ],
)
def test_numbers_of_persons_are_taken_out_of_texts(text: str, clean: str, count: int) -> None:
    assert KAZAKHSTAN.scrub(text) == (clean, count)


def writings(numbers: PersonNumbers, number: str) -> Iterator[str]:
    """Give a number whole, and in every way in which it is declared to be written in groups."""
    yield number
    for kind in numbers.kinds:
        for grouping in kind.grouped:
            for cut, sign in product(grouping.cuts(), grouping.between):
                yield "".join(f"{sign}{digit}" if place in cut else digit for place, digit in enumerate(number))


@pytest.mark.parametrize(("numbers", "number"), [(KAZAKHSTAN, MAN), (KYRGYZSTAN, "12002199000123")])
def test_whatever_a_number_is_found_in_is_looked_at(numbers: PersonNumbers, number: str) -> None:
    for written, (before, after) in product(writings(numbers, number), ["  ", "«»", ",,", ":T", "é\n", "№٣"]):
        text = f"{before}{written}{after}"
        held = json.encode({"title": text, "date": "2026-03-01T10:00:00+05:00"})

        assert numbers.may_stand_in(held) >= bool(numbers.scrub(text)[1]), text


def test_what_holds_a_number_is_always_looked_at() -> None:
    assert KAZAKHSTAN.may_stand_in(f'{{"a":"x {MAN}"}}'.encode())
    assert not KAZAKHSTAN.may_stand_in(f'{{"a":"x {BUSINESS}"}}'.encode())
    assert not KAZAKHSTAN.may_stand_in('{"a":"№ 101140000017-7 – «ә» 2026-03-01T10:00:00+05:00"}'.encode())


def test_a_pseudonym_never_looks_as_if_it_held_a_number() -> None:
    looked_so = hmac.new(b"key", b"2386", "sha256").hexdigest()[:20]

    assert KAZAKHSTAN.scrub(KAZAKHSTAN.pseudonym("2386", b"key"))[1] == 0
    assert KAZAKHSTAN.scrub(looked_so)[1] == 1


def test_pseudonyms_differ_by_scheme_and_say_nothing() -> None:
    assert KAZAKHSTAN.pseudonym(MAN, b"key").startswith("kz-person-")
    assert len(KAZAKHSTAN.pseudonym(MAN, b"key")) == len("kz-person-") + 20
    assert KAZAKHSTAN.pseudonym(MAN, b"key", "kg-person") == KAZAKHSTAN.pseudonym(MAN, b"key").replace(
        "kz-person", "kg-person"
    )


@pytest.mark.parametrize(
    "written",
    [
        "８５０１０１３００１２３",
        "٨٥٠١٠١٣٠٠١٢٣",
        "850101\u200b300123",
        "8\u00ad50101300123",
        "8\u200d50101300123",
        "850101 300123",
        "850101\u00a0300123",
        "850101-300123",
        "850101–300123",
        "850101.300123",
        "850101 300 123",
        "850101 3 00123",
        "85 01 01 300123",
        "8501 0130 0123",
        "850-101-300-123",
        "050 101 300 123",
    ],
)
def test_they_are_taken_out_however_they_are_written(written: str) -> None:
    text = f"ИИН ﬁ {written}, ½"

    assert KAZAKHSTAN.scrub(text) == (f"ИИН ﬁ {WITHHELD}, ½", 1)
    assert KAZAKHSTAN.scrub(f"5 {written}"[2:]) == (WITHHELD, 1)
    assert KAZAKHSTAN.may_stand_in(f'"ИИН {written}"'.encode())


@pytest.mark.parametrize(
    "text",
    [
        "100 101 500 000 тенге",
        "100.101.500.000",
        "101 140 000 017",
        "101140 000017",
        "71.12.20.000.000.00.0777.000000000000",
        "620230.000.000001",
        "1-850101-300123",
        "850101-300123-1",
        "KZ12 8501 0130 0123 4567",
        "850101  300123",
        "01.02.2025 1234",
        "1850101\u200b300123",
        "2026-03-01 10:00:00",
    ],
)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    assert KAZAKHSTAN.scrub(text) == (text, 0)


@pytest.mark.parametrize("number", [MAN, "650101300123", "51231300123"])
def test_messages_to_operators_hold_none_also_without_its_zero(number: str) -> None:
    assert KAZAKHSTAN.redact(f"https://portal/subject/{number}?a=1") == f"https://portal/subject/{WITHHELD}?a=1"
    assert KAZAKHSTAN.redact(f"{BUSINESS} 1{MAN}") == f"{BUSINESS} 1{MAN}"


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        ("51231300123", "051231300123"),
        ("115300123", "000115300123"),
        ("10440000848", "010440000848"),
        ("51331300123", "51331300123"),
        ("15300123", "15300123"),
        (BUSINESS, BUSINESS),
        ("", ""),
    ],
)
def test_lost_zeros_are_restored_where_a_plausible_number_comes_of_it(number: str, whole: str) -> None:
    assert KAZAKHSTAN.with_lost_zeros(number) == whole


OTHER = parse_person_numbers(
    "xx",
    {
        "layout": "[12]DDMMYYYY#####",
        "known": "[12]#############",
        "organization": "0DDMMYYYY#####",
        "grouped": [{"digits": ["1 8 5"], "between": " .-"}, {"digits": ["7 7"], "between": "-", "alone": True}],
    },
)
WOMAN = "12002199000123"


@pytest.mark.parametrize(
    "written",
    [WOMAN, "1 20021990 00123", "1-20021990-00123", "1200219-9000123", "١2002199000123", "120021990\u200b00123"],
)
def test_another_country_s_numbers_are_found_by_its_own_rule(written: str) -> None:
    assert OTHER.scrub(f"ПИН {written}!") == (f"ПИН {WITHHELD}!", 1)
    assert OTHER.may_stand_in(f'"{written}"'.encode())
    assert KAZAKHSTAN.scrub(f"ПИН {WOMAN}!")[1] == 0


@pytest.mark.parametrize(
    "text",
    [
        "00207199610017",
        "32002199000123",
        "13202199000123",
        "12013199000123",
        "12002179000123",
        MAN,
        "1 1200219-9000123",
    ],
)
def test_what_another_country_s_rule_does_not_say_stays(text: str) -> None:
    assert OTHER.scrub(text) == (text, 0)


def test_another_country_s_register_knows_persons_and_organizations() -> None:
    assert OTHER.is_person("19999999999999")
    assert not OTHER.is_person("00207199610017")
    assert OTHER.is_registered("00207199610017")
    assert not OTHER.is_registered(MAN)
    assert OTHER.with_lost_zeros("207199610017") == "00207199610017"
    assert OTHER.pseudonym(WOMAN, b"key").startswith("xx-person-")


def test_where_no_rule_is_known_nothing_is_taken_out() -> None:
    none = parse_person_numbers("xx", {"none": "The portal shows none."})

    assert none.scrub(MAN) == (MAN, 0)
    assert none.redact(MAN) == MAN
    assert not none.may_stand_in(f'"{MAN}٣"'.encode())
    assert not none.is_person(MAN)
    assert none.is_registered("7")
    assert none.with_lost_zeros("115300123") == "115300123"
    assert none.pseudonym("name", b"key").startswith("xx-person-")


def test_the_numbers_of_several_countries_are_found_together() -> None:
    both = together([KAZAKHSTAN, OTHER, KAZAKHSTAN])

    assert both.scrub(f"{MAN}, {WOMAN}") == (f"{WITHHELD}, {WITHHELD}", 2)
    assert both.redact(f"51231300123 {WOMAN}") == f"{WITHHELD} {WITHHELD}"
    assert both.may_stand_in(f'"{WOMAN}"'.encode())
    assert pickle.loads(pickle.dumps(both)).scrub(MAN) == (WITHHELD, 1)


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"none": " "},
        {"layout": ""},
        {"layout": "YYMMDDx"},
        {"layout": "##", "known": "###"},
        {"layout": "##", "organization": "#"},
        {"layout": "####", "grouped": [{"digits": ["2 1"], "between": " "}]},
        {"layout": "##", "unknown": "x"},
        [],
    ],
    ids=str,
)
def test_a_declaration_that_says_nothing_or_too_much_is_refused(declared: Any) -> None:
    facts = tomllib.loads(resources.files("extractors.kazakhstan").joinpath("source.toml").read_text(encoding="utf-8"))

    with pytest.raises(ConfigurationError):
        parse_source("kazakhstan", facts | {"person_number": declared})
