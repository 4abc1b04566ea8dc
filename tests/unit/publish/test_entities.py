"""Organizations are counted once in each role and year."""

import csv
from decimal import Decimal

import duckdb
import pytest

from ocds_schema import json
from publish import entities
from publish.entities import EntityCounter
from publish.rows import Process
from tests.support.hostile import NOT_EXACT
from tests.support.publishing import tender


def test_a_supplier_s_contracts_are_added_up_exactly(files):
    (path,) = files("entities", "csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = {(row["entity_id"], row["role"]): row for row in csv.DictReader(stream)}

    assert rows["A", "buyer"]["contracts_value"] == "1200000.50"
    supplier = rows["KZ-BIN-1", "supplier"]
    assert (supplier["processes_count"], supplier["contracts_count"], supplier["summed_count"]) == ("2", "2", "2")
    assert Decimal(supplier["contracts_value"]) == NOT_EXACT + Decimal("1200000.50")


def test_one_file_has_every_year_of_an_organization(files):
    (path,) = files("entities", "parquet", "all")
    with duckdb.connect() as connection:
        years = connection.execute(f"SELECT year FROM '{path}' WHERE entity_id = 'KZ-BIN-1' ORDER BY year")
        assert [year for (year,) in years.fetchall()] == [2023, 2024]


@pytest.mark.parametrize("most", [1, 2, 7])
def test_organizations_that_wait_in_files_are_counted_the_same(most, monkeypatch):
    states = [
        tender(number, title="Парты", amount=Decimal(number) / 7)
        | {"buyer": {"id": f"B-{number % 5}", "name": f"Школа {number % 3}"}}
        for number in range(1, 40)
    ]

    def counted():
        counter = EntityCounter(2024, "KZT")
        for state in states:
            counter.add(Process.read(json.encode(state), first_release=None, is_held_back=False))
        return list(counter.rows())

    at_once = counted()
    monkeypatch.setattr(entities, "MOST", most)
    assert counted() == at_once
    assert len(at_once) == 6
    assert [(each.entity_id, each.role) for each in at_once] == sorted((each.entity_id, each.role) for each in at_once)
