"""Files hashed while they are written, gzipped JSON Lines, and reading them and CSV back."""

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

_BLOCK_BYTES = 256 << 10
_LEVEL = 6
_GZIP_WINDOW = 31
FORMULA = "^'*(?:[\t\n]|[ \t\n\u00a0\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""What a spreadsheet may take for a formula, and the same behind apostrophes: signs, also full-width ones and after
spaces. It means the same to Python and to Arrow."""
_DEFUSED = re.compile(FORMULA.replace("^", "'", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A finished file: its size and hash, the hash of its content before compression, and how many rows it has."""

    path: Path
    bytes: int
    sha256: str
    content_digest: str
    rows: int


class OpenFile:
    """A file that is hashed while it is written; closed whatever happens."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self.path = path
        self.rows = 0
        self._file = path.open("wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def put(self, data: bytes | memoryview) -> None:
        """Write some bytes."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def written(self, content_digest: str) -> Written:
        """Close the file and say what it is."""
        self._file.close()
        return Written(
            path=self.path,
            bytes=self.size,
            sha256=self._hash.hexdigest(),
            content_digest=content_digest,
            rows=self.rows,
        )


class LinesFile(OpenFile):
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

    def write_all(self, lines: Sequence[bytes]) -> None:
        """Add some lines, each given without its end."""
        self._lines.extend(lines)
        self._waiting += sum(map(len, lines))
        self.rows += len(lines)
        if self._waiting > _BLOCK_BYTES:
            self._flush()

    def finish(self) -> Written:
        """Close the file and say what it is."""
        self._flush()
        self.put(self._pack.flush())
        return self.written(self._content.hexdigest())

    def _flush(self) -> None:
        if not self._lines:
            return
        block = b"\n".join([*self._lines, b""])
        self._content.update(block)
        self.put(self._pack.compress(block))
        self._lines.clear()
        self._waiting = 0


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def written_file(path: Path, content_digest: str | None = None, rows: int = 0) -> Written:
    """Say what a file is that something else has written; without a digest of its content it is its content."""
    sha256 = sha256_of(path)
    content_digest = sha256 if content_digest is None else content_digest
    return Written(path=path, bytes=path.stat().st_size, sha256=sha256, content_digest=content_digest, rows=rows)


def undefuse(text: str) -> str:
    """Give the text of a CSV cell without the apostrophe put before what looks like a formula."""
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
