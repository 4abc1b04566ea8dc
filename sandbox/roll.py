"""The objects of one kind in the order of their ids, found by arithmetic.

A case follows one of a fixed number of scripts (case number modulo that number), so the objects made on a day are
known without looking at any case: for every row of every script, the cases begun so many days before. What is kept
grows with scripts and days, never with cases.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sandbox.calendar import HISTORY, Calendar

Row = tuple[int, int, int]
"""Days after the case was begun, script number, slot within the case."""


class Roll:
    """Objects by day made, then by script row; each has a place, counted from the oldest."""

    def __init__(self, calendar: Calendar, scripts: int, rows: Iterable[Row]) -> None:
        self._calendar = calendar
        self._scripts = scripts
        grouped: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for offset, script, slot in sorted(rows):
            grouped[offset].append((script, slot))
        self._offsets = sorted(grouped)
        self._rows = [grouped[offset] for offset in self._offsets]
        self._numbers = [array("l", (script for script, _ in rows)) for rows in self._rows]
        self._starts: list[array[int]] = []
        self._before = array("q", [0])

    def count(self, day: int) -> int:
        """How many objects were made before a day."""
        self._reach(day)
        return self._before[max(0, day + HISTORY)]

    def at(self, place: int) -> tuple[int, int]:
        """The case and slot of the object at a place that is known to be taken."""
        while self._before[-1] <= place:
            self._reach(len(self._before) - HISTORY)
        index = bisect_right(self._before, place) - 1
        starts = self._starts[index]
        rank = place - self._before[index]
        group = bisect_right(starts, rank) - 1
        rows = self._rows[group]
        first = self._calendar.begun(index - HISTORY - self._offsets[group])
        wraps, row = divmod(self._passed(group, first) + rank - starts[group], len(rows))
        script, slot = rows[row]
        return wraps * self._scripts + script, slot

    def place(self, case: int, slot: int, offset: int) -> int:
        """How many objects come before this one, whether or not it is itself on the roll."""
        day = self._calendar.first_day(case) + offset
        index = day + HISTORY
        if index >= len(self._starts):
            self._reach(day + 1)
        group = bisect_left(self._offsets, offset)
        if group == len(self._offsets):
            return self._before[index + 1]
        place = self._before[index] + self._starts[index][group]
        if self._offsets[group] == offset:
            place += self._passed(group, case, slot) - self._passed(group, self._calendar.begun(day - offset))
        return place

    def moment(self, place: int) -> float:
        """How much of its day had passed when the object at a place was made: later places are later."""
        index = bisect_right(self._before, place) - 1
        total = self._before[index + 1] - self._before[index]
        return (place - self._before[index]) / total

    def on(self, day: int) -> Iterator[tuple[int, int, int]]:
        """Case, slot and offset of what the rows bring on a day."""
        for group, offset in enumerate(self._offsets):
            rows = self._rows[group]
            low, high = self._calendar.begun(day - offset), self._calendar.begun(day - offset + 1)
            if low == high or day - offset < -HISTORY:
                continue
            for number in range(self._passed(group, low), self._passed(group, high)):
                wraps, row = divmod(number, len(rows))
                script, slot = rows[row]
                yield wraps * self._scripts + script, slot, offset

    def _passed(self, group: int, case: int, slot: int = 0) -> int:
        wraps, script = divmod(case, self._scripts)
        if slot:
            return wraps * len(self._rows[group]) + bisect_left(self._rows[group], (script, slot))
        return wraps * len(self._rows[group]) + bisect_left(self._numbers[group], script)

    def _reach(self, day: int) -> None:
        for index in range(len(self._starts), day + HISTORY):
            starts, total = self._day(index - HISTORY)
            self._starts.append(starts)
            self._before.append(self._before[-1] + total)

    def _day(self, day: int) -> "tuple[array[int], int]":
        begun, total = self._calendar.begun, 0
        starts = array("q")
        for group, offset in enumerate(self._offsets):
            starts.append(total)
            if day - offset >= -HISTORY:
                total += self._passed(group, begun(day - offset + 1)) - self._passed(group, begun(day - offset))
        return starts, total
