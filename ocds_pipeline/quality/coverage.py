"""Which fields are set, and which hold something: of all releases, by year and by buyer."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import or_

from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.walk import Formation, Shape
from ocds_schema import json
from ocds_schema.json import Json

_LANE = 32
"""Bits for one count. The counts of a buyer lie side by side in one long number, so that one addition counts all."""
_MOST_BUYERS = 20_000
_MOST_SETS = 4_096
_AT_ONCE = 200
"""Of so many buyers the fields that were kept are looked up at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCoverage:
    """How often a field is there. `of` counts the objects that could hold it."""

    of: int
    set: int
    filled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerCoverage:
    """In how many of a buyer's processes a field is set at least once, and in how many it holds something.

    Where `missed` is not zero the buyer was forgotten and came again: up to so many of its processes are not counted.
    """

    buyer: str
    processes: int
    missed: int
    fields: Mapping[str, tuple[int, int]]


@dataclass(slots=True)
class _Buyer:
    missed: int
    processes: int = 0
    lanes: int = 0
    empty: Counter[str] | None = None


@dataclass(slots=True)
class _Year:
    releases: int = 0
    formations: Counter[Formation] = field(default_factory=Counter)
    shapes: Counter[Shape] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    set: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)

    def fold(self) -> None:
        """Count the fields of the shapes seen, and forget the shapes."""
        for formation, times in self.formations.items():
            self.shapes.update({shape: count * times for shape, count in formation.counts.items()})
        self.formations.clear()
        for shape, count in self.shapes.items():
            self.of[shape.path] += count
            for path in shape.paths.values():
                self.set[path] += count
        self.shapes.clear()


class Coverage:
    """Counts fields while releases pass by; memory is bounded by the number of fields, of years and of buyers kept."""

    def __init__(self, most_buyers: int = _MOST_BUYERS) -> None:
        self._most_buyers = most_buyers
        self._years: dict[int, _Year] = {}
        self._buyers: dict[str, _Buyer] = {}
        self._missed = 0
        self._dropped = 0
        self._taken: list[Callable[[], Iterator[bytes]]] = []
        self._lane_of: dict[str, int] = {}
        self._lanes_of_shape: dict[Shape, int] = {}
        self._lanes_of_set: dict[frozenset[Shape], int] = {}

    def add(self, index: Index, year: int, buyer: str) -> None:
        """Count the fields of one release."""
        counted = self._years.get(year)
        if counted is None:
            counted = self._years[year] = _Year()
        counted.releases += 1
        formation = index.formation
        if formation.is_kept:
            counted.formations[formation] += 1
        else:
            counted.shapes.update(formation.counts)
        known = self._buyers.get(buyer)
        if known is None:
            known = self._meet(buyer)
        known.processes += 1
        known.lanes += self._lanes(formation.shapes)
        if index.empties:
            counted.empty.update(index.empties)
            self._note_empties(index, known)

    def fold(self) -> None:
        """Count the fields of the shapes seen so far: they will not come again."""
        for year in self._years.values():
            year.fold()
        self._lanes_of_shape.clear()
        self._lanes_of_set.clear()

    def keep(self) -> tuple[Json, Iterator[bytes]]:
        """Give the counts by year, and a line of each buyer, those with the most processes first."""
        years = []
        for number, year in sorted(self._years.items()):
            year.fold()
            years.append([number, year.releases, dict(year.of), dict(year.set), dict(year.empty)])
        return {"years": years, "missed": self._missed, "dropped": self._dropped}, map(_line, self.buyers())

    def take(self, kept: Json, buyers: Callable[[], Iterator[bytes]]) -> None:
        """Add what was kept; the lines of buyers are read again when their fields are asked for."""
        for number, releases, *counts in kept["years"]:
            year = self._years.setdefault(number, _Year())
            year.releases += releases
            for mine, theirs in zip((year.of, year.set, year.empty), counts, strict=True):
                mine.update(theirs)
        self._taken.append(buyers)
        if kept["missed"]:
            # Whoever is not among those kept may have been one of the forgotten.
            there = {json.decode(line[: line.index(b"\t")]) for line in buyers()}
            for name in self._buyers.keys() - there:
                self._buyers[name].missed += kept["missed"]
        for line in buyers():
            buyer, processes, missed, _ = line.split(b"\t")
            known = self._buyers.get(name := json.decode(buyer)) or self._meet(name)
            known.processes += int(processes)
            known.missed += int(missed)
        self._missed += kept["missed"]
        self._dropped += kept["dropped"]

    def years(self) -> Iterator[tuple[int, int, dict[str, FieldCoverage]]]:
        """Give each year with its number of releases and the coverage of its fields, by path."""
        for number in sorted(self._years):
            year = self._years[number]
            year.fold()
            yield number, year.releases, _fields(year)

    def buyers(self) -> Iterator[BuyerCoverage]:
        """Give the buyers, those with the most processes first."""
        ranked = iter(sorted(self._buyers.items(), key=lambda pair: (-pair[1].processes, pair[0])))
        while some := dict(islice(ranked, _AT_ONCE)):
            taken = self._fields_of(some)
            for name, buyer in some.items():
                empty: Mapping[str, int] = buyer.empty or {}
                counts = {path: buyer.lanes >> lane & (1 << _LANE) - 1 for path, lane in sorted(self._lane_of.items())}
                fields = {path: (count, count - empty.get(path, 0)) for path, count in counts.items() if count}
                fields = taken.get(name, fields)
                yield BuyerCoverage(buyer=name, processes=buyer.processes, missed=buyer.missed, fields=fields)

    def _fields_of(self, buyers: Collection[str]) -> dict[str, dict[str, tuple[int, int]]]:
        """Give the fields that were kept of some buyers."""
        wanted = {json.encode(name): name for name in buyers}
        sums: dict[str, tuple[Counter[str], Counter[str]]] = {}
        for line in (line for read in self._taken for line in read()):
            name = line[: line.index(b"\t")]
            if name in wanted:
                sets, filled = sums.setdefault(wanted[name], (Counter(), Counter()))
                for path, (count, held) in json.decode(line[line.rindex(b"\t") + 1 :]).items():
                    sets[path] += count
                    filled[path] += held
        return {
            name: {path: (count, filled[path]) for path, count in sorted(sets.items())}
            for name, (sets, filled) in sums.items()
        }

    @property
    def dropped(self) -> int:
        """How often a buyer with few processes was forgotten to keep the memory bounded."""
        return self._dropped

    def _meet(self, name: str) -> _Buyer:
        if len(self._buyers) >= 2 * self._most_buyers:
            self._drop()
        self._buyers[name] = buyer = _Buyer(self._missed)
        return buyer

    def _drop(self) -> None:
        ranked = sorted(self._buyers.items(), key=lambda pair: (-pair[1].processes, pair[0]))
        gone = ranked[self._most_buyers :]
        self._missed = max(self._missed, gone[0][1].processes + gone[0][1].missed)
        self._dropped += len(gone)
        self._buyers = dict(ranked[: self._most_buyers])

    def _lanes(self, shapes: frozenset[Shape]) -> int:
        lanes = self._lanes_of_set.get(shapes)
        if lanes is None:
            lanes = reduce(or_, map(self._lanes_of, shapes))
            if len(self._lanes_of_set) >= _MOST_SETS:
                self._lanes_of_set.clear()
            self._lanes_of_set[shapes] = lanes
        return lanes

    def _lanes_of(self, shape: Shape) -> int:
        lanes = self._lanes_of_shape.get(shape)
        if lanes is None:
            lanes = reduce(or_, (1 << self._lane(path) for path in shape.paths.values()), 0)
            self._lanes_of_shape[shape] = lanes
        return lanes

    def _lane(self, path: str) -> int:
        return self._lane_of.setdefault(path, _LANE * len(self._lane_of))

    def _note_empties(self, index: Index, buyer: _Buyer) -> None:
        """Note the fields that are empty wherever a release sets them."""
        empty = Counter(index.empties)
        set_here: Counter[str] = Counter()
        for shape in index.shapes:
            set_here.update(shape.paths.values())
        buyer.empty = buyer.empty or Counter()
        buyer.empty.update(path for path, count in empty.items() if count == set_here[path])


def _line(buyer: BuyerCoverage) -> bytes:
    told = (buyer.buyer, buyer.processes, buyer.missed, buyer.fields)
    return b"\t".join(map(json.encode, told))


def _fields(year: _Year) -> dict[str, FieldCoverage]:
    return {
        path: FieldCoverage(of=year.of[path.rpartition("/")[0]], set=count, filled=count - year.empty[path])
        for path, count in sorted(year.set.items())
    }
