import pytest

from ocds_schema.personal import WITHHELD, is_person_number, may_hold_person_number, pseudonym, scrub

MAN = "850101300123"
BUSINESS = "101140000017"


@pytest.mark.parametrize("number", [MAN, "920631999999", "000000000000"])
def test_a_fifth_digit_of_0_to_3_is_a_persons(number: str) -> None:
    assert is_person_number(number)


@pytest.mark.parametrize("number", [BUSINESS, "85010130012", "8501013001234", "85010130012a", f"{MAN}\n", ""])
def test_other_numbers_are_not(number: str) -> None:
    assert not is_person_number(number)


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
    assert scrub(text) == (clean, count)


def test_what_holds_a_number_is_always_looked_at() -> None:
    assert may_hold_person_number(f'{{"a":"x {MAN}"}}'.encode())
    assert not may_hold_person_number(f'{{"a":"x {BUSINESS}"}}'.encode())


def test_pseudonyms_differ_by_scheme_and_say_nothing() -> None:
    assert pseudonym(MAN, b"key").startswith("kz-person-")
    assert len(pseudonym(MAN, b"key")) == len("kz-person-") + 20
    assert pseudonym(MAN, b"key", "kg-person") == pseudonym(MAN, b"key").replace("kz-person", "kg-person")
