"""Counting with bounded memory: the most frequent of many things, keys that come again, and sums by magnitude."""

import math
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from heapq import heappush, heapreplace, nsmallest
from struct import Struct
from typing import Any, Generic, TypeVar, cast

import numpy as np

from ocds_pipeline.quality.kept import Names, Numbers
from ocds_pipeline.quality.row import Row
from ocds_schema.json import Json

_CANDIDATES = 50_000
_MASK = (1 << 25) - 1
_ZERO = Decimal()
_NUMBER = Struct("<q")
_DIGEST = blake2b(digest_size=8)
"""Of no bytes yet: to copy it is cheaper than to make one."""
_BLOCK = 2_048
_BIT = np.array([1 << bit for bit in range(8)], dtype=np.uint8)

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


@dataclass(slots=True, kw_only=True)
class Frequent(Generic[H]):
    """Counts of the most frequent of any number of things.

    No more than twice `most` are kept; then the rarer half is dropped. A thing that is kept was counted at most
    `missed` times too few, which stays zero as long as nothing was dropped.
    """

    most: int
    total: int = 0
    missed: int = 0
    counts: Counter[H] = field(default_factory=Counter)

    def add(self, things: Sequence[H]) -> None:
        """Count each of some things once."""
        self.total += len(things)
        self.counts.update(things)
        if len(self.counts) > 2 * self.most:
            self._drop()

    def add_counts(self, counts: Mapping[H, int]) -> None:
        """Count some things as often as is told."""
        self.total += sum(counts.values())
        self.counts.update(counts)
        if len(self.counts) > 2 * self.most:
            self._drop()

    def top(self, number: int) -> list[tuple[H, int]]:
        """Give the most frequent, those of equal frequency in the order of their text."""
        pairs = list(self.counts.items())
        if number < len(pairs):
            # Most things are rare, and need not be put in order.
            least = sorted(self.counts.values(), reverse=True)[number - 1]
            pairs = [pair for pair in pairs if pair[1] >= least]
        return nsmallest(number, pairs, key=lambda pair: (-pair[1], str(pair[0])))

    def keep(self) -> Json:
        """Give the counts as plain JSON."""
        return {"total": self.total, "missed": self.missed, "counts": [[thing, n] for thing, n in self.counts.items()]}

    def take(self, kept: Json) -> None:
        """Add counts that were kept."""
        self.total += kept["total"]
        self.missed += kept["missed"]
        counts = self.counts
        for thing, count in kept["counts"]:
            counts[cast(H, tuple(thing) if type(thing) is list else thing)] += count
        if len(counts) > 2 * self.most:
            self._drop()

    def _drop(self) -> None:
        ranked = self.top(self.most + 1)
        # What is dropped now may have been dropped before: its counts of then are missing, too.
        self.missed += ranked[self.most][1]
        self.counts = Counter(dict(ranked[: self.most]))


class Repeated:
    """Finds keys that come more than once, at sixteen bytes a key, not in memory.

    While keys pass by, a filter of fixed size tells those that may have come before, so that their owners' names are
    known; the fingerprints of all keys decide in the end. Two keys share a fingerprint of 64 bits once in some ten
    million data sets of a million.
    """

    def __init__(self) -> None:
        self._filter = np.zeros((_MASK + 1) // 8, dtype=np.uint8)
        self._hashes = Row()
        self._owners = Row()
        self._candidates: list[str] = []
        self._waiting: list[tuple[int, str, int]] = []
        self._taken: list[tuple[Numbers, Numbers]] = []
        self._number = 0
        self._names: Names = lambda _: {}

    def add(self, keys: Iterable[int], owner: str, mark: int) -> None:
        """Take in the fingerprints of some keys, and whose they are; `mark` is the fingerprint of the owner."""
        for key in keys:
            self._waiting.append((key, owner, mark))
        if len(self._waiting) >= _BLOCK:
            self._note()

    def keep(self) -> tuple[Row, Row]:
        """Give the fingerprints of all keys, and those of their owners."""
        self._note()
        return self._hashes, self._owners

    def take(self, number: int, keys: Numbers, owners: Numbers, names: Names) -> None:
        """Add so many keys that were kept, which come after all that were there before."""
        self._taken.append((keys, owners))
        self._number += number
        self._names = names

    def _note(self) -> None:
        if not self._waiting:
            return
        keys, owners, marks = zip(*self._waiting, strict=True)
        numbers = np.array(keys, dtype=np.int64)
        maybe = np.ones(len(keys), dtype=bool)
        for half in (numbers & _MASK, numbers >> 32 & _MASK):
            place, bit = half >> 3, _BIT[half & 7]
            maybe &= self._filter[place] & bit != 0
            np.bitwise_or.at(self._filter, place, bit)
        before: set[int] = set()
        for key, owner, is_maybe in zip(keys, owners, maybe.tolist(), strict=True):
            if (is_maybe or key in before) and len(self._candidates) < _CANDIDATES:
                self._candidates.append(owner)
            before.add(key)
        self._hashes.extend(keys)
        self._owners.extend(marks)
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._hashes) + len(self._waiting) + self._number

    def again(self) -> tuple[int, list[str]]:
        """Give how often a key came again, and who came with it (no more than 50,000)."""
        self._note()
        keys = _together(self._hashes.all(), [keys for keys, _ in self._taken])
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        later = np.sort(order[1:][keys[1:] == keys[:-1]])
        if not len(later):
            return 0, []
        owners = _together(self._owners.all(), [owners for _, owners in self._taken])[later[:_CANDIDATES]].tolist()
        names = {fingerprint(owner): owner for owner in self._candidates} | dict(self._names(set(owners)))
        return len(later), [names[owner] for owner in owners if owner in names]


def _together(first: "array[int]", others: Sequence[Numbers]) -> Any:
    return np.concatenate([np.array(each, dtype=np.int64) for each in (first, *(other() for other in others))])


def fingerprint(key: str) -> int:
    """Give 64 bits that stand for a key, the same on every machine."""
    digest = _DIGEST.copy()
    digest.update(key.encode("utf-8", "surrogatepass"))
    number: int = _NUMBER.unpack(digest.digest())[0]
    return number


@dataclass(slots=True)
class Magnitudes:
    """Positive amounts summed up exactly, in classes whose members differ by less than one percent."""

    _counts: Counter[int] = field(default_factory=Counter)
    _sums: dict[int, Decimal] = field(default_factory=dict)

    def add(self, amounts: Iterable[Decimal | int]) -> None:
        """Take in amounts above zero."""
        counts, sums, log = self._counts, self._sums, math.log
        for amount in amounts:
            rank = int(log(amount) * 100)
            counts[rank] += 1
            sums[rank] = sums.get(rank, _ZERO) + amount

    def keep(self) -> Json:
        """Give the classes as plain JSON."""
        return [[rank, count, self._sums[rank]] for rank, count in self._counts.items()]

    def take(self, kept: Json) -> None:
        """Add classes that were kept."""
        for rank, count, total in kept:
            self._counts[rank] += count
            self._sums[rank] = self._sums.get(rank, _ZERO) + total

    @property
    def number(self) -> int:
        """How many amounts there are."""
        return self._counts.total()

    @property
    def total(self) -> Decimal:
        """The sum of all."""
        return sum(self._sums.values(), Decimal())

    def largest(self, number: int) -> Decimal:
        """Give the sum of so many of the largest amounts; of the class that is cut, its mean stands for each."""
        found, left = Decimal(), number
        for rank in sorted(self._counts, reverse=True):
            count = self._counts[rank]
            found += self._sums[rank] * min(left, count) / count
            left -= min(left, count)
            if not left:
                break
        return found


class Sample(Generic[T]):
    """Chooses so many of any number of keys, by their fingerprints: the same keys give the same choice in any order."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._chosen: list[tuple[int, str, T]] = []
        self._keys: set[str] = set()

    def wants(self, key: str) -> bool:
        """Tell whether a key would be chosen, as things are; one that is chosen already is not wanted again."""
        return key not in self._keys and (len(self._chosen) < self._size or _rank(key) > self._chosen[0][0])

    def add(self, key: str, thing: T) -> None:
        """Choose a key that is wanted, and drop another one for it where there is no room for both."""
        self._keys.add(key)
        entry = (_rank(key), key, thing)
        if len(self._chosen) < self._size:
            heappush(self._chosen, entry)
        else:
            self._keys.remove(heapreplace(self._chosen, entry)[1])

    def chosen(self) -> list[tuple[str, T]]:
        """Give the keys that were chosen, in alphabetical order."""
        return sorted(((key, thing) for _, key, thing in self._chosen), key=lambda pair: pair[0])


def _rank(key: str) -> int:
    return -int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")
