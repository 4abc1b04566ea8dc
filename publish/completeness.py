"""How complete an edition is: what a portal lists, what became of it, by day; and which numbers are missing."""

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ocds_schema.json import Json

Fate = Literal["kept", "quarantined", "elsewhere", "waiting"]
"""What became of an object that a portal lists.

Its process has a record, or could never be carried over, or is told with another process or says nothing, or is not
mapped yet.
"""

FATES: Sequence[Fate] = ("kept", "quarantined", "elsewhere", "waiting")
MOST_RANGES = 1_000
"""So many missing ranges are listed, the largest; all are counted."""

_AT_ONCE = 1 << 18
_LARGEST = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedObject:
    """One object that a portal lists: what became of it, its day in the list and its number, as far as it tells.

    `is_outdated` is a kept one of which something newer is held back.
    """

    fate: Fate
    day: date | None = None
    number: int | None = None
    is_outdated: bool = False


def count_listed(kind: str, way: str | None, objects: Iterable[ListedObject]) -> Json:
    """Count objects of one kind, in one pass: by fate, by day, and the gaps between their numbers."""
    days: dict[date | None, Counter[str]] = {}
    numbers = _Numbers()
    outdated = 0
    for one in objects:
        days.setdefault(one.day, Counter())[one.fate] += 1
        outdated += one.is_outdated
        if one.number is not None:
            numbers.add(one.number)
    total = sum(days.values(), Counter[str]())
    undated = days.pop(None, Counter())
    return {
        "kind": kind,
        "way": way,
        **_fates(total),
        "outdated": outdated,
        "undated": _fates(undated),
        "days": [{"day": day.isoformat(), **_fates(days[day])} for day in sorted(filter(None, days))],
        "numbers": numbers.facts(),
    }


def summary(listed: Json) -> Json:
    """Give the counts of a list without its days and numbers."""
    return {name: listed[name] for name in ("kind", "way", "listed", *FATES, "outdated")}


def contradictions(listed: Json) -> Iterator[tuple[str, Json, Json]]:
    """Give the sums of a list that do not come out: of what, as stated, as counted."""
    summed: Counter[str] = Counter()
    for day in (listed["undated"], *listed["days"]):
        summed.update({name: day[name] for name in ("listed", *FATES)})
    for name in ("listed", *FATES):
        if listed[name] != summed[name]:
            yield f"{name} by day", listed[name], summed[name]
    if listed["listed"] != sum(listed[fate] for fate in FATES):
        yield "listed by fate", listed["listed"], sum(listed[fate] for fate in FATES)
    if numbers := listed["numbers"]:
        stated = numbers["last"] - numbers["first"] + 1 - numbers["distinct"]
        if stated != numbers["missing"]:
            yield "missing numbers", numbers["missing"], stated


def _fates(counts: Counter[str]) -> Json:
    return {"listed": counts.total(), **{fate: counts[fate] for fate in FATES}}


class _Numbers:
    """Numbers in little room, eight bytes each, given back in order."""

    def __init__(self) -> None:
        self._new: list[int] = []
        self._runs: list[array[int]] = []

    def add(self, number: int) -> None:
        if -_LARGEST < number < _LARGEST:
            self._new.append(number)
        if len(self._new) == _AT_ONCE:
            self._settle()

    def facts(self) -> Json:
        """Give how many there are from which to which, and what is missing between them; nothing without numbers."""
        self._settle()
        first = last = None
        distinct = missing = gaps = 0
        largest: list[tuple[int, int, int]] = []
        for number in heapq.merge(*self._runs):
            if number == last:
                continue
            distinct += 1
            if last is None:
                first = number
            elif number > last + 1:
                count = number - last - 1
                gaps, missing = gaps + 1, missing + count
                push = heapq.heappush if len(largest) < MOST_RANGES else heapq.heappushpop
                push(largest, (count, last + 1, number - 1))
            last = number
        if first is None:
            return None
        ranges = [{"first": low, "last": high, "count": count} for count, low, high in sorted(largest, key=_by_first)]
        return {
            "first": first,
            "last": last,
            "distinct": distinct,
            "missing": missing,
            "gaps": gaps,
            "largestGaps": ranges,
        }

    def _settle(self) -> None:
        if self._new:
            self._runs.append(array("q", sorted(self._new)))
            self._new = []


def _by_first(found: tuple[int, int, int]) -> int:
    return found[1]
