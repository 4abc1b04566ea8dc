"""ZIP files put together from parts that are deflated already, the same parts always the same bytes."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from zlib_ng import zlib_ng

from publish.formats import OpenFile

_DATE = 0x0021  # 1980-01-01, the first day that ZIP knows
_UTF8 = 0x0800
_DEFLATED = 8
_BIG = 0xFFFFFFFF
_CHUNK_BYTES = 1 << 20
_RAW = -15


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A deflated part, in memory or in a file: its size before, its size packed, and its checksum."""

    size: int
    packed: int
    crc: int
    data: bytes = b""
    path: Path | None = None

    def remove(self) -> None:
        """Remove its file."""
        if self.path is not None:
            self.path.unlink()

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Deflate a small part."""
        pack = zlib_ng.compressobj(6, zlib_ng.DEFLATED, _RAW)
        packed = pack.compress(data) + pack.flush()
        return cls(size=len(data), packed=len(packed), crc=zlib_ng.crc32(data), data=packed)


def write_zip(file: OpenFile, parts: Iterable[tuple[str, Part]]) -> None:
    """Write parts by their names; beyond 4 GiB by the rules of ZIP64."""
    at, entries = 0, []
    for name, part in parts:
        head = _local(name, part)
        file.put(head)
        _copy(file, part)
        entries.append(_central(name, part, at))
        at += len(head) + part.packed
    directory = b"".join(entries)
    file.put(directory)
    file.put(_end(len(entries), len(directory), at))


def _copy(file: OpenFile, part: Part) -> None:
    if part.path is None:
        file.put(part.data)
        return
    with part.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            file.put(chunk)


def _is_big(*sizes: int) -> bool:
    return any(size >= _BIG for size in sizes)


def _local(name: str, part: Part) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, part.size, part.packed) if _is_big(part.size, part.packed) else b""
    return b"PK\x03\x04" + _common(name, part, extra) + name.encode() + extra


def _central(name: str, part: Part, at: int) -> bytes:
    is_big = _is_big(part.size, part.packed, at)
    extra = struct.pack("<HHQQQ", 1, 24, part.size, part.packed, at) if is_big else b""
    where = struct.pack("<HHHLL", 0, 0, 0, 0, _BIG if is_big else at)
    version = struct.pack("<H", 45 if is_big else 20)
    common = _common(name, part, extra, is_big=is_big)
    return b"PK\x01\x02" + version + common + where + name.encode() + extra


def _common(name: str, part: Part, extra: bytes, *, is_big: bool = False) -> bytes:
    is_big = is_big or bool(extra)
    size, packed = (_BIG, _BIG) if is_big else (part.size, part.packed)
    version = 45 if is_big else 20
    return struct.pack(
        "<HHHHHLLLHH", version, _UTF8, _DEFLATED, 0, _DATE, part.crc, packed, size, len(name.encode()), len(extra)
    )


def _end(entries: int, size: int, at: int) -> bytes:
    if not _is_big(size, at):
        return b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, entries, entries, size, at, 0)
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, entries, entries, size, at)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, at + size, 1)
    return record + locator + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, entries, entries, _BIG, _BIG, 0)
