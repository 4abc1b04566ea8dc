"""Counting with bounded memory: what is bounded, and what is exact all the same."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ocds_pipeline.quality.counters import Frequent, Magnitudes, Repeated, Sample, fingerprint


def test_the_most_frequent_survive() -> None:
    counts: Frequent[str] = Frequent(most=10)

    for number in range(1_000):
        counts.add(["often", f"once {number}"])

    assert counts.total == 2_000
    assert counts.top(1) == [("often", 1_000)]
    assert len(counts.counts) <= 20
    assert counts.missed >= 1


def test_what_is_dropped_twice_is_missed_twice() -> None:
    frequent: Frequent[str] = Frequent(most=1)
    for things in (["a", "b", "c"], ["b", "c"]):
        frequent.add(things)

    assert (frequent.counts, frequent.missed) == ({"a": 1}, 2)


@given(st.lists(st.integers(0, 50), max_size=300))
def test_a_count_is_short_by_no_more_than_it_says(things: list[int]) -> None:
    counts: Frequent[int] = Frequent(most=8)
    for thing in things:
        counts.add([thing])

    assert all(things.count(thing) - counts.missed <= count <= things.count(thing) for thing, count in counts.top(99))


@given(st.lists(st.text(max_size=3), max_size=200))
def test_every_key_that_comes_again_is_found(keys: list[str]) -> None:
    repeated = Repeated()
    for position, key in enumerate(keys):
        repeated.add([fingerprint(key)], str(position), fingerprint(str(position)))

    times, owners = repeated.again()

    assert times == len(keys) - len(set(keys))
    assert owners == [str(at) for at, key in enumerate(keys) if key in keys[:at]]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.integers(1, 9))
def test_the_top_is_that_of_all_put_in_order(things: list[str], number: int) -> None:
    counts: Frequent[str] = Frequent(most=99)
    counts.add(things)

    assert counts.top(number) == sorted(Counter(things).items(), key=lambda pair: (-pair[1], pair[0]))[:number]


def test_sums_by_magnitude_are_exact() -> None:
    amounts = Magnitudes()
    amounts.add([Decimal("0.01"), 10**18, Decimal("123456789012345678.91")])

    assert amounts.total == Decimal("1123456789012345678.92")
    assert amounts.number == 3
    assert amounts.largest(1) == 10**18
    assert amounts.largest(3) == amounts.total


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=200), st.integers(1, 20))
def test_the_largest_are_told_within_a_percent(some: list[int], number: int) -> None:
    amounts = Magnitudes()
    amounts.add(some)

    exact = sum(sorted(some)[-number:])

    assert abs(float(amounts.largest(number)) / exact - 1) < 0.011


def chosen(keys: list[str]) -> list[str]:
    sample: Sample[int] = Sample(5)
    for key in keys:
        if sample.wants(key):
            sample.add(key, len(key))
    return [key for key, _ in sample.chosen()]


@given(st.permutations([f"key {number}" for number in range(30)]))
def test_the_same_keys_give_the_same_sample(keys: list[str]) -> None:
    assert chosen(keys) == chosen([*sorted(keys), *keys])
    assert len(chosen(keys)) == 5
