"""The mapping's page says what the code that runs does."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest

from ocds_schema.codelists import codelist
from transformers.outcome import country_mapping
from transformers.report import COLUMNS, mapping_csv, mapping_markdown, mapping_rows

REPOSITORY = Path(__file__).parents[2]
SOURCES = [path.parent.name for path in sorted((REPOSITORY / "transformers").glob("*/mapping.py"))]


@pytest.mark.parametrize("source", SOURCES)
def test_the_mapping_page_is_fresh(source: str) -> None:
    page = REPOSITORY / "docs" / "mapping" / f"{source}.md"

    assert page.read_text(encoding="utf-8") == mapping_markdown(source), (
        f"run: ocds-pipeline mapping {source} --out docs/mapping"
    )


@pytest.mark.parametrize("source", SOURCES)
def test_every_path_of_the_mapping_is_in_the_standard(source: str) -> None:
    assert [row.path for row in mapping_rows(source) if row.path and not row.meaning] == []


@pytest.mark.parametrize("source", SOURCES)
def test_the_csv_tells_of_each_field_once_read_or_not(source: str) -> None:
    lines = list(csv.reader(StringIO(mapping_csv(source))))
    assert tuple(lines[0]) == COLUMNS

    ignored = {(line[2], line[3]) for line in lines if line[4] == "not carried over"}
    read = {(line[2], name) for line in lines[1:] if line[4] != "not carried over" for name in line[3].split(", ")}
    assert ignored
    assert not ignored & read


@pytest.mark.parametrize("source", SOURCES)
def test_every_code_table_is_used_or_listed(source: str) -> None:
    listed = {table.name for table in country_mapping(source).tables}
    files = {path.name for path in (REPOSITORY / "transformers" / source / "codes").glob("*.csv")}

    assert listed == files


@pytest.mark.parametrize("source", SOURCES)
def test_every_ocds_code_is_in_its_codelist(source: str) -> None:
    mapping = country_mapping(source)
    tables = {table.name: table for table in mapping.tables}

    assert mapping.codelists
    for name, codelist_name in mapping.codelists.items():
        strange = {row.code for row in tables[name] if row.code} - set(codelist(codelist_name).codes)
        assert strange == set(), name


@pytest.mark.parametrize("source", SOURCES)
def test_notes_are_short(source: str) -> None:
    for table in country_mapping(source).tables:
        for row in table:
            assert len(row.note) <= 140, (table.name, row.source_code)
            assert not re.search(r"\s{2,}", row.note)
