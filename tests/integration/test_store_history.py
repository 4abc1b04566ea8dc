"""History: records with their releases, by year, and those that changed."""

import tracemalloc
from collections.abc import Iterator

from ocds_pipeline.store import Store
from ocds_schema.outcome import Outcome
from tests.support.stored import SOURCE, outcome, run

RUN = run()
OCIDS = [f"o-{number:04}" for number in range(1200)]


def first_outcomes() -> list[Outcome]:
    return [outcome(f"buy:{ocid}", ocid, year=2025 + place % 2) for place, ocid in enumerate(OCIDS)]


def test_an_empty_store_has_no_history(store: Store) -> None:
    assert store.years(SOURCE) == []
    assert store.mark(SOURCE) == 0
    assert list(store.history(SOURCE, 2026)) == []
    assert list(store.changed_since(SOURCE, 0, 0)) == []


def test_each_year_has_its_own_records_by_ocid(store: Store) -> None:
    store.save_outcomes(RUN, list(reversed(first_outcomes())))

    assert store.years(SOURCE) == [2025, 2026]
    assert [held.ocid for held, _ in store.history(SOURCE, 2025)] == OCIDS[::2]
    assert [held.ocid for held, _ in store.history(SOURCE, 2026)] == OCIDS[1::2]
    assert list(store.history("kyrgyzstan", 2025)) == []


def test_ocids_are_in_the_order_of_their_bytes(store: Store) -> None:
    ocids = ["o-B", "o-a", "o-Z-1", "o-10", "o-9", "o_1", "o-é", "o-я"]
    store.save_outcomes(RUN, [outcome(f"buy:{ocid}", ocid) for ocid in ocids])

    assert [held.ocid for held, _ in store.history(SOURCE, 2026)] == sorted(ocids)


def test_a_mark_parts_old_releases_from_new_ones(store: Store) -> None:
    store.save_outcomes(RUN, first_outcomes())
    mark = store.mark(SOURCE)
    store.save_outcomes(RUN, [outcome("buy:o-0700", "o-0700", 2, year=2025), outcome("buy:new", "o-0005x", 1)])
    store.save_outcomes(RUN, [outcome("buy:o-0700", "o-0700", 3, year=2025)])
    through = store.mark(SOURCE)
    store.save_outcomes(RUN, [outcome("buy:o-0700", "o-0700", 4, year=2025), outcome("buy:o-0001", "o-0001", 2)])

    changed = [
        (held.ocid, [each.id for each in old], [each.id for each in new])
        for held, old, new in store.changed_since(SOURCE, mark, through)
    ]

    assert changed == [
        ("o-0005x", [], ["o-0005x-1"]),
        ("o-0700", ["o-0700-1"], ["o-0700-2", "o-0700-3"]),
    ]
    assert sum(1 for _ in store.changed_since(SOURCE, 0, mark)) == len(OCIDS)
    assert list(store.changed_since(SOURCE, through, through)) == []


def test_a_stream_may_be_left_early(store: Store) -> None:
    store.save_outcomes(RUN, first_outcomes())

    stream = store.changed_since(SOURCE, 0, store.mark(SOURCE))
    assert next(stream)[0].ocid == OCIDS[0]
    stream.close()

    store.save_outcomes(RUN, [outcome("buy:x", "x")])


def test_a_stream_holds_a_few_records_at_a_time(store: Store) -> None:
    padded = [outcome(f"buy:{number:05}", f"p-{number:05}") for number in range(6000)]
    for start in range(0, len(padded), 1000):
        store.save_outcomes(RUN, padded[start : start + 1000])
    del padded

    tracemalloc.start()
    few = peak(zip(range(1500), store.history(SOURCE, 2026), strict=False))
    all_of_them = peak(store.history(SOURCE, 2026))
    changed = peak(store.changed_since(SOURCE, 0, store.mark(SOURCE)))
    tracemalloc.stop()

    assert all_of_them < 1.5 * few
    assert changed < 2 * few


def peak(stream: Iterator[object]) -> int:
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    for _ in stream:
        pass
    return tracemalloc.get_traced_memory()[1] - before


def test_an_ocid_of_our_own_is_found_beside_those_of_another_publisher(store: Store) -> None:
    store.save_outcomes(RUN, [outcome("ministry:1", "ocds-aaaaaa-1"), outcome("buy:2", "ocds-bbbbbb-kz-2")])

    assert store.any_ocid(SOURCE, apart_from=["ocds-aaaaaa"]) == "ocds-bbbbbb-kz-2"
    assert store.any_ocid(SOURCE, apart_from=["ocds-aaaaaa", "ocds-bbbbbb"]) is None
