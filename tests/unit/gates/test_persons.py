"""The gate on personal numbers reads every table that is written."""

import pytest

from ocds_pipeline.gates.persons import persons
from ocds_pipeline.gates.task import File, Task
from ocds_schema import json
from ocds_schema.source import read_source
from publish.figures import FiguresFile
from publish.year_tables import ALL_TABLES

PERSON = "11205199010017"


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_a_person_s_number_is_found_in_every_table(table, tmp_path):
    names = [column.name for column in table.columns]
    place = next(
        place
        for place, column in enumerate(table.columns)
        if column.type not in {"amount", "number", "integer"} and place
    )
    row = ["x"] * len(names)
    row[place] = f"ИНН {PERSON}"
    file = tmp_path / f"{table.name}.csv"
    file.write_text(",".join(names) + "\n" + ",".join(row) + "\n", encoding="utf-8")
    entry = {"path": f"v1/{file.name}", "format": "csv", "role": "data", "table": table.name}
    source = read_source("kyrgyzstan")
    task = Task(
        source=source, edition_id="e", facts={}, folder=tmp_path, body={}, before=None, figures=None,
        files=(File(local=file, entry=entry, is_new=True),),
    )  # fmt: skip

    (check,) = persons(task).checks

    assert check.outcome == "fail"
    assert names[place] in check.found
    assert PERSON not in check.found


@pytest.mark.parametrize(
    ("is_same", "familiar", "outcome"),
    [(True, {2023}, "pass"), (True, set(), "fail"), (False, {2023}, "fail")],
    ids=["searched before", "searched by other rules", "other bytes"],
)
def test_bytes_that_the_edition_before_had_are_not_searched_again_by_the_same_rules(
    is_same, familiar, outcome, tmp_path
):
    path = tmp_path / "mapping.csv"
    path.write_text(f"ИНН {PERSON}\n", encoding="utf-8")
    entry = {"path": "editions/e/mapping.csv", "format": "csv", "role": "metadata"}
    task = Task(
        source=read_source("kyrgyzstan"), edition_id="e", facts={}, folder=tmp_path, body={}, before=None, figures=None,
        files=(File(local=path, entry=entry, is_new=True, is_same=is_same),), familiar=frozenset(familiar),
    )  # fmt: skip

    assert [check.outcome for check in persons(task).checks] == [outcome]


def test_a_person_s_number_is_found_in_what_checks_found_of_a_year(tmp_path):
    path = tmp_path / "figures.zip"
    with FiguresFile(path) as figures:
        figures.lines("findings", [json.encode({"ocid": "a", "value": f"ИНН {PERSON}"})])
    entry = {"path": "data/figures.zip", "format": "figures", "role": "figures", "table": "quality"}
    task = Task(
        source=read_source("kyrgyzstan"), edition_id="e", facts={}, folder=tmp_path, body={}, before=None, figures=None,
        files=(File(local=path, entry=entry, is_new=True),),
    )  # fmt: skip

    (check,) = persons(task).checks

    assert (check.outcome, check.found) == ("fail", "1 in a /value")
