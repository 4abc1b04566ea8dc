"""A country is two folders, found by presence."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from ocds_pipeline.sources import load_portal, source_names
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.source import read_source

ROOT = Path(__file__).parents[2]
PACKAGES = ("ocds_schema", "extractors", "transformers", "publish", "ocds_pipeline", "dags")
WITH_COUNTRIES = ("extractors", "transformers", "sandbox")


@pytest.mark.parametrize("name", source_names())
def test_a_source_has_everything_it_needs(name: str) -> None:
    source = read_source(name)

    assert load_portal(name)
    assert import_module(f"transformers.{name}").MAPPING
    assert set(source.extensions) <= set(EXTENSIONS)
    assert source.caveats
    assert (ROOT / "sandbox" / name / "__init__.py").exists()
    assert (ROOT / "docs" / "portals" / f"{name}.md").exists()
    assert (ROOT / "docs" / "mapping" / f"{name}.md").exists()


def test_every_country_has_both_its_folders() -> None:
    for package in WITH_COUNTRIES:
        folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
        assert folders == set(source_names()), package


def test_no_file_outside_a_country_s_folders_names_it() -> None:
    files = [file for folder in PACKAGES for file in (ROOT / folder).rglob("*.py")]
    own = re.compile(rf"\b({'|'.join(source_names())})\b")
    code = {file: re.sub(r'"""[\s\S]*?"""|#.*', "", file.read_text()) for file in files}

    strangers = [file for file in files if not set(source_names()) & set(file.parts) and own.search(code[file])]
    assert [str(file.relative_to(ROOT)) for file in strangers] == []


def test_countries_do_not_know_one_another() -> None:
    trespasses = []
    for package in WITH_COUNTRIES:
        for file in (ROOT / package).rglob("*.py"):
            home = next((part for part in file.relative_to(ROOT).parts if part in source_names()), None)
            foreign = {country for country in countries_imported(file) if country != home}
            trespasses += [f"{file.relative_to(ROOT)} imports {country}" for country in sorted(foreign)]

    assert trespasses == []


def countries_imported(file: Path) -> Iterator[str]:
    """Give the countries whose modules a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            if package in WITH_COUNTRIES and rest.split(".")[0] in source_names():
                yield rest.split(".")[0]
