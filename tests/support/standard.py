"""The standard's own files, for comparison, where they lie beside the project."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
STANDARD = SHARED / "ocds" / "1.1.5"
EXTENSIONS = SHARED / "ocds" / "extensions"
SAMPLES = SHARED / "samples"

needs_standard = pytest.mark.skipif(not STANDARD.is_dir(), reason="the standard's own files are not at hand")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def codes_of(path: Path) -> list[str]:
    """The codes of a codelist file of the standard."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["Code"] for row in csv.DictReader(file)]


def structure(schema: Any, *, names: bool = False) -> Any:
    """A schema without the words for people and the schemas' own addresses; sets as sorted lists.

    `names` says that the keys are field names, not keywords.
    """
    if isinstance(schema, list):
        return [structure(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if not names and key in {"title", "description", "id", "$schema"} and isinstance(value, str):
            continue
        if not names and key in {"type", "required", "enum"}:
            kept[key] = sorted(repr(one) for one in (value if isinstance(value, list) else [value]))
        else:
            kept[key] = structure(value, names=not names and key in {"properties", "patternProperties", "definitions"})
    return kept


def places(schema: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of a structure by its path, so that a difference names its place."""
    if isinstance(schema, dict) and schema:
        found: dict[str, Any] = {}
        for key, value in schema.items():
            found |= places(value, f"{path}/{key}")
        return found
    return {path: schema}
