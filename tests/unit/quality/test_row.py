"""Rows of numbers give what they took, however much of it went into a file."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocds_pipeline.quality import row
from ocds_pipeline.quality.counters import Repeated, fingerprint
from ocds_pipeline.quality.row import Row

NUMBERS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.one_of(NUMBERS, st.lists(NUMBERS, max_size=9)), max_size=30), st.integers(1, 9))
def test_a_row_gives_what_it_took_as_often_as_it_is_asked(portions: list[int | list[int]], most: int) -> None:
    numbers, taken = Row(most), []
    for portion in portions:
        if isinstance(portion, list):
            numbers.extend(portion)
            taken += portion
        else:
            numbers.append(portion)
            taken.append(portion)

        assert (numbers.all().tolist(), len(numbers)) == (taken, len(taken))


def test_memory_does_not_grow_with_the_numbers() -> None:
    def used(count: int) -> int:
        tracemalloc.start()
        numbers = Row(1_000)
        for first in range(0, count, 100):
            numbers.extend(range(first, first + 100))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(numbers) == count
        return peak

    assert used(100_000) < used(10_000) + 50_000


def test_what_comes_again_is_found_though_its_fingerprint_is_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row.Row.__init__, "__defaults__", (16,))
    repeated = Repeated()
    for number in range(6_000):
        repeated.add([fingerprint(f"key {number}")], f"owner {number}", fingerprint(f"owner {number}"))
    repeated.add([fingerprint("key 3")], "late", fingerprint("late"))

    assert repeated.again() == (1, ["late"])
