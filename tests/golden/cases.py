"""The golden cases: folders of raw documents, and the bundles they make."""

import tomllib
from pathlib import Path

from ocds_schema import json
from ocds_schema.raw import Bundle
from tests.support.kazakh_bundles import bundle, document

CASES = sorted(path.parent for path in (Path(__file__).parent / "kazakhstan").glob("*/case.toml"))


def read_bundle(folder: Path) -> Bundle:
    """Read a case."""
    facts = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    documents = []
    for path in sorted((folder / "raw").glob("*.json")):
        kind, way, _ = path.stem.split(".")
        documents.append(document(kind, json.decode(path.read_bytes()), way))  # type: ignore[arg-type]
    return bundle(
        facts["process"],
        documents,
        wanted=facts.get("wanted", False),
        published=facts.get("published", False),
    )


def golden_bundles() -> list[Bundle]:
    """Read every case."""
    return [read_bundle(folder) for folder in CASES]
