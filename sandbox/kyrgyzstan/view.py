"""Both portals on one day: what is shown, and in which state."""

from datetime import datetime, timedelta
from functools import lru_cache

from sandbox.calendar import OPENING
from sandbox.dice import Dice
from sandbox.kyrgyzstan import rates
from sandbox.kyrgyzstan.case import Case
from sandbox.kyrgyzstan.parties import Parties
from sandbox.kyrgyzstan.script import Announcement
from sandbox.kyrgyzstan.world import Key, World, status_at


class View:
    """What is seen on a day; a case, once thrown, is kept for a while."""

    def __init__(self, world: World, parties: Parties, today: int) -> None:
        self.world = world
        self.parties = parties
        self.today = today
        self.seed = world.seed
        self.case = lru_cache(maxsize=4096)(self._case)

    def _case(self, number: int) -> Case:
        return Case(self.seed, number, self.world.script(number), self.parties)

    def total(self, kind: str) -> int:
        """How many objects of a kind are shown."""
        return self.world.total(kind, self.today)

    def newest(self, kind: str, first: int, count: int) -> list[Key]:
        """So many objects from a place on, counted from the newest."""
        return list(self.world.newest(kind, self.today, first, count))

    def age(self, key: Key) -> int:
        """How many days ago the object's case was begun."""
        return self.world.age(key.case, self.today)

    def status(self, key: Key) -> int:
        """The announcement's status."""
        return status_at(self.world.announcement(key), self.age(key))

    def deadline(self, key: Key, found: Announcement) -> datetime:
        """When bids are opened: most often on the hour, now and then at midnight."""
        dice = Dice(self.seed, "deadline", key.case, key.slot)
        second = 0 if dice.chance(25) else OPENING + dice.between(6, 23) * 1800
        prolonged = any(status == 9 and day < self.age(key) for day, status in found.stages)
        planned = found.deadline if prolonged or all(status != 9 for _, status in found.stages) else found.deadline - 3
        return self.world.calendar.at(self.world.day(key.case, planned), second)

    def is_opened(self, key: Key) -> bool:
        """Whether prices are known."""
        found = self.world.announcement(key)
        return any(status == 8 and day < self.age(key) for day, status in found.stages)

    def is_listed(self, key: Key) -> bool:
        """Whether the protocol can be looked at: shortly before the opening with masked prices, afterwards with all."""
        found = self.world.announcement(key)
        opening = next((day for day, status in found.stages if status == 8), None)
        return opening is not None and opening - rates.MASKED_DAYS < self.age(key)

    def is_decided(self, key: Key) -> bool:
        """Whether winners are known."""
        decided = self.world.announcement(key).decided
        return decided is not None and decided < self.age(key)

    def signed(self, key: Key) -> datetime:
        """When a contract was signed: the day it is listed under."""
        return self.world.at(key) - timedelta(days=Dice(self.seed, "signed", key.case, key.slot).between(0, 3))

    def number(self, key: Key) -> str:
        """The number an announcement goes by on the legacy portal: the day it was published, and its id."""
        return f"{self.world.at(key):%y%m%d}{self.world.id(key)}"

    def order_of(self, key: Key) -> Key:
        """The announcement that a contract is about."""
        found = self.world.announcement(key)
        return Key("order", key.case, self.world.script(key.case).announcements.index(found))
