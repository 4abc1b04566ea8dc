"""Files by hand: gzip without time or name, CSV that no spreadsheet executes."""

import csv
import gzip
import io
import zlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_schema import json
from publish.formats import CsvFile, LinesFile, cell, lines_of, plain, read_lines, read_rows, undefuse

HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+7 727 000",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=1",
    "''+",
    "it's",
    'say "yes"; no, maybe',
    "строка\r\nвторая",
    " =1",
    "",
    "\ufeff=1",
]


def test_lines_are_packed_without_time_or_name(tmp_path):
    with LinesFile(tmp_path / "a") as file:
        file.write(b'{"a":1}')
        file.write('"Ж"'.encode())
        written = file.finish()

    data = written.path.read_bytes()
    assert gzip.decompress(data) == '{"a":1}\n"Ж"\n'.encode()
    assert data[:4] == b"\x1f\x8b\x08\x00"
    assert data[4:8] == bytes(4)
    assert (written.rows, written.bytes, written.sha256) == (2, len(data), json.digest(data))
    assert written.content_digest == json.digest(gzip.decompress(data))
    assert list(lines_of(written.path)) == [b'{"a":1}', '"Ж"'.encode()]


def test_many_lines_are_one_gzip_member(tmp_path):
    many = [f'{{"n":{number}}}'.encode() * 20 for number in range(20_000)]
    with LinesFile(tmp_path / "a") as file:
        for line in many:
            file.write(line)
        written = file.finish()

    unpacked = zlib.decompressobj(31)
    unpacked.decompress(written.path.read_bytes())
    assert unpacked.eof
    assert unpacked.unused_data == b""
    assert list(lines_of(written.path)) == many


def test_an_empty_file_of_lines_is_gzip(tmp_path):
    with LinesFile(tmp_path / "a") as file:
        written = file.finish()

    assert gzip.decompress(written.path.read_bytes()) == b""
    assert list(lines_of(written.path)) == []


@pytest.mark.parametrize(
    "data",
    [
        b"plain",
        b"",
        gzip.compress(b"a\nb\n", mtime=0)[:-3],
        gzip.compress(b"a\nb", mtime=0),
        gzip.compress(b"a\n", mtime=0) + b"rest",
    ],
)
def test_a_broken_file_of_lines_is_refused(data):
    if data == b"":
        assert list(read_lines(lambda: io.BytesIO(data))) == []
        return
    with pytest.raises(ValueError, match=r"."):
        list(read_lines(lambda: io.BytesIO(data)))


def test_hostile_texts_are_defused_and_come_back(tmp_path):
    with CsvFile(tmp_path / "a.csv", ["text", "number"]) as file:
        for text in HOSTILE:
            file.write([text, Decimal("-1.50")])
        written = file.finish()

    with written.path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["text", "number"]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for text, _ in rows)
    assert [undefuse(text) for text, _ in rows] == HOSTILE
    assert {number for _, number in rows} == {"-1.50"}
    assert list(read_rows(lambda: written.path.open("rb"))) == [header, *rows]


def test_csv_is_utf8_without_a_mark_and_ends_its_lines_by_rfc_4180(tmp_path):
    with CsvFile(tmp_path / "a.csv", ["название", "b"]) as file:
        file.write(["Мебель, столы", None])
        written = file.finish()

    assert written.path.read_bytes() == 'название,b\r\n"Мебель, столы",\r\n'.encode()
    assert (written.rows, written.sha256) == (1, json.digest(written.path.read_bytes()))
    assert written.content_digest == written.sha256


@settings(deadline=None)
@given(st.text())
def test_every_text_comes_back_from_its_cell(text):
    assert undefuse(cell(text)) == text.replace("\0", "\ufffd")


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_every_decimal_comes_back_from_its_cell(number):
    text = cell(number)

    assert "E" not in text.upper()
    assert Decimal(text) == number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"123456789012345678901234567890.10", "123456789012345678901234567890.10"),
        (b"1E+3", "1000"),
        (b"1e-7", "0.0000001"),
        (b"-0.50", "-0.50"),
        (b"340282366920938463463374607431768211456", "340282366920938463463374607431768211456"),
    ],
)
def test_amounts_are_written_digit_for_digit(written, expected):
    assert plain(json.decode(written)) == expected


def test_a_broken_table_is_refused():
    for data in (b"\xff,a\n", b'"a"b,c\n'):
        with pytest.raises(ValueError, match=r"."):
            list(read_rows(lambda data=data: io.BytesIO(data)))


def test_a_long_cell_can_be_read():
    assert list(read_rows(lambda: io.BytesIO(b"x" * 200_000))) == [["x" * 200_000]]
