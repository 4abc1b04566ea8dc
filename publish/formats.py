"""Files written row by row and hashed on the way: gzipped JSON Lines and CSV, the same rows always the same bytes."""

import csv
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from zlib_ng import gzip_ng, zlib_ng

from ocds_schema.json import Json

_BLOCK_BYTES = 256 << 10
_LEVEL = 6
_GZIP_WINDOW = 31
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_DEFUSED = re.compile(r"''*[=+\-@\t\r\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A finished file: its size and hash, the hash of its content before compression, and how many rows it has."""

    path: Path
    bytes: int
    sha256: str
    content_digest: str
    rows: int


class _File:
    """A file that is hashed while it is written; closed whatever happens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._file = path.open("wb")
        self._hash = hashlib.sha256()
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)

    def _written(self, content_digest: str) -> Written:
        self._file.close()
        return Written(
            path=self.path,
            bytes=self._bytes,
            sha256=self._hash.hexdigest(),
            content_digest=content_digest,
            rows=self.rows,
        )


class LinesFile(_File):
    """Gzipped lines; the header holds neither time nor name."""

    def __init__(self, path: Path, level: int = _LEVEL) -> None:
        """Open the file."""
        super().__init__(path)
        self._pack = zlib_ng.compressobj(level, zlib_ng.DEFLATED, _GZIP_WINDOW)
        self._content = hashlib.sha256()
        self._lines: list[bytes] = []
        self._waiting = 0

    def write(self, line: bytes) -> None:
        """Add a line, given without its end."""
        self._lines.append(line)
        self._waiting += len(line)
        self.rows += 1
        if self._waiting > _BLOCK_BYTES:
            self._flush()

    def finish(self) -> Written:
        """Close the file and say what it is."""
        self._flush()
        self._put(self._pack.flush())
        return self._written(self._content.hexdigest())

    def _flush(self) -> None:
        if not self._lines:
            return
        block = b"\n".join([*self._lines, b""])
        self._content.update(block)
        self._put(self._pack.compress(block))
        self._lines.clear()
        self._waiting = 0


class CsvFile(_File):
    """CSV by RFC 4180: UTF-8 without a byte-order mark, lines end in CR LF, text that looks like a formula defused."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        """Open the file and write its header."""
        super().__init__(path)
        self._rows = csv.writer(_Text(self), lineterminator="\r\n")
        self._rows.writerow(header)

    def write(self, row: Sequence[Json]) -> None:
        """Add a row of texts, whole numbers, decimals and nothings."""
        self._rows.writerow([cell(value) for value in row])
        self.rows += 1

    def finish(self) -> Written:
        """Close the file and say what it is."""
        return self._written(self._hash.hexdigest())


class _Text:
    """What `csv.writer` writes into."""

    def __init__(self, file: CsvFile) -> None:
        self._file = file

    def write(self, text: str) -> int:
        self._file._put(text.encode())  # noqa: SLF001
        return len(text)


def cell(value: Json) -> str:
    """Give a value as the text of a CSV cell.

    A number is written in full, digit for digit. Before a text that a spreadsheet would take for a formula (`=`, `+`,
    `-`, `@`, tab or a line end first) stands an apostrophe, also where apostrophes of its own come first, so that
    `undefuse` gets every text back. NUL, which no reader of CSV agrees on, becomes U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, (Decimal, int)):
        return plain(value)
    text = str(value).replace("\0", "\ufffd")
    return f"'{text}" if _FORMULA.match(text) else text


def undefuse(text: str) -> str:
    """Give the text of a CSV cell without the apostrophe that `cell` put before it."""
    return text[1:] if _DEFUSED.match(text) else text


def plain(number: Decimal | int) -> str:
    """Write a number in full, never with an exponent."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def lines_of(path: Path) -> Iterator[bytes]:
    """Give the lines of a gzipped file, as `read_lines` does."""
    return read_lines(lambda: path.open("rb"))


def read_lines(opened: Callable[[], BinaryIO]) -> Iterator[bytes]:
    """Give the lines of a gzipped stream without their ends; it is opened at the first and closed after the last.

    Raises:
        ValueError: it is not gzip, is cut short, or its last line has no end.
    """
    try:
        with opened() as stream, gzip_ng.open(stream) as content:  # type: ignore[no-untyped-call] # it has no stub
            for each in content:
                if not each.endswith(b"\n"):
                    raise ValueError("the last line has no end")
                yield each[:-1]
    except (OSError, EOFError, zlib_ng.error) as error:  # type: ignore[misc] # its stub calls it an instance
        raise ValueError(str(error)) from error


def read_rows(opened: Callable[[], BinaryIO]) -> Iterator[list[str]]:
    """Give the rows of a CSV stream, the header first; it is opened at the first and closed after the last.

    Raises:
        ValueError: it is not UTF-8 or not CSV.
    """
    csv.field_size_limit(sys.maxsize)
    with opened() as stream:
        decoded = (each.decode() for each in stream)
        try:
            yield from csv.reader(decoded, strict=True)
        except csv.Error as error:
            raise ValueError(str(error)) from error
