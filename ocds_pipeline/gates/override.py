"""A person's word that an edition is right although a gate is broken."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocds_pipeline.gates.declared import usual_gates
from ocds_pipeline.sources import person_numbers
from ocds_pipeline.visible import visible
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from publish.gates import FIRM

NAME_LENGTH, REASON_LENGTH = 100, 500
"""So many characters of the name and of the reason of an override are published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a person said: of which gates, by what name, and why."""

    gates: frozenset[str] = frozenset()
    by: str = ""
    reason: str = ""

    def facts(self, gates: Sequence[Json]) -> list[Json]:
        """Give what is published of it: of those gates that it was needed for."""
        return [
            {"gate": gate["name"], "by": self.by, "reason": self.reason}
            for gate in gates
            if gate["outcome"] == "overridden"
        ]


def override(gates: Sequence[str], by: str, reason: str) -> Override:
    """Make an override of what a person said.

    Raises:
        ConfigurationError: there is no such gate, nobody may override it, or the name or the reason is missing.
    """
    if not gates:
        if by or reason:
            raise ConfigurationError("--by and --reason go with --override GATE")
        return Override()
    if unknown := sorted(set(gates) - usual_gates().keys()):
        known = ", ".join(usual_gates())
        raise ConfigurationError(f"--override: there is no gate {', '.join(unknown)}; there are {known}")
    if firm := next((name for name in FIRM if name in gates), None):
        raise ConfigurationError(f"--override: {firm} cannot be overridden: {FIRM[firm]}")
    by, reason = _published(by, NAME_LENGTH), _published(reason, REASON_LENGTH)
    if not by or not reason:
        raise ConfigurationError(
            "--override needs --by NAME and --reason TEXT: both are published with the edition, for all to see"
        )
    return Override(gates=frozenset(gates), by=by, reason=reason)


def _published(text: str, length: int) -> str:
    """Give what a person said as it may be published: in one line, without numbers of persons, not too long."""
    said = visible(" ".join(person_numbers().redact(text).split()))
    return said if len(said) <= length else f"{said[: length - 1]}…"
