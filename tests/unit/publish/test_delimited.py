"""CSV: what Excel takes for a number, a date or a formula is written so that it shows the text."""

import csv
import gc
import io
import weakref

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocds_pipeline.storage import FileStorage
from publish.delimited import _DATED, _LOOSE, CsvTable, ExcelCsvTable, guarded
from publish.entities import ENTITIES
from publish.verify import verify
from publish.year_tables import ALL_TABLES
from tests.support.hostile import TEXTS
from tests.support.publishing import Entry, history, ocid, publish


def test_excel_csv_opens_right_on_a_russian_windows(files):
    (path,) = files("items", "csv-excel")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfocid;section;")
    assert data.count(b"\r\n") == len(TEXTS) + 1
    assert path.name.endswith("-excel.csv")

    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    descriptions = {row[header.index("description")] for row in rows}
    assert {'="007"', '="1-2"', '="1 мар"', '="дек.25"', "'=1+1", "''=1"} <= descriptions
    assert {row[header.index("unit_id")] for row in rows} == {'="0796"'}
    assert {row[header.index("quantity")] for row in rows} == {'="0,3333333333333333"'}
    assert {row[header.index("unit_value")] for row in rows} == {"100"}


def test_no_cell_of_plain_csv_begins_as_a_formula_does(files):
    (path,) = files("items", "csv")
    with path.open(encoding="utf-8", newline="") as stream:
        texts = [row["description"] for row in csv.DictReader(stream)]

    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\n")) for text in texts)
    assert not any(text.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for text in texts)
    assert {"' =1", "'＝1+1", "''＋1", "'\u3000@x", " 1"} <= {*texts}


def test_every_table_of_an_empty_year_has_its_header(tmp_path):
    storage = FileStorage(tmp_path / "public")
    gone = {
        "ocid": ocid("1"),
        "id": "x",
        "date": "2024-03-11T10:15:00+05:00",
        "tag": ["compiled"],
        "contracts": [{"id": "1"}],
    }
    publish(history(Entry(year=2024, states=(gone,))), storage, tmp_path / "work", left_out={})

    assert verify(storage, "kazakhstan").findings == ()
    for table in ALL_TABLES:
        (path,) = (storage.root / f"v1/kazakhstan/data/{table.name}/csv/year=2024").iterdir()
        assert path.read_bytes() == f"{','.join(table.header)}\r\n".encode()


@given(st.lists(st.one_of(st.none(), st.text("01 .-e(\xa0\tмарmay'x", max_size=9)), max_size=9), st.integers(0, 3))
def test_a_quick_look_passes_over_no_number_and_no_date(texts, passed):
    array = pa.array(texts, pa.string()).slice(passed)
    is_either = pc.or_(pc.match_substring_regex(array, _LOOSE), pc.match_substring_regex(array, _DATED)).to_pylist()

    found = guarded(array).to_pylist()

    assert found == [
        f'="{text}"' if either else text for text, either in zip(array.to_pylist(), is_either, strict=True)
    ]


@pytest.mark.parametrize("kind", [CsvTable, ExcelCsvTable])
def test_a_finished_file_is_let_go(kind, tmp_path):
    file = kind(tmp_path / "t.csv", ENTITIES.columns)
    held = weakref.ref(file)
    file.finish("")
    del file
    gc.collect()
    assert held() is None
