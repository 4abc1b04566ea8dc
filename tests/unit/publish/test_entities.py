"""Organizations are counted once in each role and year."""

import csv
from decimal import Decimal

import duckdb

from tests.support.hostile import NOT_EXACT


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
