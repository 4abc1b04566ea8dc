"""The golden cases: of each country, folders of raw documents, and the bundles they make.

A case is `<country>/<case>/` with `case.toml`, `raw/<kind>.<way>.<key>.json` (a key is percent-encoded where it cannot
stand in a file's name) and what is expected of it. `case.toml` says `why` the case is here, its `origin` and its
`process`; it may say that the process is `wanted` or `published`, and which texts are to be `withheld` from all output.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.outcome import Outcome
from ocds_schema.raw import Bundle, Way
from tests.support import countries
from tests.support.plain import plain
from transformers.outcome import Context, country_mapping, map_bundle, transform_bundle
from transformers.process import CountryMapping, Entity, Mapped
from transformers.rules import Reading

FOLDER = Path(__file__).parent
CASES = sorted(path.parent for path in FOLDER.glob("*/*/case.toml"))

_NUMBER = re.compile(r"(?<![0-9])[0-9]+(?![0-9])")


@dataclass(frozen=True)
class Case:
    """A golden case: what it is of, and its outcome."""

    folder: Path

    @property
    def country(self) -> str:
        return self.folder.parent.name

    @cached_property
    def facts(self) -> Json:
        return tomllib.loads((self.folder / "case.toml").read_text(encoding="utf-8"))

    @property
    def context(self) -> Context:
        return countries.context(self.country)

    @property
    def mapping(self) -> CountryMapping:
        return country_mapping(self.country)

    @cached_property
    def bundle(self) -> Bundle:
        return read_bundle(self.folder)

    @cached_property
    def outcome(self) -> Outcome:
        return transform_bundle(self.bundle, None, self.context)

    @cached_property
    def release(self) -> Json:
        return json.decode(self.outcome.release.body) if self.outcome.release else None

    @cached_property
    def mapped(self) -> Mapped:
        mapped, _ = map_bundle(self.bundle, self.mapping, self.new_reading(), self.context.source)
        return mapped

    @property
    def process(self) -> Json:
        return plain(self.mapped.process) if self.mapped.process else None

    @property
    def entities(self) -> list[Entity]:
        return self.mapping.entities(self.bundle.documents)

    def new_reading(self) -> Reading:
        return countries.new_reading(self.country)

    def withheld(self) -> set[str]:
        """Give what must be in no output: the persons' numbers of the raw documents, and what the case says."""
        numbers = {number for path in self.raw() for number in _NUMBER.findall(path.read_text(encoding="utf-8"))}
        return {number for number in numbers if self.context.source.person_numbers.scrub(number)[1]} | set(
            self.facts.get("withheld", ())
        )

    def raw(self) -> list[Path]:
        return sorted((self.folder / "raw").glob("*.json"))


def read_bundle(folder: Path) -> Bundle:
    """Read a case."""
    facts = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    country, documents = folder.parent.name, []
    for path in sorted((folder / "raw").glob("*.json")):
        kind, way, key = path.name.removesuffix(".json").split(".", 2)
        fields = json.decode(path.read_bytes())
        documents.append(countries.document(country, kind, cast(Way, way), unquote(key), fields))
    return countries.bundle(
        country,
        facts["process"],
        documents,
        wanted=facts.get("wanted", False),
        published=facts.get("published", False),
    )


def golden_bundles(country: str) -> list[Bundle]:
    """Read every case of a country."""
    return [read_bundle(folder) for folder in CASES if folder.parent.name == country]
