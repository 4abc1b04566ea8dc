"""What an edition is made from: the records of a source with their releases, and what changed in them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ocds_schema.problems import Problem
from ocds_schema.release import Record, Release
from publish.changelog import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessProblems:
    """The values of one process that could not be carried over, and whether it is held back because of them."""

    process: str
    ocid: str | None
    quarantined: bool
    problems: tuple[Problem, ...]


class History(Protocol):
    """The records of a source at one moment; every order is that of the UTF-8 bytes."""

    def years(self) -> Iterable[int]:
        """Give the years that records belong to."""

    def years_of(self, ocids: Collection[str]) -> Mapping[str, int]:
        """Give the years of those of the records that there are, by ocid."""

    def entries(self, year: int) -> Iterator[tuple[Record, Sequence[Release]]]:
        """Give a year's records by ocid, each with its releases, the oldest first."""

    def changes(self) -> Iterator[Change]:
        """Give, by ocid, the records that may have changed since the previous edition; all of them for the first.

        One that was moved for several causes comes several times, each time from where the time before left it.
        """

    def problems(self) -> Iterator[ProcessProblems]:
        """Give, by process, what could not be carried over."""
