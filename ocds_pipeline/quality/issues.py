"""One thing wrong, as it is published: where, by which rule, and in plain words; without personal data."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ocds_pipeline.quality.result import Failure, pointer
from ocds_schema import json
from ocds_schema.findings import Place, excerpt, of_path
from ocds_schema.json import Json

_PRIVATE = frozenset(
    {"contactPoint", "address", "email", "telephone", "faxNumber", "name", "legalName", "streetAddress"}
)
"""Members of which, or of whose members, no value is shown."""
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One line of `issues.jsonl.gz`.

    `ocid` is empty where the data set as a whole is meant. `path` is the OCDS path, `pointer` the exact place in the
    compiled release (RFC 6901). `value` is at most 80 characters long; of what may be a person's, only its form is
    shown: each letter as `x`, each digit as `9`.
    """

    ocid: str
    path: str
    pointer: str
    rule: str
    value: str
    explanation: str

    def line(self) -> bytes:
        """Give the issue as a line of JSON."""
        return json.encode(
            {
                "ocid": self.ocid or None,
                "path": self.path,
                "pointer": self.pointer,
                "rule": self.rule,
                "value": self.value,
                "explanation": self.explanation,
            }
        )


def issue_of(rule: str, failure: Failure, steps: Place, ocid: str, redact: Callable[[str], str]) -> Issue:
    """Make an issue of what a check found at a place; no value leaves without `redact`."""
    value = "" if failure.value is None else excerpt(failure.value, redact)
    return Issue(
        ocid=failure.ocid or ocid,
        path=of_path(steps),
        pointer=pointer(steps),
        rule=rule,
        value=_form(value) if not _PRIVATE.isdisjoint(steps) else value,
        explanation=explained(failure.value, failure.reason),
    )


def explained(value: Json, reason: str) -> str:
    """Say in a sentence what is wrong."""
    subject = "The field" if value is None else "The value"
    return f"{subject} {reason}."


def _form(value: str) -> str:
    return _DIGIT.sub("9", _LETTER.sub("x", value))
