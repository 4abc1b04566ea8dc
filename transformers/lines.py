"""Compiling files of any size: JSON Lines of releases in, JSON Lines of compiled releases out."""

import gc
import heapq
import os
import stat
import tempfile
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from ocds_schema import json
from ocds_schema.errors import MergeError
from ocds_schema.json import Text
from transformers.compiled import Merger

MOST_BYTES = 256 * 1024 * 1024
"""Input up to this size is held in memory; beyond, it is parted into temporary files."""
_BUCKETS = 128

_Line = tuple[bytes, dict[str, Text]]
"""A release as it stands in the file, and its members."""
_Keyed = Iterator[tuple[str, _Line]]
_Groups = dict[str, list[_Line]]


def compile_lines(source: BinaryIO, sink: BinaryIO, merger: Merger, *, most_bytes: int = MOST_BYTES) -> int:
    """Write the compiled release of every ocid, one a line, in the order of the ocids; give their number.

    The lines of one ocid may stand anywhere. Of a file only the places of its lines are held, about 100 bytes a line;
    of a stream memory stays near twice `most_bytes`, or a fiftieth of the input if more.

    Raises:
        MergeError: a line is not a release, or the releases of an ocid cannot be merged.
    """
    with ExitStack() as stack:
        stack.enter_context(_no_collection())
        if _is_file(source):
            return _write(_compiled_file(source, merger), sink)
        keyed = _keyed(source)
        groups, rest = _take(keyed, most_bytes)
        if rest is None:
            return _write(_compiled(groups, merger), sink)
        buckets: list[BinaryIO] = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(_BUCKETS)]
        _part(groups, rest, keyed, buckets)
        parts = [_compile_bucket(bucket, stack.enter_context(tempfile.TemporaryFile()), merger) for bucket in buckets]
        return _write(heapq.merge(*map(_read_part, parts)), sink)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector from walking what is only read and written once: it would triple the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_file(source: BinaryIO) -> bool:
    """Whether the source is a file from its beginning, so that its lines can be read again in any order."""
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode) and source.tell() == 0
    except OSError:
        return False


def _compiled_file(source: BinaryIO, merger: Merger) -> Iterator[tuple[str, bytes]]:
    places: dict[str, array[int]] = {}
    offset = 0
    for number, line in enumerate(source, 1):
        if not line.isspace():
            places.setdefault(_ocid(line, number), array("Q")).extend((offset, len(line)))
        offset += len(line)
    file = source.fileno()
    for ocid in sorted(places):
        found = places.pop(ocid)
        lines = (os.pread(file, found[place + 1], found[place]) for place in range(0, len(found), 2))
        yield from _compiled({ocid: [(line, json.members(line)) for line in lines]}, merger)


def _ocid(line: bytes, number: int) -> str:
    try:
        ocid = json.member(line, "ocid")
    except (KeyError, ValueError) as error:
        raise MergeError(f"line {number} is not a release: {error}") from None
    if not isinstance(ocid, str):
        raise MergeError(f"line {number} is not a release: its ocid is not a text")
    return ocid


def _keyed(source: BinaryIO) -> _Keyed:
    for number, line in enumerate(source, 1):
        if line.isspace():
            continue
        try:
            members = json.members(line)
            ocid = json.decode(members["ocid"])
        except (KeyError, ValueError) as error:
            raise MergeError(f"line {number} is not a release: {error}") from None
        if not isinstance(ocid, str):
            raise MergeError(f"line {number} is not a release: its ocid is not a text")
        yield ocid, (line, members)


def _take(keyed: _Keyed, most_bytes: int) -> tuple[_Groups, tuple[str, _Line] | None]:
    """Group lines by ocid until they are too many; give the line that was one too many."""
    groups: _Groups = {}
    size = 0
    for ocid, line in keyed:
        size += len(line[0])
        if size > most_bytes:
            return groups, (ocid, line)
        groups.setdefault(ocid, []).append(line)
    return groups, None


def _part(groups: _Groups, next_one: tuple[str, _Line], keyed: _Keyed, buckets: list[BinaryIO]) -> None:
    """Write every line into the bucket of its ocid."""
    while groups:
        ocid, lines = groups.popitem()
        _bucket(ocid, buckets).writelines(_ended(line) for line, _ in lines)
    _bucket(next_one[0], buckets).write(_ended(next_one[1][0]))
    for ocid, (line, _) in keyed:
        _bucket(ocid, buckets).write(_ended(line))


def _bucket(ocid: str, buckets: list[BinaryIO]) -> BinaryIO:
    return buckets[zlib.crc32(ocid.encode()) % len(buckets)]


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _compile_bucket(bucket: BinaryIO, part: BinaryIO, merger: Merger) -> BinaryIO:
    bucket.seek(0)
    groups: _Groups = {}
    for ocid, line in _keyed(bucket):
        groups.setdefault(ocid, []).append(line)
    bucket.close()
    for ocid, compiled in _compiled(groups, merger):
        part.writelines((json.encode(ocid), b"\n", compiled))
    part.seek(0)
    return part


def _read_part(part: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Read what `_compile_bucket` wrote: by turns the line of an ocid and that of its compiled release."""
    for ocid in part:
        yield json.decode(ocid), next(part)


def _compiled(groups: _Groups, merger: Merger) -> Iterator[tuple[str, bytes]]:
    for ocid in sorted(groups):
        try:
            compiled = merger.compile_members([members for _, members in groups.pop(ocid)])
        except (MergeError, ValueError) as error:
            raise MergeError(f"{ocid}: {error}") from None
        yield ocid, json.encode(compiled) + b"\n"


def _write(lines: Iterable[tuple[str, bytes]], sink: BinaryIO) -> int:
    count = 0
    for count, (_, line) in enumerate(lines, 1):  # noqa: B007
        sink.write(line)
    return count
