"""Workbooks: ids keep their zeros, nothing is a formula, and what is too long for one sheet goes on in another."""

import re
import zipfile

import openpyxl

from ocds_schema import json
from publish import xlsx
from publish.cells import RowsDigest
from publish.columnar import Collector
from publish.process_tables import PROCESSES
from publish.rows import Process
from tests.support.hostile import NOT_EXACT
from tests.support.publishing import ocid, tender


def test_ids_keep_their_zeros_and_numbers_are_numbers_only_where_exact(files):
    (path,) = files("workbook", "xlsx")
    book = openpyxl.load_workbook(path)
    items = {row["item_id"]: row for row in _rows(book["items"])}
    (value,) = (row["value"] for row in _rows(book["contracts"]) if row["ocid"] == ocid(5))

    assert items["00"]["unit_id"] == "0796"
    assert items["00"]["unit_value"] == 100
    assert items["00"]["quantity"] == 0.3333333333333333
    assert value == str(NOT_EXACT)
    assert book.sheetnames[:2] == ["README", "fields"]


def _rows(sheet):
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_nothing_in_a_workbook_is_a_formula(files):
    (path,) = files("workbook", "xlsx")
    book = openpyxl.load_workbook(path)

    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        written = b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)
    assert not re.search(rb"<f[ >/]", written)


def test_a_sheet_goes_on_in_another_and_a_workbook_too(tmp_path):
    columns = PROCESSES.columns
    styles = xlsx.Styles()
    sheet = xlsx.SheetFile(tmp_path / "p", columns, styles, sheet_rows=2)
    collector = Collector(PROCESSES)
    for number in range(5):
        collector.add(Process.read(json.encode(tender(number)), first_release="2024-03-01T10:00:00+05:00"))
        batch = collector.batch()
        sheet.write(batch, RowsDigest.of(columns, batch))
    made = xlsx.books([(PROCESSES, sheet.finish())], book_rows=4)

    assert [[(tab.name, tab.sheet.digest.rows) for tab in tabs] for tabs in made] == [
        [("processes", 2), ("processes 2", 2)],
        [("processes 3", 1)],
    ]
    written = xlsx.write_book(tmp_path / "b.xlsx", made[0], styles, readme=[["a"]], fields=[["b"]])
    book = openpyxl.load_workbook(written.path)
    assert [row[0].value for row in book["processes 2"].iter_rows()] == ["ocid", ocid(2), ocid(3)]
