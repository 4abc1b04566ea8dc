"""Counting with bounded memory: the most frequent of many things, keys that come again, and sums by magnitude."""

import math
from array import array
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from heapq import heappush, heapreplace
from itertools import pairwise
from typing import Generic, TypeVar

_CANDIDATES = 50_000
_MASK = (1 << 25) - 1
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
        self._candidates: list[tuple[int, str, str]] = []

    def add(self, key: str, owner: str) -> None:
        """Take in a key, and whose it is."""
        number = hash(key)
        self._hashes.append(number)
        one, other, bits = number & _MASK, number >> 32 & _MASK, self._filter
        if bits[one >> 3] & _BIT[one & 7] and bits[other >> 3] & _BIT[other & 7]:
            if len(self._candidates) < _CANDIDATES:
                self._candidates.append((number, key, owner))
        else:
            bits[one >> 3] |= _BIT[one & 7]
            bits[other >> 3] |= _BIT[other & 7]

    def __len__(self) -> int:
        return len(self._hashes)

    def again(self) -> tuple[int, list[tuple[str, str]]]:
        """Give how often a key came again, and these keys with their owners (no more than 50,000)."""
        ranked = sorted(self._hashes)
        repeated = {one for one, other in pairwise(ranked) if one == other}
        times = len(ranked) - len(set(ranked)) if repeated else 0
        return times, [(key, owner) for number, key, owner in self._candidates if number in repeated]


@dataclass(slots=True)
class Magnitudes:
    """Positive amounts summed up exactly, in classes whose members differ by less than one percent."""

    number: int = 0
    _counts: Counter[int] = field(default_factory=Counter)
    _sums: dict[int, Decimal] = field(default_factory=dict)

    def add(self, amount: Decimal | int) -> None:
        """Take in an amount above zero."""
        rank = int(math.log(amount) * 100)
        self.number += 1
        self._counts[rank] += 1
        self._sums[rank] = self._sums.get(rank, Decimal()) + amount

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

    def add(self, key: str, thing: T) -> None:
        """Take in a key, and what belongs to it; a key that was chosen already is passed over."""
        rank = -int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")
        full = len(self._chosen) >= self._size
        if key in self._keys or (full and rank <= self._chosen[0][0]):
            return
        self._keys.add(key)
        entry = (rank, key, thing)
        if full:
            self._keys.remove(heapreplace(self._chosen, entry)[1])
        else:
            heappush(self._chosen, entry)

    def chosen(self) -> list[tuple[str, T]]:
        """Give the keys that were chosen, in alphabetical order."""
        return sorted(((key, thing) for _, key, thing in self._chosen), key=lambda pair: pair[0])
