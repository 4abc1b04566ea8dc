"""Counting with bounded memory: the most frequent of many things, keys that come again, and sums by magnitude."""

import math
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from heapq import heappush, heapreplace
from itertools import pairwise
from typing import Generic, TypeVar

_CANDIDATES = 50_000
_MASK = (1 << 25) - 1
_ZERO = Decimal()
_BLOCK = 2_048
_BIT = tuple(1 << bit for bit in range(8))

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

    def top(self, number: int) -> list[tuple[H, int]]:
        """Give the most frequent, those of equal frequency in the order of their text."""
        return sorted(self.counts.items(), key=lambda pair: (-pair[1], str(pair[0])))[:number]

    def _drop(self) -> None:
        ranked = self.top(len(self.counts))
        self.missed = max(self.missed, ranked[self.most][1])
        self.counts = Counter(dict(ranked[: self.most]))


class Repeated:
    """Finds keys that come more than once, at eight bytes a key.

    While keys pass by, a filter of fixed size tells those that may have come before; the hashes of all keys decide in
    the end. Two keys share a hash of 64 bits once in some ten million data sets of a million.
    """

    def __init__(self) -> None:
        self._filter = bytearray((_MASK + 1) // 8)
        self._hashes = array("q")
        self._candidates: list[tuple[int, str]] = []
        self._waiting: list[tuple[int, str]] = []

    def add(self, keys: Iterable[Hashable], owner: str) -> None:
        """Take in some keys, and whose they are."""
        for key in keys:
            self._waiting.append((hash(key), owner))
        if len(self._waiting) >= _BLOCK:
            self._note()

    def _note(self) -> None:
        bits = self._filter
        for number, owner in self._waiting:
            one, other = number & _MASK, number >> 32 & _MASK
            if bits[one >> 3] & _BIT[one & 7] and bits[other >> 3] & _BIT[other & 7]:
                if len(self._candidates) < _CANDIDATES:
                    self._candidates.append((number, owner))
            else:
                bits[one >> 3] |= _BIT[one & 7]
                bits[other >> 3] |= _BIT[other & 7]
        self._hashes.extend([number for number, _ in self._waiting])
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._hashes) + len(self._waiting)

    def again(self) -> tuple[int, list[str]]:
        """Give how often a key came again, and who came with it (no more than 50,000)."""
        self._note()
        ranked = sorted(self._hashes)
        repeated = {one for one, other in pairwise(ranked) if one == other}
        times = len(ranked) - len(set(ranked)) if repeated else 0
        return times, [owner for number, owner in self._candidates if number in repeated]


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
