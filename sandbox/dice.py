"""Seeded choices: the same key always throws the same numbers, in whatever order keys are asked."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_SPARE = 1 << 32


class Dice:
    """An endless row of numbers that depends on nothing but its key."""

    __slots__ = ("_bits", "_key", "_throws")

    def __init__(self, *key: int | str) -> None:
        self._key = ":".join(map(str, key)).encode()
        self._throws = 0
        self._bits = 0

    def below(self, bound: int) -> int:
        """A number from 0 to one less than the bound."""
        if self._bits < _SPARE * bound:
            self._throws += 1
            self._bits = int.from_bytes(blake2b(self._key, salt=self._throws.to_bytes(8, "big")).digest(), "big")
        self._bits, number = divmod(self._bits, bound)
        return number

    def between(self, low: int, high: int) -> int:
        """A number from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, permille: int) -> bool:
        """True in so many of a thousand cases."""
        return self.below(1000) < permille

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return options[self.below(len(options))]

    def weigh(self, weights: Sequence[tuple[T, int]]) -> T:
        """One of the options, as likely as its weight says."""
        left = self.below(sum(weight for _, weight in weights))
        for option, weight in weights:
            left -= weight
            if left < 0:
                return option
        raise AssertionError
