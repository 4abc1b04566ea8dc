"""What a script brings, kind by kind: when each object is made, shown, changed and taken off."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.dice import Dice
from sandbox.kazakhstan import rates
from sandbox.kazakhstan.script import Script

WIDTH = 32
"""Slots a round has for its lots, and for its bids."""
VERSIONS = 8
"""Slots a plan point has for its versions, a plan version for its places, a contract for its acts."""

KINDS = ("plan", "plan_deleted", "kato", "spec", "buy", "lot", "app", "contract", "act", "pay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One object of a script, in days after the case was begun.

    Ids are given when an object is `made`, but lists show it only from `shown` on: a draft announcement, a contract
    being signed and a sealed bid all have ids lower than what was shown before them.
    """

    kind: str
    slot: int
    made: int
    shown: int
    gone: int | None
    changes: tuple[int, ...]


def entries(seed: int, number: int, script: Script) -> Iterator[Entry]:
    """Every object of a script."""
    yield from _plans(seed, number, script)
    yield from _rounds(script)
    yield from _deals(script)


def places(seed: int, number: int, point: int) -> int:
    """How many places of delivery a plan point has."""
    dice = Dice(seed, "places", number, point)
    return 0 if dice.chance(rates.NO_PLACE) else dice.weigh(((1, 880), (2, 90), (3, 30)))


def _plans(seed: int, number: int, script: Script) -> Iterator[Entry]:
    for index, point in enumerate(script.points):
        count = places(seed, number, index)
        for version, made in enumerate(point.versions):
            slot = index * VERSIONS + version
            later = point.versions[version + 1 : version + 2]
            changes = tuple(sorted({day for day, _ in point.stages[version]} | set(later) | {made}))
            yield Entry(kind="plan", slot=slot, made=made, shown=made, gone=point.deleted, changes=changes)
            if point.deleted is not None:
                gone = point.deleted
                yield Entry(kind="plan_deleted", slot=slot, made=made, shown=gone, gone=None, changes=(gone,))
            for place in range(count):
                part = slot * VERSIONS + place
                yield Entry(kind="kato", slot=part, made=made, shown=made, gone=point.deleted, changes=(made,))
            yield Entry(kind="spec", slot=slot, made=made, shown=made, gone=point.deleted, changes=(made,))


def _rounds(script: Script) -> Iterator[Entry]:
    for index, entry in enumerate(script.rounds):
        changes = tuple(sorted({day for day, _ in entry.stages}))
        yield Entry(kind="buy", slot=index, made=entry.made, shown=entry.published, gone=None, changes=changes)
        for lot, stages in zip(entry.lots, entry.lot_stages, strict=True):
            days = tuple(sorted({day for day, _ in stages}))
            slot = index * WIDTH + lot
            yield Entry(kind="lot", slot=slot, made=entry.made, shown=entry.published, gone=None, changes=days)
        if entry.decided is not None:
            for bidder in range(max(entry.bidders)):
                slot = index * WIDTH + bidder
                shown = entry.decided
                yield Entry(kind="app", slot=slot, made=entry.closed - 1, shown=shown, gone=None, changes=(shown,))


def _deals(script: Script) -> Iterator[Entry]:
    for index, deal in enumerate(script.deals):
        days = {day for day, _ in deal.stages} | set(deal.acts) | set(deal.payments)
        changes = tuple(sorted(days))
        yield Entry(kind="contract", slot=index, made=deal.made, shown=deal.shown, gone=None, changes=changes)
        for kind, moments in (("act", deal.acts), ("pay", deal.payments)):
            for number, day in enumerate(moments):
                slot = index * VERSIONS + number
                yield Entry(kind=kind, slot=slot, made=day, shown=day, gone=None, changes=(day,))
