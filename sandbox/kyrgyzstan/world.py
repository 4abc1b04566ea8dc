"""All objects of both portals, by arithmetic: which there are on a day, their ids, their times."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sandbox.calendar import OPENING, WORKING, Calendar
from sandbox.dice import Dice
from sandbox.kyrgyzstan import rates
from sandbox.kyrgyzstan.script import Announcement, Script, script, scripts
from sandbox.roll import Roll, Row

KINDS = ("order", "notice", "winner", "single", "central")
_FIRST_ID = {"order": 57_100_000, "single": 3_400_000, "central": 91_000}
_STEP = {"order": 37, "single": 5, "central": 3}
BIDDERS = 16
"""Slots an announcement has for its contracts: one a bidder."""
_BISHKEK = timedelta(hours=6)


class Key(NamedTuple):
    """An object: its kind, its case, and its slot within the case."""

    kind: str
    case: int
    slot: int


class World:
    """The portals' objects on any day, as a function of seed, number of cases and start."""

    def __init__(self, *, seed: int, processes: int, start: date) -> None:
        self.seed = seed
        self.calendar = Calendar(start=start, cases=processes)
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        for life in scripts(seed):
            for kind, slot, offset in _entries(life):
                rows[kind].append((offset, life.number, slot))
        self._rolls = {kind: Roll(self.calendar, rates.SCRIPTS, rows[kind]) for kind in KINDS}
        self._offsets = {(kind, number, slot): offset for kind in KINDS for offset, number, slot in rows[kind]}

    def script(self, case: int) -> Script:
        """The life a case leads."""
        return script(self.seed, case % rates.SCRIPTS)

    def announcement(self, key: Key) -> Announcement:
        """The announcement that an order, a notice or a contract is about."""
        slot = key.slot // BIDDERS if key.kind == "winner" else key.slot
        return self.script(key.case).announcements[slot]

    def total(self, kind: str, today: int) -> int:
        """How many objects of a kind are shown: what happens on a day is seen from the next one on."""
        return self._rolls[kind].count(today)

    def newest(self, kind: str, today: int, first: int, count: int) -> Iterator[Key]:
        """So many objects from a place on, counted from the newest."""
        total = self.total(kind, today)
        for place in range(total - 1 - first, max(-1, total - 1 - first - count), -1):
            if place >= 0:
                yield Key(kind, *self._rolls[kind].at(place))

    def place(self, key: Key) -> int:
        """The object's place among those of its kind, counted from the oldest."""
        return self._rolls[key.kind].place(key.case, key.slot, self._offset(key))

    def id(self, key: Key) -> int:
        """The object's number: rising with the time it was published, with gaps."""
        place = self.place(key)
        return _FIRST_ID[key.kind] + place * _STEP[key.kind] + place * 7919 % 127 % _STEP[key.kind]

    def find(self, kind: str, number: int, today: int) -> Key | None:
        """The object of that number, if it is shown."""
        place = (number - _FIRST_ID[kind]) // _STEP[kind]
        if not 0 <= place < self.total(kind, today):
            return None
        key = Key(kind, *self._rolls[kind].at(place))
        return key if self.id(key) == number else None

    def object_id(self, key: Key) -> str:
        """A notice's id: seconds since 1970, five invented bytes, and a counter."""
        published = self.at(key, OPENING) - datetime(1970, 1, 1) - _BISHKEK  # noqa: DTZ001 (the portal's own clock)
        host = Dice(self.seed, "host").below(16**10)
        return f"{int(published.total_seconds()):08x}{host:010x}{self.place(key) % 16**6:06x}"

    def find_notice(self, text: str, today: int) -> Key | None:
        """The notice of that id, if it is shown."""
        if len(text) != 24 or any(digit not in "0123456789abcdef" for digit in text):
            return None
        place = int(text[-6:], 16)
        total = self.total("notice", today)
        for candidate in range(place, total, 16**6):
            key = Key("notice", *self._rolls["notice"].at(candidate))
            if self.object_id(key) == text:
                return key
        return None

    # Times

    def _offset(self, key: Key) -> int:
        return self._offsets[key.kind, key.case % rates.SCRIPTS, key.slot]

    def at(self, key: Key, opening: int = OPENING) -> datetime:
        """When the object was published: later places are later. To the minute."""
        moment = self._rolls[key.kind].moment(self.place(key))
        day = self.calendar.first_day(key.case) + self._offset(key)
        second = opening + int(moment * WORKING)
        return self.calendar.at(day, second - second % 60)

    def day(self, case: int, offset: int) -> int:
        """The day that lies so many days after a case was begun."""
        return self.calendar.first_day(case) + offset

    def age(self, case: int, today: int) -> int:
        """How many days ago a case was begun."""
        return today - self.calendar.first_day(case)

    @staticmethod
    def utc(when: datetime) -> datetime:
        """A time of the portals' clocks, in UTC."""
        return (when - _BISHKEK).replace(tzinfo=UTC)


def _entries(life: Script) -> Iterator[tuple[str, int, int]]:
    """Kind, slot and day of what a life brings."""
    if life.signed is not None:
        yield life.place, 0, life.signed
    for slot, found in enumerate(life.announcements):
        yield found.where, slot, found.published
        if found.signed is not None and found.where == "order":
            for bidder in winners(found):
                yield "winner", slot * BIDDERS + bidder, found.signed


def winners(found: Announcement) -> list[int]:
    """The bidders who win something, each once."""
    return sorted({winner for lot in range(len(found.won)) if (winner := winner_of(found, lot)) is not None})


def winner_of(found: Announcement, lot: int) -> int | None:
    """Which bidder wins a lot, if anybody does."""
    count = found.bidders[lot]
    return lot * 5 % count if found.won[lot] and count else None


def status_at(found: Announcement, age: int) -> int:
    """The status that is seen so many days after the case was begun."""
    return [status for day, status in found.stages if day < age or day == found.published][-1]
