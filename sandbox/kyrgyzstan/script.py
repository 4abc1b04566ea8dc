"""The lives a purchase may lead: where it is published, and what happens how many days after it was begun.

A script knows days and counts only; who buys what, and for how much, is thrown per case (`case.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sandbox.dice import Dice
from sandbox.kyrgyzstan import rates, texts

_PLACES = ("order", "notice", "single", "order", "both", "order", "notice", "central", "order", "notice")
_IN_TURN = 40
Stage = tuple[int, int]
"""Days after the case was begun, and the status from then on."""
CANCELLED, UNSUCCESSFUL, SIGNED, FIRST_STAGE = 5, 14, 7, 16
ENDS = frozenset({CANCELLED, UNSUCCESSFUL, SIGNED, FIRST_STAGE})
_AWARDED = frozenset({"signed", "signing", "evaluated"})
_FIRST_STAGE_METHODS = frozenset({3, 11, 12})


@dataclass(slots=True, kw_only=True)
class Announcement:
    """One announcement: on which portal, when, with how many bidders, and how it ends.

    `bidders` are so many for each lot, `won` tells which lots are awarded. `signed` is when contracts are.
    """

    where: str
    published: int
    deadline: int
    stages: list[Stage]
    bidders: list[int]
    won: list[bool]
    repeats: bool = False
    packages: bool = False
    decided: int | None = None
    signed: int | None = None


@dataclass(slots=True, kw_only=True)
class Script:
    """The life of a purchase: `items` are so many for each lot; `signed` is when a contract without notice is."""

    number: int
    place: str
    method: int
    category: int
    items: list[int]
    fate: str
    announcements: list[Announcement] = field(default_factory=list)
    signed: int | None = None


def _turn(number: int) -> int:
    """How many of the first lives are lived in the same place before this one."""
    shown = {"order", "both"} if _PLACES[number % len(_PLACES)] in {"order", "both"} else {"notice"}
    return sum(_PLACES[before % len(_PLACES)] in shown for before in range(number))


@lru_cache(maxsize=8192)
def script(seed: int, number: int) -> Script:
    """The life of that number."""
    return _Writer(seed, number).write()


def scripts(seed: int) -> Iterator[Script]:
    """Every life there is."""
    return (script(seed, number) for number in range(rates.SCRIPTS))


class _Writer:
    """The first lives go through places, methods and fates in turn, so that a small portal has all of them."""

    def __init__(self, seed: int, number: int) -> None:
        self._dice = dice = Dice(seed, "script", number)
        self._turn = _turn(number)
        place, method, fate = dice.weigh(rates.PLACES), dice.weigh(rates.METHODS), dice.weigh(rates.FATES)
        if number < _IN_TURN:
            place, fate = _PLACES[number % len(_PLACES)], rates.FATES[self._turn % len(rates.FATES)][0]
            method = self._turn % len(texts.methods())
        category = 3 if 10 <= method <= 15 else dice.weigh(rates.CATEGORIES)
        items = [dice.weigh(rates.ITEMS) for _ in range(dice.weigh(rates.LOTS))]
        self._life = Script(number=number, place=place, method=method, category=category, items=items, fate=fate)

    def write(self) -> Script:
        life = self._life
        if life.place in {"single", "central"}:
            life.signed = 0
            return life
        for where in ("order", "notice") if life.place == "both" else (life.place,):
            first = self._announce(where, 0, life.fate)
            if (
                life.fate in {"unsuccessful", "cancelled"}
                and life.place != "both"
                and self._dice.chance(rates.REPEATED)
            ):
                fate = self._dice.weigh((("signed", 6), ("unsuccessful", 3), ("stale", 1)))
                second = self._announce(where, first.stages[-1][0] + self._dice.between(2, 12), fate)
                second.repeats = True
        return life

    def _announce(self, where: str, published: int, fate: str) -> Announcement:
        dice, lots = self._dice, len(self._life.items)
        deadline = published + dice.between(4, 18)
        bidders = [0 if fate == "unsuccessful" and dice.chance(600) else dice.weigh(rates.BIDDERS) for _ in range(lots)]
        found = Announcement(
            where=where,
            published=published,
            deadline=deadline,
            stages=[(published, 3)],
            bidders=bidders,
            won=[fate in _AWARDED and (lot == 0 or dice.chance(930)) for lot in range(lots)],
            packages=dice.chance(rates.TWO_PACKAGES) or (self._life.number < _IN_TURN and self._turn % 7 == 0),
        )
        self._life.announcements.append(found)
        self._course(found, fate)
        return found

    def _course(self, found: Announcement, fate: str) -> None:
        dice = self._dice
        if fate == "cancelled":
            day = found.published + dice.between(1, 8)
            found.stages.append((day, CANCELLED))
            found.deadline = max(found.deadline, day)
            return
        if dice.chance(rates.CHANGED):
            found.stages.append((found.published + 1, 4))
        if dice.chance(rates.PROLONGED):
            found.stages.append((found.deadline - 1, 9))
            found.deadline += 3
        day = found.deadline
        found.stages.append((day, 8))
        for status in self._steps(found, fate):
            day += dice.between(1, 4)
            found.stages.append((day, status))
            if status == 6:
                found.decided = day
            if status == SIGNED:
                found.signed = day
        if found.signed is not None and self._life.method in _FIRST_STAGE_METHODS:
            found.stages[-1] = (found.stages[-1][0], FIRST_STAGE)
            found.signed = None

    def _steps(self, found: Announcement, fate: str) -> tuple[int, ...]:
        opened = (12, 15, 13) if found.packages else (10,)
        return {
            "opened": (),
            "unsuccessful": (10, UNSUCCESSFUL),
            "stale": opened,
            "evaluated": (*opened, 6),
            "signing": (*opened, 6, 11),
            "signed": (*opened, 6, 11, SIGNED),
        }[fate]
