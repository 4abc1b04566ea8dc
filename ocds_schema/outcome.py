"""What became of one contracting process in a transform."""

from dataclasses import dataclass

from ocds_schema.problems import Problem
from ocds_schema.release import Record, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What mapping one bundle gave.

    `release` is the new release, or nothing where the state has not moved. `remapped` is one before it: what the code
    of now makes of the documents that the record was made from, where that differs from the record. `record` is what
    the record is now, or nothing where the process has none. A quarantined process keeps the record it had, or that of
    `remapped`; its problems say why.
    """

    process: str
    ocid: str | None
    release: Release | None
    record: Record | None
    problems: tuple[Problem, ...] = ()
    quarantined: bool = False
    remapped: Release | None = None

    @property
    def releases(self) -> tuple[Release, ...]:
        """The new releases, oldest first."""
        return tuple(each for each in (self.remapped, self.release) if each is not None)
