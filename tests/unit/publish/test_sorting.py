"""Parquet is sorted by a column in one order, whatever fits into memory at once."""

import duckdb
import pyarrow as pa

from publish import sorting
from publish.columnar import written_schema
from publish.process_tables import CONTRACTS
from publish.sorting import Staged


def test_a_table_larger_than_what_is_sorted_at_once_is_sorted_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(sorting, "GROUP_ROWS", 7)
    buyers = ["Б", "a", None, "Я", "aa", "b", "a", None, "Б", "a"] * 12
    batch = _contracts(buyers)
    made = [_sorted(tmp_path, batch, most) for most in (1_000, 10, 1)]

    assert len({each.sha256 for each in made}) == 1
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT buyer_id, ocid FROM '{made[0].path}'").fetchall()
        groups = connection.execute(f"SELECT DISTINCT row_group_num_rows FROM parquet_metadata('{made[0].path}')")
        assert {rows for (rows,) in groups.fetchall()} == {7, 1}
    wanted = [(buyer, f"{n:04d}") for n, buyer in enumerate(buyers)]
    assert rows == sorted(wanted, key=lambda row: (row[0] is None, (row[0] or "").encode(), row[1]))


def _contracts(buyers):
    known = {"buyer_id": buyers, "ocid": [f"{n:04d}" for n in range(len(buyers))]}
    schema = written_schema(CONTRACTS.columns)
    arrays = [pa.array(known.get(field.name, [None] * len(buyers)), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _sorted(folder, batch, most):
    staged = Staged(folder / f"staged-{most}", CONTRACTS.columns)
    for place in range(0, len(batch), 16):
        staged.write(batch.slice(place, 16))
    staged.close()
    return staged.write_parquet(folder / f"{most}.parquet", "buyer_id", "", range_rows=most)
