"""Lists under a filter: found by id, by what belongs together, by day of change, or by looking at everything."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sandbox.kazakhstan import contracts, filters, finding, planning, settlement, tenders
from sandbox.kazakhstan.filters import Filter
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

Maker = Callable[[View, Key], Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A list of the GraphQL service: kind of object, and what makes its records."""

    name: str
    kind: str
    maker: Maker


def _plan(view: View, key: Key) -> Record:
    return planning.plan(view, Key("plan", key.case, key.slot))


ROOTS = {
    "TrdBuy": Root(name="TrdBuy", kind="buy", maker=tenders.buy),
    "Lots": Root(name="Lots", kind="lot", maker=tenders.lot),
    "Contract": Root(name="Contract", kind="contract", maker=contracts.contract),
    "Plans": Root(name="Plans", kind="plan", maker=_plan),
    "TrdApp": Root(name="TrdApp", kind="app", maker=tenders.app),
    "Acts": Root(name="Acts", kind="act", maker=settlement.act),
}
_CHANGES = ("lastUpdateDate", "indexDate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a list."""

    keys: list[Key]
    total: int
    more: bool


class Selections:
    """Finds pages, and keeps the last few filtered lists as places: eight bytes an object."""

    def __init__(self, view: View, keep: int = 8) -> None:
        self._view = view
        self._keep = keep
        self._lists: dict[tuple[str, str], array[int]] = {}

    def page(self, root: Root, asked: Filter, *, limit: int, after: int | None, back: int = 0) -> Found:
        """A page of what passes the filter, by id from the highest, below a cursor; or so many objects before it."""
        view = self._view
        heeded = filters.working(root.name, asked)
        if heeded is None:
            return Found(keys=[], total=0, more=False)
        deleted = root.kind == "plan" and heeded.pop("isDeleted", None) == 1
        kind = "plan_deleted" if deleted else root.kind
        if not heeded:
            found = list(islice(view.world.newest_first(kind, view.today, after, back), limit + 1))
            return Found(keys=found[:limit], total=view.world.total(kind, view.today), more=len(found) > limit)
        places = self._places(root, kind, heeded)
        start = 0
        if after is not None:
            start = bisect_left(places, -view.world.places_below(kind, after, view.today) + 1, key=lambda place: -place)
            start = max(0, start - back)
        keys = [view.world.key(kind, place) for place in places[start : start + limit]]
        return Found(keys=keys, total=len(places), more=len(places) > start + limit)

    def _places(self, root: Root, kind: str, asked: dict[str, Any]) -> "array[int]":
        name = (kind, repr(sorted(asked.items())))
        if name not in self._lists:
            while len(self._lists) >= self._keep:
                self._lists.pop(next(iter(self._lists)))
            self._lists[name] = self._find(root, kind, asked)
        return self._lists[name]

    def _find(self, root: Root, kind: str, asked: dict[str, Any]) -> "array[int]":
        view = self._view
        keys, done = self._candidates(kind, asked)
        cheap = filters.cheap(kind, asked)
        done = {*done, *(name for name in asked if (kind, name) in filters.CHEAP)}
        tests = filters.passes(asked, done)
        passed = (
            view.world.place(key)
            for key in keys
            if cheap(view, key) and (not tests or _holds(tests, root.maker(view, key)))
        )
        return array("q", sorted(passed, reverse=True))

    def _candidates(self, kind: str, asked: dict[str, Any]) -> tuple[Iterable[Key], set[str]]:
        """Objects to look at, and the filters they are already known to pass."""
        view = self._view
        related = related_to(view, kind, asked)
        if related is not None:
            return {key for key in related if view.seen(key)}, set()
        if kind in {"buy", "lot", "contract"}:
            for name in _CHANGES:
                if name in asked:
                    return self._changed(kind, name, asked[name])
        return view.world.newest_first(kind, view.today), set()

    def _changed(self, kind: str, name: str, value: list[str]) -> tuple[Iterator[Key], set[str]]:
        view, low_high = self._view, filters.bounds(value)
        first, last = (self._day(text) for text in low_high)
        places = view.world.changed_between(kind, first, last, view.today)
        column = _CHANGES.index(name)

        def inside() -> Iterator[Key]:
            for place in places:
                key = view.world.key(kind, place)
                if low_high[0] <= view.stamps(key)[column] <= low_high[1]:
                    yield key

        return inside(), {name}

    def _day(self, text: str) -> int:
        if text == filters.FIRST_DAY:
            return -(10**6)
        try:
            return self._view.world.calendar.day_of(text)
        except ValueError:
            return 10**6


def _holds(tests: list[Callable[[Record], bool]], record: Record) -> bool:
    return all(test(record) for test in tests)


# What belongs together


def _by_ids(view: View, kind: str, asked: dict[str, Any]) -> Iterable[Key]:
    found = (view.world.find(kind, number, view.today) for number in set(asked["id"]))
    return [key for key in found if key is not None]


def _buys(view: View, asked: dict[str, Any], *names: str) -> Iterator[Key]:
    for name in names:
        numbers = asked.get(name, [])
        for number in numbers if isinstance(numbers, list) else [numbers]:
            key = view.world.find("buy", number, view.today)
            if key is not None:
                yield key


def _of_number(view: View, number_anno: str) -> list[Key]:
    key = finding.announcement(view, number_anno)
    return [key] if key else []


def _of_party(view: View, biin: str, find: Callable[[View, Any], list[Key]]) -> list[Key]:
    party = view.parties.by_biin(biin)
    return find(view, party) if party else []


def _lots(view: View, buys: Iterable[Key]) -> Iterable[Key]:
    return [lot for buy in buys for lot in view.lot_keys(buy)]


def _deals(view: View, buys: Iterable[Key]) -> Iterable[Key]:
    return [deal for buy in buys for deal in view.deals_of(buy)]


def _contracts(view: View, numbers: list[int]) -> list[Key]:
    found = (view.world.find("contract", number, view.today) for number in numbers)
    return [key for key in found if key is not None]


def _plans_of(view: View, numbers: list[int]) -> Iterable[Key]:
    roots = (view.world.find("plan", number, view.today) for number in numbers)
    return [key for root in roots if root for key in finding.plans_of_case(view, root.case)]


def _acts_of(view: View, numbers: list[int]) -> Iterable[Key]:
    for key in _contracts(view, numbers):
        for slot in range(len(view.world.script(key.case).deals)):
            yield from view.parts("act", Key("contract", key.case, slot))


_Way = Callable[[View, dict[str, Any]], Iterable[Key]]
_WAYS: dict[str, tuple[tuple[str, _Way], ...]] = {
    "buy": (
        ("numberAnno", lambda view, asked: _of_number(view, asked["numberAnno"])),
        ("orgBin", lambda view, asked: _of_party(view, asked["orgBin"], finding.organised_by)),
    ),
    "lot": (
        ("trdBuyId", lambda view, asked: _lots(view, _buys(view, asked, "trdBuyId"))),
        ("trdBuyNumberAnno", lambda view, asked: _lots(view, _of_number(view, asked["trdBuyNumberAnno"]))),
        ("customerBin", lambda view, asked: _of_party(view, asked["customerBin"], finding.lots_of_buyer)),
    ),
    "contract": (
        ("trdBuyId", lambda view, asked: _deals(view, _buys(view, asked, "trdBuyId"))),
        ("trdBuyNumberAnno", lambda view, asked: _deals(view, _of_number(view, asked["trdBuyNumberAnno"]))),
        ("contractNumberSys", lambda view, asked: filter(None, [finding.contract(view, asked["contractNumberSys"])])),
        ("customerBin", lambda view, asked: _of_party(view, asked["customerBin"], finding.contracts_of_buyer)),
        ("supplierBiin", lambda view, asked: _of_party(view, asked["supplierBiin"], finding.contracts_of_supplier)),
    ),
    "plan": (
        ("rootrecordId", lambda view, asked: _plans_of(view, asked["rootrecordId"])),
        ("subjectBiin", lambda view, asked: _of_party(view, asked["subjectBiin"], finding.plans_of_buyer)),
    ),
    "app": (("buyId", lambda view, asked: [app for buy in _buys(view, asked, "buyId") for app in view.app_keys(buy)]),),
    "act": (
        ("contractId", lambda view, asked: _acts_of(view, asked["contractId"])),
        ("contractRootId", lambda view, asked: _acts_of(view, asked["contractRootId"])),
    ),
}


def related_to(view: View, kind: str, asked: dict[str, Any]) -> Iterable[Key] | None:
    """The objects an id, a number or a participant leads to; None where the filter names none of them."""
    if "id" in asked:
        return _by_ids(view, kind, asked)
    for name, way in _WAYS.get(kind, ()):
        # Zero stands for "no announcement" and leads nowhere: those are found by looking.
        if name in asked and asked[name] not in (0, [0]):
            return way(view, asked)
    return None
