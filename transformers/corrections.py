"""Corrections: source values that are known to be wrong, with what they should be and who says so.

Single values are listed; faults that a whole kind of documents has are mended by repairs, which are written in Python.
A country's `corrections.toml` holds tables `[[correction]]` with `kind`, `key`, `field`, `was`, `becomes`, `reason`.
A correction holds while the source still says what it said; after that it is reported as stale.
"""

import copy
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A fault of a kind of documents, and how it is mended.

    `mend` changes the fields it is given in place and says how many values it has mended: none where the guard does not
    hold. `fields`, `guard`, `becomes` and `reason` say it to people.
    """

    name: str
    kind: str
    fields: str
    guard: str
    becomes: str
    reason: str
    mend: Callable[[Any], int] = field(repr=False)


@dataclass(frozen=True)
class Corrections:
    """A country's corrections, found by document, and its repairs, in the order in which they are made."""

    entries: tuple[Correction, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @cached_property
    def by_document(self) -> Mapping[tuple[str, str], list[Correction]]:
        """The corrections of each (kind, key)."""
        found: dict[tuple[str, str], list[Correction]] = {}
        for entry in self.entries:
            found.setdefault((entry.kind, entry.key), []).append(entry)
        return found

    def repair(self, kind: str, fields: Json) -> tuple[Json, list[tuple[Repair, int]]]:
        """Mend a document's fields; say of each repair that was needed how many values it has mended."""
        repairs = [one for one in self.repairs if one.kind == kind]
        if not repairs:
            return fields, []
        mended = copy.deepcopy(fields)
        counts = [(one, one.mend(mended)) for one in repairs]
        return mended, [(one, count) for one, count in counts if count]

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


def read_corrections(package: str, repairs: Sequence[Repair] = ()) -> Corrections:
    """Read the `corrections.toml` of a country's package, and put its repairs beside it."""
    found = parse_corrections(resources.files(package).joinpath("corrections.toml").read_text(encoding="utf-8"))
    return Corrections(found.entries, tuple(repairs))
