from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ocds_schema.errors import MappingError
from ocds_schema.model import Text
from ocds_schema.source import read_source
from transformers import values

PERSONS = read_source("kazakhstan").person_numbers

ALMATY = ZoneInfo("Asia/Almaty")
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" Парта ", "Парта"),
        ("&quot;А&quot;", '"А"'),
        ("&amp;quot;А&amp;quot;", '"А"'),
        ("&amp;amp;quot;", "&quot;"),
        ("а\u0000б\u0007\ufeff", "аб"),
        ("а\nб\tв", "а\nб\tв"),
        ("  ", None),
        ("", None),
        (None, None),
        (15, "15"),
    ],
)
def test_a_text_is_cleaned(raw: Any, text: str | None) -> None:
    assert values.clean_text(raw) == text


@pytest.mark.parametrize("raw", [True, [], {}, Decimal("1.5")])
def test_what_is_no_text_is_refused(raw: Any) -> None:
    with pytest.raises(MappingError):
        values.clean_text(raw)


@pytest.mark.parametrize(
    ("raw", "found"), [(7, "7"), ("007", "007"), (Decimal("7.0"), "7"), (0, None), ("0", None), ("", None)]
)
def test_a_reference_is_an_integer_or_a_text_and_0_is_none(raw: Any, found: str | None) -> None:
    assert values.reference(raw) == found


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (0, Decimal(0)),
        ("14049", Decimal(14049)),
        (Decimal("0.10"), Decimal("0.10")),
        (Decimal("123456789012345678.91"), Decimal("123456789012345678.91")),
        (Decimal("1E+3"), Decimal(1000)),
        ("", None),
        (None, None),
    ],
)
def test_an_amount_keeps_every_digit(raw: Any, found: Decimal | None) -> None:
    assert values.amount(raw) == found


@pytest.mark.parametrize(
    "raw",
    [
        True,
        "x",
        "NaN",
        "Infinity",
        "-Infinity",
        -1,
        Decimal("-0.01"),
        10**30,
        Decimal("1E+400"),
        Decimal("1E-13"),
        [],
        {},
    ],
)
def test_what_is_no_amount_is_refused(raw: Any) -> None:
    with pytest.raises(MappingError):
        values.amount(raw)


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("2024-02-29 22:59:59", "2024-02-29T22:59:59+06:00"),
        ("2024-02-29 23:30:00", "2024-02-29T23:30:00+06:00"),
        ("2024-03-01 00:00:00", "2024-03-01T00:00:00+05:00"),
        ("2026-07-24 15:30:24.884000", "2026-07-24T15:30:24+05:00"),
        ("2026-07-24T15:30:24.884", "2026-07-24T15:30:24+05:00"),
        ("2026-07-24", "2026-07-24T00:00:00+05:00"),
    ],
)
def test_a_time_has_the_offset_of_its_instant(raw: str, written: str) -> None:
    found = values.moment(raw, ALMATY, AS_OF)

    assert found is not None
    assert found.isoformat() == written


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-30 10:00:00",
        "0000-00-00 00:00:00",
        "1989-12-31 23:59:59",
        "2101-01-01 00:00:00",
        "2060-01-01 00:00:00",
        "24.07.2026",
        20260724,
        "2026-07-24 15:30:24Z",
        "２０２６-07-24",
    ],
)
def test_what_is_no_plausible_time_is_refused(raw: Any) -> None:
    with pytest.raises(MappingError):
        values.moment(raw, ALMATY, AS_OF)


def test_a_value_is_shown_short_and_without_personal_numbers() -> None:
    assert values.shorten("ИИН 850101300123", PERSONS) == "ИИН [personal number withheld]"
    assert len(values.shorten("я" * 500, PERSONS)) == 80
    assert values.shorten(["850101300123"], PERSONS) == "['[personal number withheld]']"


def test_texts_are_joined_by_language_and_nothing_is_said_twice() -> None:
    joined = values.merged(
        Text(main="Парта ученическая", translations=(("kk", "Парта"),)),
        Text(main="ученическая"),
        None,
        Text(main="синяя", translations=(("kk", "көк"),)),
    )

    assert joined == Text(main="Парта ученическая; синяя", translations=(("kk", "Парта; көк"),))
    assert values.merged(None, None) is None
