"""The lives a case may lead: what is made, shown and changed how many days after the case was begun.

A script knows days and counts only. Who buys, what, for how much and in which words is thrown per case (`case.py`);
how a script is written is in `plot.py`.
"""

from dataclasses import dataclass, field

Stage = tuple[int, int]
"""Days after the case was begun, and the status from then on."""


@dataclass(slots=True, kw_only=True)
class Point:
    """A plan point: its versions, each with its statuses, and when it was taken off, if it was."""

    versions: list[int]
    stages: list[list[Stage]] = field(default_factory=list)
    deleted: int | None = None

    def used(self, offset: int) -> int:
        """The version in force on a day."""
        return max(number for number, made in enumerate(self.versions) if made <= offset or number == 0)


@dataclass(slots=True, kw_only=True)
class Round:
    """One announcement."""

    method: int
    family: int
    number: int
    previous: int | None
    made: int
    published: int
    opened: int
    closed: int
    decided: int | None
    stages: list[Stage]
    lots: tuple[int, ...]
    lot_stages: list[list[Stage]]
    won: list[bool]
    bidders: list[int]
    winners: list[int]
    paused: int | None = None
    cancelled: int | None = None


@dataclass(slots=True, kw_only=True)
class Deal:
    """One contract or one amendment of it."""

    round: int | None
    lots: tuple[int, ...]
    bidder: int
    root: int
    parent: int | None
    number: int
    made: int
    shown: int
    signed: int | None
    stages: list[Stage]
    acts: list[int] = field(default_factory=list)
    payments: list[int] = field(default_factory=list)
    executed: int | None = None
    ended: int | None = None


@dataclass(slots=True, kw_only=True)
class Script:
    """The life of a case."""

    method: int
    bank: int
    points: list[Point]
    lots: list[tuple[int, ...]]
    rounds: list[Round]
    deals: list[Deal]
