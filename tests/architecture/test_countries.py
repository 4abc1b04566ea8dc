"""A country is two folders, found by presence."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from ocds_pipeline.sources import load_portal, source_names
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.source import read_source

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", source_names())
def test_a_source_has_everything_it_needs(name: str) -> None:
    source = read_source(name)

    assert load_portal(name)
    assert import_module(f"transformers.{name}").MAPPING
    assert set(source.extensions) <= set(EXTENSIONS)
    assert source.caveats
    assert (ROOT / "docs" / "portals" / f"{name}.md").exists()
    assert (ROOT / "docs" / "mapping" / f"{name}.md").exists()


def test_no_file_outside_a_country_s_folders_names_it() -> None:
    folders = ["ocds_schema", "extractors", "transformers", "publish", "ocds_pipeline", "dags"]
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    own = re.compile(rf"\b({'|'.join(source_names())})\b")
    code = {file: re.sub(r'"""[\s\S]*?"""|#.*', "", file.read_text()) for file in files}

    strangers = [file for file in files if not set(source_names()) & set(file.parts) and own.search(code[file])]
    assert [str(file.relative_to(ROOT)) for file in strangers] == []
