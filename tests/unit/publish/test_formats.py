"""Files by hand: gzip without time or name, and reading them and CSV back."""

import gzip
import io
import zlib

import pytest

from ocds_schema import json
from publish.formats import LinesFile, lines_of, plain, read_lines, read_rows


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
