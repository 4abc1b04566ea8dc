"""Every check passes where it should, fails where it should, and says so in plain words at the right place."""

from datetime import UTC, datetime
from decimal import Decimal
from time import process_time
from typing import Any

import pytest

from ocds_pipeline.quality.check import DatasetCheck, FieldCheck, FiguresCheck, ReleaseCheck, TimeCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.quality.registry import registry
from ocds_pipeline.quality.result import pointer
from ocds_pipeline.quality.walk import Walker
from ocds_pipeline.sources import person_numbers
from tests.unit.quality.cases import DATASETS, FIGURES, PAIRS, SHOWN, TIMES, Release, changed

REDACT = person_numbers(["kazakhstan"]).redact
SINGLE = sorted(n for n, one in registry().items() if isinstance(one.check, FieldCheck | ReleaseCheck))


def context(country: str = "KZ") -> Context:
    return Context(
        country=country,
        currency="KZT",
        as_of=datetime(2026, 11, 22, tzinfo=UTC),
        redact=REDACT,
        ocid_prefix="ocds-a1b2c3",
        probe=lambda url: 404 if "gone" in url else 200,
    )


def test_every_check_has_a_pair_of_cases() -> None:
    assert sorted(registry()) == sorted([*PAIRS, *DATASETS, *SHOWN, *TIMES, *FIGURES])


@pytest.mark.parametrize("name", SINGLE)
def test_a_release_passes(name: str) -> None:
    index = Walker().walk(PAIRS[name].good)

    assert registry()[name].check.judge(index, context(PAIRS[name].country)).outcome == "pass"


@pytest.mark.parametrize("name", SINGLE)
def test_a_release_fails_at_its_place(name: str) -> None:
    index = Walker().walk(PAIRS[name].bad)

    result = registry()[name].check.judge(index, context(PAIRS[name].country))

    assert result.outcome == "fail"
    assert pointer(index.place(result.failures[0].at)) == PAIRS[name].pointer


@pytest.mark.parametrize("name", SINGLE)
def test_a_check_is_not_applicable_to_nothing(name: str) -> None:
    index = Walker().walk({})

    assert registry()[name].check.judge(index, context()).outcome in {"not_applicable", "fail"}


@pytest.mark.parametrize("name", SINGLE)
def test_a_check_is_pure(name: str) -> None:
    check, walker = registry()[name].check, Walker()
    once = [check.judge(walker.walk(case), context()) for case in (PAIRS[name].bad, PAIRS[name].good)]
    again = [check.judge(walker.walk(case), context()) for case in (PAIRS[name].bad, PAIRS[name].good)]

    assert [(one.outcome, list(one.failures)) for one in once] == [(one.outcome, list(one.failures)) for one in again]


def judged(name: str, releases: list[Release]) -> tuple[Inspection, list[str]]:
    inspection = Inspection(context(), {name: registry()[name]})
    for release in releases:
        inspection.look(release)
    quality, issues = inspection.finish()
    return quality.checks[0], [issue.explanation for issue in issues]


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_a_data_set_passes(name: str) -> None:
    figures, issues = judged(name, DATASETS[name][0])

    assert (figures.passed, figures.failed, issues) == (1, 0, [])


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_a_data_set_fails(name: str) -> None:
    figures, issues = judged(name, DATASETS[name][1])

    assert (figures.passed, figures.failed) == (0, 1)
    assert issues


@pytest.mark.parametrize("name", SHOWN)
def test_figures_are_shown(name: str) -> None:
    figures, issues = judged(name, DATASETS["tender_value_spread"][0])

    assert figures.passed == 1
    assert figures.figures["codes"]
    assert issues == []


@pytest.mark.parametrize("name", sorted({**DATASETS, **dict.fromkeys(SHOWN)}))
def test_a_data_set_of_nothing_is_not_judged(name: str) -> None:
    figures, _ = judged(name, [{}])

    assert figures.reasons.total() == 1


@pytest.mark.parametrize("name", sorted(TIMES))
def test_what_was_published_before_is_kept(name: str) -> None:
    check = registry()[name].check
    assert isinstance(check, TimeCheck)
    good, bad, where = TIMES[name]

    failed = check.judge(*bad)

    assert check.judge(*good).outcome == "pass"
    assert failed.outcome == "fail"
    assert pointer(failed.failures[0].at) == where


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figures_are_kept(name: str) -> None:
    check = registry()[name].check
    assert isinstance(check, FiguresCheck)
    good, bad = FIGURES[name]

    assert check.judge(*good).outcome == "pass"
    assert check.judge(*bad).outcome == "fail"


def test_reasons_and_titles_are_plain_words() -> None:
    for name, pair in PAIRS.items():
        result = registry()[name].check.judge(Walker().walk(pair.bad), context(pair.country))
        reason = result.failures[0].reason
        assert reason[0].islower(), name
        assert not reason.endswith("."), name
        assert registry()[name].title.endswith("."), name


def test_every_check_of_a_data_set_says_what_it_needs() -> None:
    needed = {need for one in registry().values() for need in getattr(one.check, "needs", ())}
    marks = frozenset().union(*(shape.marks for shape in Walker().walk(PAIRS["ocid_prefix"].good).shapes))

    assert sorted(need for need in needed if need not in marks and "Identifier" not in need) == []
    assert any(isinstance(one.check, DatasetCheck) for one in registry().values())


def outcome_of(name: str, *changes: tuple[str, Any]) -> str:
    check = registry()[name].check
    assert isinstance(check, FieldCheck | ReleaseCheck)
    return check.judge(Walker().walk(changed(*changes)), context()).outcome


@pytest.mark.parametrize(
    ("amount", "precision", "placeholder"),
    [
        (Decimal("999999999999999999999999999.99"), "pass", "fail"),
        (Decimal("123456789012345678901234567.12345"), "fail", "pass"),
        (Decimal("1E+29"), "pass", "pass"),
        (Decimal("5.1000000000"), "pass", "pass"),
        (9_999_999_999_999_999, "pass", "fail"),
        (10_000_000_000_000_000, "pass", "pass"),
        (10**400, "pass", "pass"),
    ],
)
def test_amounts_of_any_size_are_judged_digit_by_digit(amount: Any, precision: str, placeholder: str) -> None:
    change = ("awards/0/value/amount", amount)

    assert outcome_of("amount_precision", change) == precision
    assert outcome_of("amount_placeholder", change) == placeholder


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.12", "pass"),
        ("application/PDF", "pass"),
        ("pdf", "fail"),
        ("application/x-rar", "fail"),
    ],
)
def test_capitals_make_no_other_media_type(kind: str, outcome: str) -> None:
    assert outcome_of("document_format", ("tender/documents/0/format", kind)) == outcome


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("document_url", "tender/documents/0/url", "http://" + "a" * 50_000 + " b"),
        ("telephone", "parties/0/contactPoint/telephone", "x" * 50_000),
        ("email", "parties/0/contactPoint/email", "a@" + "a." * 25_000 + "1"),
    ],
)
def test_long_texts_are_judged_at_once(name: str, path: str, value: str) -> None:
    began = process_time()

    assert outcome_of(name, (path, value)) == "fail"
    assert process_time() - began < 5


@pytest.mark.parametrize("check", ["buyer_in_parties", "buyer_has_role"])
def test_no_id_leads_to_no_party(check: str) -> None:
    parties = [{"id": "None", "name": "A", "roles": ["supplier"]}]

    assert outcome_of(check, ("buyer", {"name": "A"}), ("parties", parties)) == (
        "fail" if check == "buyer_in_parties" else "not_applicable"
    )


def test_two_members_without_an_id_do_not_have_the_same_one() -> None:
    assert outcome_of("ids_unique", ("tender/items", [{"id": None}, {"id": None}])) == "pass"
