"""One thing wrong with a release, at its exact place."""

from collections.abc import Callable
from dataclasses import dataclass

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.problems import Problem, Severity

LONGEST = 80
"""No more characters than these are shown of a value."""

Redact = Callable[[str], str]
"""What is done to a value before it is shown."""

Place = tuple[str | int, ...]
"""Names and positions that lead from the release to a value in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One error or reservation.

    `place` leads to the value that is wrong, positions included; of a missing member, to the object that lacks it.
    `path` is the OCDS path, without positions; of a missing member, the path it should have. `reason` goes on from
    "the value …".
    """

    place: Place
    path: str
    rule: str
    reason: str
    severity: Severity
    value: str = ""

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901)."""
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in self.place)

    def problem(self) -> Problem:
        """The finding as a problem; its reason begins with the pointer."""
        return Problem(
            path=self.path,
            rule=self.rule,
            reason=f"{self.pointer or '/'} {self.reason}",
            severity=self.severity,
            value=self.value,
        )


def of_path(place: Place) -> str:
    """Give the OCDS path of a place."""
    return "/".join(step for step in place if isinstance(step, str))


def excerpt(value: Json, redact: Redact) -> str:
    """Show the beginning of a value; nothing of a list or an object, which may hold anything."""
    if isinstance(value, list | dict):
        return ""
    text = redact(value if isinstance(value, str) else json.encode(value).decode())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
