"""What a gate found: its checks in one form, whichever way they were made, and the outcome that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ocds_pipeline.gates.declared import Gate
from ocds_schema.json import Json
from publish.gates import FIRM

Outcome = Literal["pass", "warn", "fail"]
_MOST_CHECKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at, with the figures in words.

    `warn` is for what is wrong but too small to stop an edition. `expectation` names that of great-expectations, where
    one was asked.
    """

    what: str
    outcome: Outcome
    expected: str
    found: str
    previous: str | None = None
    expectation: str | None = None

    def facts(self) -> Json:
        """Give the check as JSON."""
        return {
            "what": self.what,
            "outcome": self.outcome,
            "expected": self.expected,
            "found": self.found,
            "previous": self.previous,
            "expectation": self.expectation,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one gate found; `reason` says why it does not apply, where there is no check, or what is to be noted."""

    checks: Sequence[Check] = ()
    reason: str = ""
    figures: Json = field(default=None)


def limited(*, is_sound: bool, count: int, floor: int) -> Outcome:
    """Tell the outcome of a comparison: what is not sound stops an edition only where it concerns enough cases."""
    if is_sound:
        return "pass"
    return "fail" if count >= floor else "warn"


def share(count: int | Decimal, of: int | Decimal) -> Decimal:
    """Give a share; none of nothing is zero."""
    return Decimal(count) / Decimal(of) if of else Decimal()


def percent(value: Decimal) -> str:
    """Write a share as percent, with two digits behind the point."""
    return f"{value * 100:,.2f} %"


def gate_facts(gate: Gate, findings: Findings, overridden: frozenset[str]) -> Json:
    """Give a gate as it stands in `gates.json`; checks that passed are only counted, unless nothing else was found."""
    told = [check for check in findings.checks if check.outcome != "pass"]
    told.sort(key=lambda check: check.outcome != "fail")
    outcome = _outcome(findings)
    if outcome == "fail" and gate.name in overridden and gate.name not in FIRM:
        outcome = "overridden"
    return {
        "name": gate.name,
        "outcome": outcome,
        "title": dict(gate.title),
        "rule": gate.rule,
        "why": dict(gate.why),
        "limits": dict(gate.limits),
        "reason": findings.reason,
        "passed": len(findings.checks) - len(told),
        "omitted": max(0, len(told) - _MOST_CHECKS),
        "checks": [check.facts() for check in told[:_MOST_CHECKS]],
    }


def _outcome(findings: Findings) -> str:
    found = {check.outcome for check in findings.checks}
    return next((outcome for outcome in ("fail", "warn", "pass") if outcome in found), "not_applicable")
