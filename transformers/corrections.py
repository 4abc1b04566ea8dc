"""Corrections: single source values that are known to be wrong, with what they should be and who says so.

A country's `corrections.toml` holds tables `[[correction]]` with `kind`, `key`, `field`, `was`, `becomes`, `reason`.
A correction holds while the source still says what it said; after that it is reported as stale.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import resources
from typing import Any

from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One wrong value of a source, and what stands in its place."""

    kind: str
    key: str
    field: str
    was: Any
    becomes: Any
    reason: str


@dataclass(frozen=True)
class Corrections:
    """A country's corrections, found by document."""

    entries: tuple[Correction, ...] = ()

    @cached_property
    def by_document(self) -> Mapping[tuple[str, str], list[Correction]]:
        """The corrections of each (kind, key)."""
        found: dict[tuple[str, str], list[Correction]] = {}
        for entry in self.entries:
            found.setdefault((entry.kind, entry.key), []).append(entry)
        return found

    def apply(self, kind: str, key: str, fields: Json) -> tuple[Json, list[tuple[Correction, bool]]]:
        """Correct a document's fields; say of each correction whether it still held."""
        entries = self.by_document.get((kind, key))
        if not entries:
            return fields, []
        corrected = dict(fields)
        outcome = []
        for entry in entries:
            holds = corrected.get(entry.field) == entry.was
            if holds:
                corrected[entry.field] = entry.becomes
            outcome.append((entry, holds))
        return corrected, outcome


def parse_corrections(text: str) -> Corrections:
    """Read a `corrections.toml`.

    Raises:
        ConfigurationError: an entry lacks a member, has one too many, or has no reason.
    """
    entries = tomllib.loads(text, parse_float=Decimal).get("correction", [])
    try:
        corrections = Corrections(tuple(Correction(**entry) for entry in entries))
    except TypeError as wrong:
        raise ConfigurationError(f"corrections.toml: {wrong}") from None
    if not all(str(entry.reason).strip() for entry in corrections.entries):
        raise ConfigurationError("corrections.toml: every correction needs a reason")
    return corrections


def read_corrections(package: str) -> Corrections:
    """Read the `corrections.toml` of a country's package."""
    return parse_corrections(resources.files(package).joinpath("corrections.toml").read_text(encoding="utf-8"))
