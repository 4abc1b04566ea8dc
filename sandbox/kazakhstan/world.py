"""All objects of a portal, by arithmetic: which there are on a day, their ids, their references, their changes."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sandbox.calendar import HISTORY, OPENING, WORKING, Calendar, indexed
from sandbox.dice import Dice
from sandbox.kazakhstan import rates
from sandbox.kazakhstan.entries import KINDS, Entry, entries
from sandbox.kazakhstan.plot import script
from sandbox.kazakhstan.script import Script
from sandbox.roll import Roll

FIRST_IDS = {
    "plan": 88_000_000,
    "plan_deleted": 88_000_000,
    "kato": 121_000_000,
    "spec": 104_000_000,
    "buy": 17_500_000,
    "lot": 43_600_000,
    "app": 72_400_000,
    "contract": 25_700_000,
    "act": 31_200_000,
    "pay": 196_000_000,
}
"""Where the ids of a kind begin: near the real portal's of autumn 2026."""
_STEP = 3
_LONGEST_LAG = 6
_REMEMBERED = 32_768


def _gap(place: int) -> int:
    return place * 7919 % 127 % _STEP


class _Kind:
    """The objects of one kind."""

    def __init__(self, calendar: Calendar, found: list[tuple[int, Entry]]) -> None:
        self.entries = {(number, entry.slot): entry for number, entry in found}
        self.made = Roll(calendar, rates.SCRIPTS, [(entry.made, number, entry.slot) for number, entry in found])
        late = [(entry.shown, number, entry.slot) for number, entry in found]
        hidden = any(entry.shown != entry.made for _, entry in found)
        self.shown = Roll(calendar, rates.SCRIPTS, late) if hidden else self.made
        left = [(entry.gone, number, entry.slot) for number, entry in found if entry.gone is not None]
        self.gone = Roll(calendar, rates.SCRIPTS, left)
        changes = [(day, number, entry.slot) for number, entry in found for day in entry.changes]
        self.changes = Roll(calendar, rates.SCRIPTS, changes)


class Key(NamedTuple):
    """An object of the portal: its kind, its case, and its slot within the case."""

    kind: str
    case: int
    slot: int


class World:
    """The portal's objects on any day, as a function of seed, number of cases and start."""

    def __init__(self, *, seed: int, processes: int, start: date) -> None:
        self.seed = seed
        self.calendar = Calendar(start=start, cases=processes)
        found: defaultdict[str, list[tuple[int, Entry]]] = defaultdict(list)
        for number in range(rates.SCRIPTS):
            for entry in entries(seed, number, script(seed, number)):
                found[entry.kind].append((number, entry))
        self._kinds = {kind: _Kind(self.calendar, found[kind]) for kind in KINDS}
        self.place = lru_cache(maxsize=_REMEMBERED)(self._place)

    def script(self, case: int) -> Script:
        """The life a case leads."""
        return script(self.seed, case % rates.SCRIPTS)

    def entry(self, key: Key) -> Entry | None:
        """When the object is made, shown and changed; nothing, if the case has no such object."""
        return self._kinds[key.kind].entries.get((key.case % rates.SCRIPTS, key.slot))

    # Which there are

    def total(self, kind: str, today: int) -> int:
        """How many objects of a kind are shown."""
        objects = self._kinds[kind]
        return objects.shown.count(today) - objects.gone.count(today)

    def seen(self, key: Key, today: int) -> bool:
        """Whether the object is shown: what happens on a day is seen from the next one on."""
        entry = self.entry(key)
        return entry is not None and self._stands(entry, today - self.calendar.first_day(key.case))

    def _stands(self, entry: Entry, age: int) -> bool:
        return entry.shown < age and (entry.gone is None or entry.gone >= age)

    def newest_first(self, kind: str, today: int, before: int | None = None, back: int = 0) -> Iterator[Key]:
        """The objects shown, by id from the highest; all, or those with ids below one and so many before them."""
        roll = self._kinds[kind].made
        place = roll.count(today)
        if before is not None:
            place = min(place, self._place_from(kind, before, today) + back)
        while place:
            place -= 1
            key = Key(kind, *roll.at(place))
            if self.seen(key, today):
                yield key

    def _place_from(self, kind: str, number: int, today: int) -> int:
        """How many objects of a kind have ids below one."""
        if kind != "plan_deleted":
            place, rest = divmod(max(0, number - FIRST_IDS[kind]), _STEP)
            return place + (_gap(place) < rest)
        plans = self._kinds["plan"]
        place = min(self._place_from("plan", number, today), plans.made.count(today))
        if not place:
            return 0
        case, slot = plans.made.at(place - 1)
        script_slot = (case % rates.SCRIPTS, slot)
        deleted = self._kinds[kind]
        return deleted.made.place(case, slot, plans.entries[script_slot].made) + (script_slot in deleted.entries)

    # Ids

    def _place(self, key: Key) -> int:
        """The object's place among those of its kind, counted from the oldest."""
        kind = self._kinds["plan" if key.kind == "plan_deleted" else key.kind]
        return kind.made.place(key.case, key.slot, kind.entries[key.case % rates.SCRIPTS, key.slot].made)

    def id(self, key: Key) -> int:
        """The object's id: rising with the time it was made, with gaps."""
        place = self.place(key)
        return FIRST_IDS[key.kind] + place * _STEP + _gap(place)

    def find(self, kind: str, number: int, today: int) -> Key | None:
        """The object of that id, if it is shown."""
        place = (number - FIRST_IDS[kind]) // _STEP
        if not 0 <= place < self._kinds[kind].made.count(today):
            return None
        key = Key(kind, *self._kinds[kind].made.at(place))
        return key if self.id(key) == number and self.seen(key, today) else None

    # Times

    def made_at(self, key: Key) -> tuple[int, int]:
        """Day and second at which the object was made: higher ids are later."""
        kind = self._kinds[key.kind]
        entry = kind.entries[key.case % rates.SCRIPTS, key.slot]
        moment = kind.made.moment(self.place(key))
        return self.calendar.first_day(key.case) + entry.made, OPENING + int(moment * WORKING)

    def changed_at(self, key: Key, offset: int) -> tuple[int, int]:
        """Day and second of a change, so many days after the case was begun."""
        entry = self._kinds[key.kind].entries[key.case % rates.SCRIPTS, key.slot]
        if offset == entry.made:
            day, second = self.made_at(key)
            return day, second + 7
        return self.calendar.first_day(key.case) + offset, self.second(key, offset)

    def second(self, key: Key, offset: int) -> int:
        """The second of the day at which something happens to an object."""
        family = "buy" if key.kind in {"buy", "lot"} else key.kind
        slot = key.slot // 32 if key.kind == "lot" else key.slot
        return OPENING + Dice(self.seed, "second", family, key.case, slot, offset).below(WORKING - 600)

    def last_change(self, key: Key, today: int) -> int:
        """Days after the case was begun of the object's latest change that is seen today."""
        entry = self._kinds[key.kind].entries[key.case % rates.SCRIPTS, key.slot]
        age = today - self.calendar.first_day(key.case)
        return max((day for day in entry.changes if day < age), default=entry.shown)

    def stamps(self, key: Key, today: int) -> tuple[str, str]:
        """When the object last changed, and when the index took that in."""
        day, second = self.changed_at(key, self.last_change(key, today))
        lag = (key.case * 31 + key.slot) % _LONGEST_LAG
        return self.calendar.text(day, second), self.calendar.text(day, indexed(second, lag))

    def changed_between(self, kind: str, first: int, last: int, today: int) -> "array[int]":
        """Places of the objects shown whose latest change was on one of the days, from the highest."""
        places = array("q")
        for day in range(max(first, -HISTORY), min(last, today - 1) + 1):
            for case, slot, offset in self._kinds[kind].changes.on(day):
                key = Key(kind, case, slot)
                if self.seen(key, today) and self.last_change(key, today) == offset:
                    places.append(self.place(key))
        return array("q", sorted(places, reverse=True))

    def key(self, kind: str, place: int) -> Key:
        """The object at a place."""
        return Key(kind, *self._kinds[kind].made.at(place))

    def places_below(self, kind: str, number: int, today: int) -> int:
        """How many objects of a kind have ids below one."""
        return self._place_from(kind, number, today)
