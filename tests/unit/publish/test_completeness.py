"""What a portal lists is counted by what became of it, by day, and by the numbers that are missing."""

import random
from datetime import date

import pytest

from publish import completeness
from publish.completeness import ListedObject, contradictions, count_listed, summary

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_objects_are_counted_by_fate_and_day() -> None:
    listed = count_listed(
        "notice",
        "rest",
        [
            ListedObject(fate="kept", day=TUESDAY),
            ListedObject(fate="quarantined", day=MONDAY),
            ListedObject(fate="kept", day=MONDAY, is_outdated=True),
            ListedObject(fate="elsewhere"),
        ],
    )

    assert summary(listed) == {
        "kind": "notice",
        "way": "rest",
        "listed": 4,
        "kept": 2,
        "quarantined": 1,
        "elsewhere": 1,
        "waiting": 0,
        "outdated": 1,
    }
    assert [(day["day"], day["listed"], day["kept"]) for day in listed["days"]] == [
        ("2026-03-02", 2, 1),
        ("2026-03-03", 1, 1),
    ]
    assert listed["undated"]["elsewhere"] == 1
    assert listed["numbers"] is None
    assert list(contradictions(listed)) == []


def test_missing_numbers_are_told_as_ranges() -> None:
    listed = count_listed("notice", None, [ListedObject(fate="kept", number=number) for number in (9, 3, 4, 4, 7)])

    assert listed["numbers"] == {
        "first": 3,
        "last": 9,
        "distinct": 4,
        "missing": 3,
        "gaps": 2,
        "largestGaps": [{"first": 5, "last": 6, "count": 2}, {"first": 8, "last": 8, "count": 1}],
    }
    assert list(contradictions(listed)) == []


def test_the_order_in_which_objects_come_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "_AT_ONCE", 7)
    monkeypatch.setattr(completeness, "MOST_RANGES", 5)
    numbers = random.Random(3).sample(range(200), 120)
    objects = [ListedObject(fate="kept", number=number, day=MONDAY) for number in numbers]

    listed = count_listed("notice", None, objects)

    assert listed == count_listed("notice", None, sorted(objects, key=lambda one: one.number or 0))
    assert len(listed["numbers"]["largestGaps"]) == 5
    held = set(numbers)
    missing = [number for number in range(min(held), max(held)) if number not in held]
    assert listed["numbers"]["missing"] == len(missing)


def test_a_number_that_no_portal_counts_with_is_left_out() -> None:
    listed = count_listed(
        "notice", None, [ListedObject(fate="kept", number=10**30), ListedObject(fate="kept", number=1)]
    )

    assert (listed["listed"], listed["numbers"]["distinct"]) == (2, 1)


@pytest.mark.parametrize(
    ("place", "name"), [((), "kept"), ((), "listed"), (("undated",), "waiting"), (("numbers",), "missing")]
)
def test_counts_that_do_not_add_up_are_found(place: tuple[str, ...], name: str) -> None:
    listed = count_listed("notice", None, [ListedObject(fate="kept", number=number) for number in (1, 3)])
    target = listed
    for step in place:
        target = target[step]
    target[name] += 1

    assert list(contradictions(listed))
