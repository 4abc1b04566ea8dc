"""All checks together: what is settled once holds for every release, nothing personal leaves, figures add up."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.quality.check import Judging
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.quality.issues import issue_of
from ocds_pipeline.quality.registry import registry
from ocds_pipeline.quality.report import quality_facts
from ocds_pipeline.quality.walk import Walker
from ocds_pipeline.sources import person_numbers
from ocds_schema.personal import WITHHELD
from tests.unit.quality.cases import PAIRS, TIMES, changed, many, whole

REDACT = person_numbers(["kazakhstan"]).redact
CONTEXT = Context(
    country="KG", currency="KGS", as_of=datetime(2026, 11, 22, tzinfo=UTC), redact=REDACT, ocid_prefix="ocds-a1b2c3"
)
JUDGING = {name: one for name, one in registry().items() if isinstance(one.check, Judging)}
CASES = [release for pair in PAIRS.values() for release in (pair.good, pair.bad)]


def inspected(releases: Sequence[Any]) -> dict[str, tuple[int, int, int]]:
    inspection = Inspection(CONTEXT, JUDGING)
    for _ in inspection.look_through(releases):
        pass
    quality, _ = inspection.finish()
    return {one.named.name: (one.passed, one.failed, one.reasons.total()) for one in quality.checks}


def one_by_one(releases: Sequence[Any]) -> dict[str, tuple[int, int, int]]:
    walker, counts = Walker(), {name: [0, 0, 0] for name in JUDGING}
    for release in releases:
        index = walker.walk(release)
        for name, one in JUDGING.items():
            outcome = one.check.judge(index, CONTEXT).outcome
            counts[name][("pass", "fail", "not_applicable").index(outcome)] += 1
    return {name: tuple(count) for name, count in counts.items()}


def differing(releases: Sequence[Any]) -> dict[str, Any]:
    """The checks of which the figures differ when each release is judged for itself."""
    alone = one_by_one(releases)
    return {name: (counts, alone[name]) for name, counts in inspected(releases).items() if counts != alone[name]}


def test_what_is_settled_once_holds_for_every_release() -> None:
    releases = [*CASES, *CASES, *many(5)]

    assert differing(releases) == {}


def test_codes_that_wait_are_counted_in_any_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    def figures() -> dict[str, Any]:
        inspection = Inspection(CONTEXT)
        for release in many(120):
            inspection.look(release)
        return {one.named.name: one.figures for one in inspection.finish()[0].checks if one.figures}

    at_once = figures()
    monkeypatch.setattr("ocds_pipeline.quality.plans._WAIT", 7)

    assert at_once["tender_status_spread"]["total"] == 120
    assert figures() == at_once


ODD = st.sampled_from(
    [None, "", [], {}, 0, 7, "x", "7", ["x"], [None], [{}], {"id": 1}, [{"id": 1}, {"id": "1"}], True]
)


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """A whole release with some of its members replaced by anything, or gone."""
    release = deepcopy(draw(st.sampled_from(CASES)))
    for _ in range(draw(st.integers(0, 3))):
        owner: Any = release
        for _ in range(draw(st.integers(0, 4))):
            inner = [
                one for one in (owner.values() if isinstance(owner, dict) else owner) if isinstance(one, dict | list)
            ]
            if not inner:
                break
            owner = draw(st.sampled_from(inner))
        if not owner:
            continue
        key = draw(st.sampled_from(list(owner) if isinstance(owner, dict) else list(range(len(owner)))))
        if draw(st.booleans()) and isinstance(owner, dict):
            del owner[key]
        else:
            owner[key] = deepcopy(draw(ODD))
    return release


@settings(max_examples=150, deadline=None)
@given(st.lists(mutants(), min_size=1, max_size=6))
def test_no_release_is_too_odd_and_shortcuts_change_no_verdict(releases: list[Any]) -> None:
    releases = [*releases, *reversed(releases)]

    assert differing(releases) == {}


def lines_of(releases: Sequence[Any]) -> list[list[bytes]]:
    """The lines of each release, looked at together with the others."""
    return [[issue.line() for issue in issues] for issues in Inspection(CONTEXT).look_through(releases)]


def lines_slowly(releases: Sequence[Any]) -> list[list[bytes]]:
    """The lines of each release, of which every check was asked, without any shortcut."""
    found = []
    for release in releases:
        index = Walker().walk(release)
        failures = [(name, each) for name, one in JUDGING.items() for each in one.check.judge(index, CONTEXT).failures]
        found.append(
            [issue_of(name, one, index.place(one.at), index.ocid, CONTEXT.redact).line() for name, one in failures]
        )
    return found


@pytest.fixture(params=["as usual", "few at a time", "few objects", "few plans", "few shapes"])
def bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    name, most = {
        "as usual": ("inspection._AT_ONCE", 32),
        "few at a time": ("inspection._AT_ONCE", 3),
        "few objects": ("inspection._MOST_OBJECTS", 100),
        "few plans": ("plans._MOST", 4),
        "few shapes": ("walk._MOST_SHAPES", 40),
    }[request.param]
    monkeypatch.setattr(f"ocds_pipeline.quality.{name}", most)


@pytest.fixture(scope="module")
def slow_lines() -> list[list[bytes]]:
    return lines_slowly(CASES)


@pytest.mark.usefixtures("bounds")
def test_looked_at_together_releases_have_the_lines_that_each_has_alone(slow_lines: list[list[bytes]]) -> None:
    assert lines_of([*CASES, *reversed(CASES)]) == [*slow_lines, *reversed(slow_lines)]


@pytest.mark.usefixtures("bounds")
def test_looked_at_together_releases_give_the_same_figures() -> None:
    def facts(*, together: bool) -> Any:
        inspection = Inspection(CONTEXT)
        releases = [*CASES[:80], *many(10)]
        if together:
            for _ in inspection.look_through(releases):
                pass
        else:
            for release in releases:
                inspection.look(release)
        return quality_facts(inspection.finish()[0], {})

    assert facts(together=True) == facts(together=False)


@settings(max_examples=20, deadline=None)
@given(st.lists(mutants(), min_size=1, max_size=6))
def test_the_oddest_releases_have_the_same_lines_without_shortcuts(releases: list[Any]) -> None:
    releases = [*releases, *reversed(releases), *releases]

    assert lines_of(releases) == lines_slowly(releases)


def test_what_was_before_is_counted_when_many_are_looked_at() -> None:
    inspection = Inspection(CONTEXT, {name: registry()[name] for name in TIMES})

    assert list(inspection.look_through([whole(), whole()], as_before=True)) == [[], []]
    assert {one.passed for one in inspection.finish()[0].checks} == {2}


def test_a_release_without_codes_is_never_said_to_have_good_ones() -> None:
    inspection = Inspection(CONTEXT, {"code_known": registry()["code_known"]})

    assert list(inspection.look_through([{"ocid": "ocds-a1b2c3-1"}] * 3)) == [[], [], []]
    assert inspection.finish()[0].checks[0].reasons.total() == 3


def test_nothing_personal_leaves() -> None:
    release = changed(
        ("tender/procurementMethodDetails", "Иванов - 850101300123"),
        ("parties/0/contactPoint/email", "ivan.ivanov at example.org"),
        ("parties/0/contactPoint/telephone", "не звонить 87001234567"),
        ("buyer/name", "Иванов Иван"),
        ("buyer/id", "850101300123"),
    )
    inspection = Inspection(CONTEXT)

    shown = b"".join(issue.line() for issue in inspection.look(release)).decode()

    assert WITHHELD in shown
    assert "850101300123" not in shown
    assert "Иванов Иван" not in shown
    assert "ivan" not in shown
    assert "xxxx.xxxxxx xx xxxxxxx.xxx" in shown
    assert "87001234567" not in shown


def test_figures_show_no_personal_number() -> None:
    inspection = Inspection(CONTEXT)
    person = ("tender/awardCriteria", "850101300123 " + "я" * 500)
    for release in many(120, lambda _: person, lambda _: ("tender/value/currency", "850101300123")):
        inspection.look(release)
    quality, _ = inspection.finish()

    shown = repr([one.figures for one in quality.checks])

    assert WITHHELD in shown
    assert "850101300123" not in shown
    assert "я" * 100 not in shown


def test_texts_are_bounded() -> None:
    inspection = Inspection(CONTEXT)

    issues = inspection.look(changed(("tender/documents/0/format", "я" * 5000)))

    assert max(len(issue.value) for issue in issues) == 80


def test_an_issue_says_where_and_why() -> None:
    issues = Inspection(CONTEXT, {"award_status": registry()["award_status"]}).look(PAIRS["award_status"].bad)

    (issue,) = issues
    assert (issue.ocid, issue.path, issue.pointer) == ("ocds-a1b2c3-1", "awards/status", "/awards/0/status")
    assert (issue.rule, issue.value) == ("award_status", "cancelled")
    assert issue.explanation == "The value is the status of an award that has a contract."


def test_a_check_of_another_country_is_not_asked() -> None:
    kazakh = Context(country="KZ", currency="KZT", as_of=CONTEXT.as_of, redact=REDACT)
    inspection = Inspection(kazakh, {"enquiry_period_is_own": registry()["enquiry_period_is_own"]})
    inspection.look(PAIRS["enquiry_period_is_own"].bad)

    quality, _ = inspection.finish()

    assert quality.checks[0].reasons == {"the check is asked of other countries only": 1}


def test_editions_are_compared() -> None:
    inspection = Inspection(CONTEXT, {name: registry()[name] for name in TIMES})

    inspection.look(whole(), before=whole())
    issues = inspection.look_for(whole())

    quality, _ = inspection.finish()
    assert [issue.rule for issue in issues] == ["ocid_kept"]
    assert {one.named.name: (one.passed, one.failed) for one in quality.checks} == {
        "ocid_kept": (1, 1),
        "phases_kept": (1, 0),
        "tender_title_kept": (1, 0),
    }


def test_a_release_that_is_whole_has_no_issue() -> None:
    assert [issue.rule for issue in Inspection(CONTEXT).look(whole())] == []
