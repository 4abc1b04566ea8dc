"""Every format holds the same rows, read by the tools that people use, and the same state gives the same bytes.

What the rows should be is known in two ways: whole, from the compiled releases, and once more from the published JSON
Lines by a few lines that go by the dictionary's paths alone and share no code with what makes the tables.
"""

import csv
import gzip
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import duckdb
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish.cells import RowsDigest
from publish.columnar import Collector
from publish.delimited import CsvTable, ExcelCsvTable
from publish.detail_tables import LOTS, TABLES
from publish.formats import undefuse
from publish.reading import READERS, digest_of, read_csv, read_excel_csv
from publish.rows import Process
from publish.sorting import Staged
from publish.spreadsheet import sheets
from publish.tables import declared
from publish.verify import verify
from publish.xlsx import SheetFile, Styles, Tab, write_book
from tests.support.hostile import FULL, OLDER, PLAIN, hostile
from tests.support.publishing import Entry, publish, sample, tender

SOURCE = "kazakhstan"
PARTS = {
    "lots": ("tender/lots",),
    "items": ("tender/items", "awards/items", "contracts/items"),
    "bids": ("bids/details",),
    "awards": ("awards",),
    "contracts": ("contracts",),
    "transactions": ("contracts/implementation/transactions",),
    "parties": ("parties",),
    "documents": ("tender/documents", "contracts/documents"),
}
"""Where in a compiled release the members of a table's rows stand."""
SETTLED = {("contracts", "buyer_id"), ("contracts", "buyer_name"), ("contracts", "lots")}
"""Columns that have something even where nothing stands at their path: the release's buyer, the award's lots."""


def expected(table, *compiled):
    """The rows as typed cells, straight from the compiled releases."""
    collector = Collector(table)
    for body in sorted(compiled, key=lambda each: each["ocid"]):
        collector.add(Process.read(json.encode(body), first_release=body["date"]))
    columns = [array.to_pylist() for array in collector.batch().columns]
    return typed(table, zip(*columns, strict=True))


def typed(table, rows):
    kinds = [column.type for column in table.columns]
    return [tuple(_typed(kind, cell) for kind, cell in zip(kinds, row, strict=True)) for row in rows]


def _typed(kind, cell):
    if cell is None or cell == "":
        return None
    if kind in {"amount", "number"}:
        return Decimal(str(cell)).normalize()
    if kind == "time":
        return datetime.fromisoformat(str(cell)).astimezone(UTC)
    return int(cell) if kind == "integer" else str(cell)


def by_row(rows):
    return sorted(rows, key=lambda row: [(cell is not None, str(cell)) for cell in row])


THIS_YEAR = (FULL, PLAIN)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
class TestReaders:
    """Each tool reads what the compiled releases give."""

    def test_csv_by_the_standard_library(self, files, table):
        (path,) = files(table.name, "csv")
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)

        assert tuple(header) == table.header
        assert typed(table, undefused(table, rows)) == expected(table, *THIS_YEAR)

    def test_csv_by_pandas(self, files, table):
        (path,) = files(table.name, "csv")
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)

        assert tuple(frame.columns) == table.header
        rows = frame.itertuples(index=False, name=None)
        assert typed(table, undefused(table, rows)) == expected(table, *THIS_YEAR)

    def test_csv_by_duckdb(self, files, table):
        (path,) = files(table.name, "csv")
        with duckdb.connect() as connection:
            read = (
                f"read_csv('{path}', header = true, all_varchar = true, hive_partitioning = false, strict_mode = true)"
            )
            rows = connection.execute(f"SELECT * FROM {read}").fetchall()

        assert typed(table, undefused(table, rows)) == expected(table, *THIS_YEAR)

    def test_excel_csv_by_pandas(self, files, table):
        (path,) = files(table.name, "csv-excel")
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, sep=";", encoding="utf-8-sig")

        assert tuple(frame.columns) == table.header
        rows = undefused(table, unguarded(table, frame.itertuples(index=False, name=None)))
        assert typed(table, rows) == expected(table, *THIS_YEAR)

    @pytest.mark.parametrize("form", ["parquet", "parquet-by-supplier"])
    def test_parquet_by_duckdb(self, public, files, table, form):
        by = table.buyer if form == "parquet" else table.supplier
        if by is None:
            assert not (public.root / f"v1/{SOURCE}/data/{table.name}/{form}").exists()
            return
        (path,) = files(table.name, form)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            read = f"read_parquet('{path}', hive_partitioning = false)"
            found = typed(table, connection.execute(f"SELECT * FROM {read}").fetchall())

        assert by_row(found) == by_row(expected(table, *THIS_YEAR))
        keys = [row[table.header.index(by)] for row in found]
        assert keys == sorted(keys, key=lambda key: (key is None, key or ""))

    def test_parquet_by_pandas(self, files, table):
        (path,) = files(table.name, "parquet")
        frame = pd.read_parquet(path, dtype_backend="pyarrow")
        rows = [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False, name=None)]

        assert by_row(typed(table, rows)) == by_row(expected(table, *THIS_YEAR))

    def test_workbooks_by_openpyxl(self, files, table):
        (path,) = files("workbook", "xlsx")
        header, *rows = openpyxl.load_workbook(path)[table.name].iter_rows()

        assert tuple(cell.value for cell in header) == table.header
        assert typed(table, [[shown(cell) for cell in row] for row in rows]) == expected(table, *THIS_YEAR)

    def test_sqlite_by_the_standard_library(self, files, table):
        (path,) = files("database", "sqlite", "all")
        with sqlite3.connect(path) as connection:
            rows = connection.execute(f'SELECT * FROM "{table.name}"').fetchall()

        found = typed(table, [[in_full(cell) for cell in row] for row in rows])
        assert by_row(found) == by_row(expected(table, *THIS_YEAR, OLDER))

    def test_every_digest_is_the_same(self, public, files, table):
        forms = [form for form in READERS if (public.root / f"v1/{SOURCE}/data/{table.name}/{form}").exists()]
        digests = {digest_of(table, form, partial(files(table.name, form)[0].open, "rb")).hexdigest() for form in forms}

        assert {"csv", "csv-excel", "parquet"} <= {*forms}
        assert len(digests) == 1


@pytest.mark.parametrize("table", [table for table in TABLES if table.name in PARTS], ids=lambda table: table.name)
def test_json_lines_hold_what_the_tables_show(files, table):
    (lines,), (path,) = files("compiled", "jsonl"), files(table.name, "parquet")
    with gzip.open(lines) as stream:
        releases = [json.decode(line) for line in stream]
    names, rows = straight(table.name, releases)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        chosen = ", ".join(f'"{name}"' for name in names)
        found = connection.execute(f"SELECT {chosen} FROM read_parquet('{path}')").fetchall()

    kinds = [column.type for name in names for column in table.columns if column.name == name]
    cells = [
        [tuple(_typed(kind, cell) for kind, cell in zip(kinds, row, strict=True)) for row in each]
        for each in (rows, found)
    ]
    assert len(names) > 3
    assert by_row(cells[1]) == by_row(cells[0])


def straight(table, releases):
    """The columns of a table whose path leads straight to a cell of a row, and these cells."""
    parts = PARTS[table]
    paths = {}
    for row in declared():
        if row["table"] == table and row["type"] != "integer":
            for part in parts:
                if row["path"].startswith(f"{part}/") and (table, row["column"]) not in SETTLED:
                    paths[row["column"]] = row["path"].removeprefix(f"{part}/").split("/")
    members = [
        (release["ocid"], member) for release in releases for part in parts for member in _members(release, part)
    ]
    single = {name: path for name, path in paths.items() if not any(_is_many(member, path) for _, member in members)}
    rows = [(ocid, *(_cell(member, path) for path in single.values())) for ocid, member in members]
    return ["ocid", *single], rows


def _members(release, part):
    found = [release]
    for name in part.split("/"):
        found = [each[name] for each in found if each.get(name)]
        found = [one for each in found for one in (each if isinstance(each, list) else [each])]
    # What has nothing but its id, or the award's, vanished at the source.
    return [each for each in found if each.keys() - {"id", "awardID"}]


def _is_many(member, path):
    return isinstance(_cell(member, path), list)


def _cell(member, path):
    for name in path:
        if isinstance(member, list):
            return member
        member = (member or {}).get(name)
    return member


def undefused(table, rows):
    kinds = [column.type for column in table.columns]
    return [
        [undefuse(cell) if kind == "text" and cell else cell for kind, cell in zip(kinds, row, strict=True)]
        for row in rows
    ]


def unguarded(table, rows):
    """What Excel shows where a cell is a constant formula, and numbers with a point."""
    numbers = [column.type in {"amount", "number"} for column in table.columns]
    for row in rows:
        cells = [cell[2:-1].replace('""', '"') if cell.startswith('="') else cell for cell in row]
        yield [cell.replace(",", ".") if is_number else cell for cell, is_number in zip(cells, numbers, strict=True)]


def in_full(cell):
    return format(Decimal(repr(cell)), "f") if isinstance(cell, float) else cell


def shown(cell):
    """What a cell of a workbook says: a date is the portal's own time, and its format adds the offset."""
    if isinstance(cell.value, datetime):
        offset = cell.number_format.split('"')[1]
        return f"{cell.value:%Y-%m-%dT%H:%M:%S}{offset}"
    # The format writes `_x000D_` as `_x005F_x000D_`, and this reader leaves that to its user.
    return cell.value.replace("_x005F_", "_") if isinstance(cell.value, str) else in_full(cell.value)


def test_an_edition_in_every_format_is_sound(public):
    assert verify(public, SOURCE).findings == ()


def test_the_same_state_gives_the_same_bytes_in_every_format(public, tmp_path):
    again = FileStorage(tmp_path / "again")
    publish(hostile(), again, tmp_path / "elsewhere", left_out={})

    found = {key: json.digest(again.read(key)) for key in again.keys(f"v1/{SOURCE}/data/")}
    assert found == {key: json.digest(public.read(key)) for key in public.keys(f"v1/{SOURCE}/data/")}
    assert {key.split("/")[4] for key in found} >= {*READERS, "xlsx", "sqlite"}


def test_an_unchanged_year_uploads_nothing(tmp_path):
    made, storage = hostile(), FileStorage(tmp_path / "public")
    publish(made, storage, tmp_path / "work", left_out={})
    before = {*storage.keys(f"v1/{SOURCE}/data/")}
    changed = made.then(_5=Entry(year=2024, states=(FULL, {**FULL, "language": "kk"})))
    edition = publish(changed, storage, tmp_path / "work", 2, left_out={})

    new = {*storage.keys(f"v1/{SOURCE}/data/")} - before
    assert edition.new_bytes > 0
    assert any("year=2024" in key for key in new)
    assert not any("year=2023" in key for key in new)


def test_a_sample_history_is_sound_in_every_format(tmp_path):
    storage = FileStorage(tmp_path / "public")
    publish(sample(), storage, tmp_path / "work", left_out={})

    assert verify(storage, SOURCE).findings == ()


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANY_NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**18), max_value=10**18)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(ANY_TEXT, ANY_NUMBER), min_size=1, max_size=20))
def test_every_text_and_number_comes_back_from_every_format(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    batch = _lots(rows)
    wanted = RowsDigest.of(LOTS.columns, batch)

    assert {form: digest.hexdigest() for form, digest in _written(folder, batch, wanted)} == dict.fromkeys(
        ("csv", "csv-excel", "parquet", "xlsx"), wanted.hexdigest()
    )


def _lots(rows):
    lots = [
        {"id": str(number), "status": "active", "title": text, "value": {"amount": amount, "currency": "KZT"}}
        for number, (text, amount) in enumerate(rows)
    ]
    collector = Collector(LOTS)
    body = tender("1", tender={"id": "1", "title": "x", "lots": lots})
    collector.add(Process.read(json.encode(body), first_release=None))
    return collector.batch()


def _written(folder, batch, wanted):
    """Write a batch in each format, and give the digests of what its reader reads."""
    for form, kind, reader in (("csv", CsvTable, read_csv), ("csv-excel", ExcelCsvTable, read_excel_csv)):
        with kind(folder / form, LOTS.columns) as file:
            file.write(batch)
            file.finish("")
        yield form, _read(reader(LOTS, partial((folder / form).open, "rb")))
    staged = Staged(folder / "staged", LOTS.columns)
    staged.write(batch)
    staged.close()
    staged.write_parquet(folder / "parquet", "lot_id", "")
    yield "parquet", digest_of(LOTS, "parquet", partial((folder / "parquet").open, "rb"))
    styles = Styles()
    sheet = SheetFile(folder / "sheet", LOTS.columns, styles)
    sheet.write(batch, wanted)
    tabs = [Tab(name="lots", table="lots", sheet=each) for each in sheet.finish()]
    write_book(folder / "xlsx", tabs, styles, readme=[["a"]], fields=[["b"]])
    for _, _, batches in sheets(folder / "xlsx", [LOTS]):
        yield "xlsx", _read(batches)


def _read(batches):
    digest = RowsDigest()
    for each in batches:
        digest.add(LOTS.columns, each)
    return digest
