"""Glances: where one tells that nothing is wrong with many values, no check finds anything wrong with one of them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.quality.check import FieldCheck, ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.plain import GLANCES
from ocds_pipeline.quality.registry import registry

CONTEXT = Context(
    country="KZ", currency="KZT", as_of=datetime(2026, 11, 22, tzinfo=UTC), redact=str, ocid_prefix="ocds-a1b2c3"
)
GOOD: dict[str, tuple[Any, ...]] = {
    "date": ("2026-02-20T10:00:00+05:00", "2024-02-28T23:59:59.123456Z", "1990-01-01T00:00:00Z"),
    "past_date": ("2026-02-20T10:00:00+05:00", "1990-01-01T00:00:00Z"),
    "document_url": ("https://example.org/a?b#c", "http://a.b.example"),
    "email": ("a.b@example.org", "office1@a.example"),
    "telephone": ("+77270000000", "12345"),
    "party_id": ("KZ-BIN-100140000001", "KG-INN-123456"),
    "amount": (1, Decimal("120.50"), 10**17),
    "count": (0, 1, Decimal("2.5")),
    "id": ("1", ""),
    "ocid": ("ocds-a1b2c3-1", "ocds-a1b2c3-kz-2"),
    "language": ("ru", "kk"),
    "scheme": ("KZ-BIN",),
}
ODD = (
    *(None, True, 0, -1, 1.5, 10**18, 10**40, "", " ", "x", "\n", "0", [], ["x"], {}, {"id": "1"}),
    *(
        Decimal(text)
        for text in (
            "0.00",
            "-0.01",
            "999999.99",
            "1234567",
            "1.23456",
            "1E+5",
            "1E-9",
            "1E+30",
            "1.0000000000000000000",
        )
    ),
    *("2026-02-30T00:00:00Z", "2026-02-20T10:00:00", "2026-02-20", "1989-12-31T00:00:00Z", "2050-01-01T00:00:00Z"),
    *("2026-11-23T00:00:00Z", "2026-02-20T24:00:00Z", "2026-02-20T10:00:00+15:00", "٢026-02-20T10:00:00Z"),
    *("https://.", "https://a b.example", "ftp://a.example", "a@b", "a@b.c1", "+7", "12345\n12345", "KZ-BIN-000000"),
    *("KZ-BIN-999999", "null", "ocds-a1b2c3-", "ocds-xxxxxx-1", "RU", "xx", "KZ-ZZZ"),
)


def some(group: str) -> st.SearchStrategy[list[Any]]:
    usual = st.sampled_from(GOOD[group])
    edited = st.builds(
        lambda value, at, text: f"{value}"[: at % 30] + text + f"{value}"[at % 30 :],
        usual,
        st.integers(0, 29),
        st.text(),
    )
    return st.lists(st.one_of(usual, usual, usual, edited, st.sampled_from(ODD)), min_size=1, max_size=5)


def accepted(group: str, values: list[Any]) -> bool:
    checks = (one.check for one in registry().values())
    return all(
        check.accepts(values, CONTEXT) for check in checks if isinstance(check, FieldCheck) and check.group == group
    )


@pytest.mark.parametrize("group", sorted(GLANCES))
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_glance_lets_pass_every_check_accepts(group: str, data: st.DataObject) -> None:
    values = data.draw(some(group))

    assert not GLANCES[group].tells({group: values}, CONTEXT) or accepted(group, values)


@pytest.mark.parametrize("group", sorted(GLANCES))
def test_a_glance_is_enough_for_what_is_usual(group: str) -> None:
    assert GLANCES[group].tells({group: [*GOOD[group], *GOOD[group]]}, CONTEXT)


@pytest.mark.parametrize(
    ("currencies", "amounts", "told"),
    [
        (["KZT", "KZT"], [1, 5 * 10**12], True),
        (["KZT", "KZT"], [1, 5 * 10**12 + 1], False),
        (["KZT", "KZT"], [1, -(5 * 10**12) - 1], False),
        (["KZT", "USD"], [10**11, 1], False),
        (["KZT", "ZZZ"], [1, 1], False),
        (["KZT", None], [1, 1], False),
        (["KZT", ["KZT"]], [1, 1], False),
        (["KZT", "KZT"], [1, "1"], False),
    ],
)
def test_a_glance_at_amounts_knows_the_lowest_bound(currencies: list[Any], amounts: list[Any], told: bool) -> None:
    check = registry()["amount_plausible"].check
    assert isinstance(check, ReleaseCheck)
    assert check.glance is not None

    assert check.glance.tells({"code currency": currencies, "amount": amounts}, CONTEXT) is told
