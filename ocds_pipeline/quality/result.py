"""What a check says: passed, failed with what is wrong and where, or not applicable with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ocds_schema.json import Json

Outcome = Literal["pass", "fail", "not_applicable"]

At = tuple[Any, ...]
"""A place: names and positions that lead to it, from the release or from an object of it that stands at the head."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing wrong. `reason` goes on from "the value …"; `ocid` is given only where a check sees many releases."""

    at: At
    reason: str
    value: Json = None
    ocid: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The outcome of one check. Equal outcomes without failures are one object, so that they are counted cheaply.

    `figures` are plain JSON, of checks of a whole data set.
    """

    outcome: Outcome
    reason: str = ""
    failures: Sequence[Failure] = ()
    figures: Json = field(default=None, compare=False)


PASS = Result("pass")


def not_applicable(reason: str) -> Result:
    """Say that there is nothing to judge; make it once, at the head of a module, and give it again and again."""
    return Result("not_applicable", reason)


def judged(failures: Sequence[Failure]) -> Result:
    """Give a failure of each thing wrong, or a pass where nothing is."""
    return Result("fail", failures=failures) if failures else PASS


def pointer(steps: Sequence[str | int]) -> str:
    """Give a place as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
