"""What a tally has taken in, kept so that another one can take it without the releases."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ocds_schema.json import Json

Numbers = Callable[[], "array[int]"]
"""Reads numbers that were kept, when they are wanted."""
Names = Callable[[Collection[int]], Mapping[int, str]]
"""Gives ocids by their fingerprints."""


def _nobody(_: Collection[int]) -> Mapping[int, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Kept:
    """Plain JSON, and long rows of numbers by name, which are read when they are wanted.

    `names` gives ocids of the releases that were taken in, by their fingerprints.
    """

    facts: Json
    numbers: Mapping[str, "array[int] | Numbers"] = field(default_factory=dict)
    names: Names = _nobody

    def later(self, name: str) -> Numbers:
        """Give what reads some numbers."""
        numbers = self.numbers[name]
        return numbers if callable(numbers) else lambda: numbers


class Keeper(Protocol):
    """Writes what is kept, part by part."""

    def facts(self, name: str, facts: Json) -> None:
        """Add some JSON."""

    def lines(self, name: str, lines: Iterable[bytes]) -> None:
        """Add lines, given without their ends."""

    def numbers(self, name: str, numbers: Sequence[int]) -> None:
        """Add whole numbers of 64 bits."""


class Shelf(Protocol):
    """Reads what was kept, as often as it is wanted."""

    def facts(self, name: str) -> Json:
        """Give some JSON."""

    def lines(self, name: str) -> Iterator[bytes]:
        """Give lines without their ends."""

    def numbers(self, name: str) -> "array[int]":
        """Give whole numbers."""
