"""The data of an edition is kept by the rule, counted back from the newest edition."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema.errors import PublishError
from publish.layout import edition_id
from publish.retention import Ledger, Rule, kept, ledger_text, passes, read_ledger

FIRST = datetime(2025, 1, 1, 19, tzinfo=UTC)
RULE = Rule()


def editions(days):
    """The editions of so many days, the newest first."""
    return [edition_id(FIRST + timedelta(days=day), day + 1) for day in reversed(range(days))]


def day_of(edition):
    return date.fromisoformat(edition[:8])


def test_nothing_is_kept_of_nothing():
    assert kept([], {}, (), RULE) == {}


def test_of_every_month_the_last_edition_is_kept_for_ever():
    found = kept(editions(700), {}, (), RULE)

    months = {day_of(each).replace(day=1) for each in editions(700)}
    assert {day_of(each).replace(day=1) for each in found} == months
    assert any(day_of(each).isoformat() == "2025-01-31" for each in found)


def test_of_every_week_the_last_edition_is_kept_for_a_year():
    found = kept(editions(700), {}, (), RULE)
    sundays = [each for each in editions(700) if day_of(each).isoweekday() == 7]
    newest = day_of(editions(700)[0])

    young = [each for each in sundays if newest - day_of(each) <= timedelta(days=366)]
    old = [each for each in sundays if newest - day_of(each) > timedelta(days=366)]
    assert set(young) <= found.keys()
    assert {each for each in old if each in found} == {each for each in old if _ends_month(each)}


def _ends_month(edition):
    return (day_of(edition) + timedelta(days=1)).day == 1


def test_every_edition_is_kept_for_35_days():
    found = kept(editions(100), {}, (), RULE)

    assert set(editions(100)[:36]) <= found.keys()
    assert len(found) < 36 + 13


def test_a_retracted_edition_stands_for_no_month_and_goes_90_days_after_it_was_retracted():
    listed = editions(400)
    january = next(each for each in listed if day_of(each).isoformat() == "2025-01-31")
    newest = day_of(listed[0])
    young, old = (f"{newest - timedelta(days=days)}T00:00:00Z" for days in (60, 120))

    assert january in kept(listed, {january: young}, (), RULE)
    gone = kept(listed, {january: old}, (), RULE)
    assert january not in gone
    assert any(day_of(each).isoformat() == "2025-01-30" for each in gone)


def test_what_somebody_wants_kept_is_kept_and_so_is_a_newest_edition_that_was_retracted():
    listed = editions(200)

    found = kept(listed, {listed[0]: "2020-01-01T00:00:00Z"}, [listed[-2]], RULE)

    assert found[listed[-2]] == "somebody wants it kept"
    assert found[listed[0]] == "the newest edition"


def test_silence_costs_no_data():
    """A year without an edition ages none: what counts is the newest, not today."""
    assert len(kept(editions(30), {}, (), RULE)) == 30


@pytest.mark.parametrize(
    ("role", "path", "goes"),
    [
        ("data", "data/lots/csv/year=2024/lots.csv", True),
        ("state", "data/state/tsv/year=2024/state.tsv.gz", True),
        ("lookup", "data/database/sqlite/all/database.sqlite", True),
        ("metadata", "editions/x/issues.jsonl.gz", True),
        ("delta", "editions/x/delta-d30.jsonl.gz", True),
        ("delta", "editions/x/delta.jsonl.gz", False),
        ("changelog", "editions/x/changelog.jsonl.gz", False),
        ("metadata", "editions/x/quality.json", False),
    ],
)
def test_changelog_and_daily_delta_outlast_the_data(role, path, goes):
    assert passes({"role": role, "path": path}) is goes


def test_the_ledger_is_read_as_it_was_written(tmp_path):
    storage = FileStorage(tmp_path)
    told = Ledger(
        held={"a": {"editionId": "a", "by": "Ann", "reason": "cited"}}, collected={"b": "2026-01-01T00:00:00Z"}
    )
    assert read_ledger(storage, "kazakhstan") == Ledger(held={}, collected={})

    storage.put_new("v1/kazakhstan/retention.json", ledger_text("kazakhstan", RULE, told), content_type="")

    assert read_ledger(storage, "kazakhstan") == told


def test_a_damaged_ledger_says_what_to_do(tmp_path):
    storage = FileStorage(tmp_path)
    storage.put_new("v1/kazakhstan/retention.json", b"{", content_type="")

    with pytest.raises(PublishError, match=r"retention\.json cannot be read"):
        read_ledger(storage, "kazakhstan")
