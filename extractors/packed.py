"""Files as people hold them: plain, gzip, zstd or zip, each with one JSON text or with a JSON text a line."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any

import zstandard

from ocds_schema import json

MOST_BYTES = 64 * 1024 * 1024
"""Of a file whose objects are not one a line no more is read at once: as objects it takes several times as much."""

BROKEN = (EOFError, OSError, RuntimeError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError)
"""What reading a packed file raises where it is damaged, locked, or packed in a way that we cannot read."""

_DEEPEST = 3
_CHUNK = 1 << 14
_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


if TYPE_CHECKING:
    Stream = BufferedReader[Any]


class TooLargeError(ValueError):
    """Raised where one JSON text is larger than is read at once."""

    def __init__(self) -> None:
        super().__init__(f"a JSON text of more than {MOST_BYTES >> 20} MiB: write it as one object a line")


def unpacked(file: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, "Stream"]]:
    """Give, one after another, the plain streams that a file holds, each with its name within a zip, else empty.

    Raises:
        OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError: the file is damaged or
            locked, also while a stream is read.
    """
    stream: Stream = file if isinstance(file, BufferedReader) else BufferedReader(file)
    head = stream.peek(4)[:4]
    if depth == _DEEPEST and head.startswith((_GZIP, _ZSTD, _ZIP)):
        raise OSError("it is packed more than three times")
    if head.startswith(_GZIP):
        with gzip.GzipFile(fileobj=stream, mode="rb") as inner:
            yield from unpacked(inner, name, depth + 1)
    elif head.startswith(_ZSTD):
        yield from unpacked(BufferedReader(_Zstd(stream)), name, depth + 1)
    elif head.startswith(_ZIP):
        yield from _members(stream, name, depth)
    else:
        yield name, stream


class _Zstd(RawIOBase):
    """Unpacks frame after frame; zstandard's own reader takes one that breaks off for a whole one."""

    def __init__(self, packed: "Stream") -> None:
        self._packed = packed
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_open = False
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            data = self._frame.unused_data if self._frame.eof else b""
            data = data or self._packed.read1(_CHUNK)
            if not data:
                if self._is_open:
                    raise EOFError("the file breaks off")
                return 0
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._left = memoryview(self._frame.decompress(data))
            self._is_open = not self._frame.eof
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def _members(stream: "Stream", name: str, depth: int) -> Iterator[tuple[str, "Stream"]]:
    with zipfile.ZipFile(stream) as folder:
        for member in sorted(folder.infolist(), key=lambda each: each.filename):
            parts = member.filename.split("/")
            if member.is_dir() or any(part.startswith((".", "__")) for part in parts):
                continue
            with folder.open(member) as inner:
                yield from unpacked(inner, f"{name}/{member.filename}".lstrip("/"), depth + 1)


def texts(stream: "Stream") -> Iterator[bytes]:
    """Give the JSON texts of a stream: its lines where the first of them is one, else the whole.

    Where the whole is none either its lines are given, of which some may be.

    Raises:
        TooLargeError: a text is too large to be read at once.
    """
    lines = _lines(stream)
    first, second = next(lines, b""), next(lines, b"")
    if not second or _is_json(first):
        yield from filter(None, (first, second))
        yield from lines
        return
    whole = bytearray(first + second)
    for line in lines:
        whole += line
        if len(whole) > MOST_BYTES:
            raise TooLargeError
    if _is_json(bytes(whole)):
        yield bytes(whole)
    else:
        yield from bytes(whole).splitlines(keepends=True)


def _lines(stream: "Stream") -> Iterator[bytes]:
    while line := stream.readline(MOST_BYTES):
        if len(line) == MOST_BYTES and not line.endswith(b"\n"):
            raise TooLargeError
        if line.strip():
            yield line


def _is_json(text: bytes) -> bool:
    try:
        json.decode(text)
    except ValueError:
        return False
    return True
