"""Runs, their steps, the archive's segments and answers, and editions."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from extractors.base import SeenAnswer, Segment
from ocds_pipeline.store import Edition, Store
from ocds_schema.run import Run
from tests.support.stored import MORNING, SOURCE

LATER = MORNING + timedelta(hours=5)


def test_run_ids_are_made_of_the_moment_and_a_number_per_source(store: Store) -> None:
    almaty = timezone(timedelta(hours=5))

    first = store.begin_run(SOURCE, "full", datetime(2026, 11, 22, 7, tzinfo=almaty))
    other = store.begin_run("kyrgyzstan", "full", MORNING)
    store.finish_run(first)
    second = store.begin_run(SOURCE, "full", LATER)

    assert first == Run(id="20261122T020000Z-000001", source=SOURCE, as_of=MORNING)
    assert other.id == "20261122T020000Z-000001"
    assert second.id == "20261122T070000Z-000002"
    assert first.as_of.tzinfo == UTC


def test_an_unfinished_run_of_the_same_request_is_gone_on_with(store: Store) -> None:
    begun = store.begin_run(SOURCE, "full", MORNING)

    assert store.begin_run(SOURCE, "full", LATER) == begun


def test_a_run_of_another_request_abandons_the_unfinished_one(store: Store) -> None:
    begun = store.begin_run(SOURCE, "full", MORNING)
    window = store.begin_run(SOURCE, "from 2026-11-01", LATER)
    again = store.begin_run(SOURCE, "full", LATER)

    assert [run.id[-1] for run in (begun, window, again)] == ["1", "2", "3"]


def test_a_finished_run_is_not_gone_on_with(store: Store) -> None:
    begun = store.begin_run(SOURCE, "full", MORNING)
    store.finish_run(begun)

    assert store.begin_run(SOURCE, "full", MORNING).id == "20261122T020000Z-000002"


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="zone"):
        store.begin_run(SOURCE, "full", datetime(2026, 11, 22))  # noqa: DTZ001


def test_steps_keep_their_reports_in_the_order_they_ended(store: Store) -> None:
    begun = store.begin_run(SOURCE, "full", MORNING)
    assert store.steps(begun) == {}

    store.finish_step(begun, "transform", {"releases": 2})
    store.finish_step(begun, "harvest", {"pages": [1, None, "ж"]})
    store.finish_step(begun, "transform", {"releases": 3})

    assert list(store.steps(begun).items()) == [("transform", {"releases": 3}), ("harvest", {"pages": [1, None, "ж"]})]


def test_an_answer_is_found_where_it_was_first_archived(store: Store) -> None:
    payload = "ab" * 32
    first = SeenAnswer(url="https://portal.example/1", retrieved_at=MORNING, record_id="<urn:uuid:1>")

    assert store.answer(SOURCE, payload) is None
    store.save_answer(SOURCE, payload, first)
    store.save_answer(SOURCE, payload, SeenAnswer(url="https://portal.example/2", retrieved_at=LATER, record_id="2"))

    assert store.answer(SOURCE, payload) == first
    assert store.answer("kyrgyzstan", payload) is None


def test_segments_are_counted_once(store: Store) -> None:
    begun = store.begin_run(SOURCE, "full", MORNING)
    later = Segment(name="lot-00002.warc.gz", records=5, bytes=1 << 33, sha256="0" * 64)
    earlier = Segment(name="lot-00001.warc.gz", records=9, bytes=1000, sha256="1" * 64)

    for segment in (later, earlier, later):
        store.save_segment(begun, segment)

    assert store.segments(begun) == [earlier, later]


def test_an_edition_is_prepared_and_then_committed(store: Store) -> None:
    begun = store.begin_run(SOURCE, "full", MORNING)
    assert store.prepared_edition(begun) is None

    store.prepare_edition(begun, 1, "20261122T020000Z-000001", 7, {"base": "x"})
    store.prepare_edition(begun, 1, "20261122T020000Z-000001", 8, {"base": None})

    prepared = Edition(
        source=SOURCE,
        run=begun.id,
        id="20261122T020000Z-000001",
        sequence=1,
        mark=8,
        facts={"base": None},
        committed=False,
    )
    assert store.prepared_edition(begun) == prepared
    assert store.last_edition(SOURCE) is None

    store.commit_edition(begun)
    store.prepare_edition(begun, 2, "another", 9, {})

    last = store.last_edition(SOURCE)
    assert last == store.prepared_edition(begun)
    assert last is not None
    assert (last.sequence, last.mark, last.committed) == (1, 8, True)


def test_the_last_edition_is_the_one_of_the_highest_number(store: Store) -> None:
    for number in range(9, 12):
        begun = store.begin_run(SOURCE, str(number), MORNING)
        store.prepare_edition(begun, number, f"e-{number}", number, None)
        store.commit_edition(begun)

    last = store.last_edition(SOURCE)

    assert last is not None
    assert last.id == "e-11"
