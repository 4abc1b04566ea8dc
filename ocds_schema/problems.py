"""A value that could not be carried over, and a record that could not be published."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "lost", "fatal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One value that we could not carry over, or do not trust.

    `note`: the value was carried over, with a reservation. `lost`: its field was left out. `fatal`: the record cannot
    be published. `path` is the OCDS path (`tender/value/amount`, no indexes), `document` is `kind/key` of the source
    document, `fields` are its field names, `value` is the offending value as short text, without personal numbers.
    """

    path: str
    rule: str
    reason: str
    severity: Severity = "lost"
    document: str = ""
    fields: tuple[str, ...] = ()
    value: str = ""
