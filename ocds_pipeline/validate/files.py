"""OCDS files as people hold them, cut into releases and records without holding a file in memory.

A file is mapped, not read: members of a list are views of it until they are decoded, one at a time. What is packed, or
comes through a pipe, is first unpacked into a temporary file.
"""

import gzip
import mmap
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Literal

import msgspec

from extractors.packed import BROKEN, unpacked
from ocds_pipeline.validate.repeated import repeated_members, repeated_names
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.paths import Steps

STANDARD_INPUT = "-"
SUFFIXES = (
    ".json",
    ".jsonl",
    ".ndjson",
    ".json.gz",
    ".jsonl.gz",
    ".ndjson.gz",
    ".json.zst",
    ".jsonl.zst",
    ".ndjson.zst",
    ".zip",
)
"""Of a folder, files with these endings are read."""

Kind = Literal["release", "record"]

_LOOKED_AT = 20
_BOM = b"\xef\xbb\xbf"
_LISTS: dict[str, Kind] = {"releases": "release", "records": "record"}
_RECORD = frozenset({"releases", "compiledRelease", "versionedRelease"})
_PARTIES = re.compile(rb'"parties"\s*:')
_RELEASE = frozenset({"ocid", "tag", "initiationType"})

_Members = dict[str, msgspec.Raw]
_NOT_JSON = (msgspec.DecodeError, RecursionError)
_NOT_READ = (ValueError, ArithmeticError, RecursionError)
_AS_MEMBERS = msgspec.json.Decoder(_Members)
_AS_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_AS_ANYTHING = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a package says of itself: its members but for the releases or records.

    `lists_parties` tells whether any of these has a list of parties, as none had in OCDS 1.0; it is found out only
    where the package says no version.
    """

    kind: Kind
    place: str
    envelope: dict[str, Json]
    count: int
    lists_parties: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A release or a record, the file and the package that it came in."""

    kind: Kind
    place: str
    file: str
    content: Json
    package: Package | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A part of a file that cannot be read, says a thing twice, or is not OCDS."""

    place: str
    rule: Literal["duplicate_key", "json", "not_ocds"]
    reason: str
    path: str = ""


Part = Package | Item | Fault


@dataclass(frozen=True, slots=True)
class _Text:
    """A JSON text in a file: where it is, and a view of it."""

    place: str
    raw: memoryview
    file: str
    package: Package | None = None


def find_files(places: Iterable[str]) -> Iterator[str]:
    """Give the files that some places name: files, folders with all that is in them, and `-` for standard input.

    Raises:
        ConfigurationError: there is nothing at a place, or no file of OCDS in a folder.
    """
    for place in places:
        path = Path(place)
        if path.is_dir():
            found = sorted(str(each) for each in path.rglob("*") if each.is_file() and each.name.endswith(SUFFIXES))
            if not found:
                raise ConfigurationError(f"{place} holds no file that ends in {', '.join(SUFFIXES)}")
            yield from found
        elif place == STANDARD_INPUT or path.exists():
            yield place
        else:
            raise ConfigurationError(f"{place} cannot be read: there is no such file or folder")


def read_parts(place: str) -> Iterator[Part]:
    """Read a file, part by part: each package before its releases or records.

    Raises:
        ConfigurationError: the file cannot be opened.
    """
    name = "standard input" if place == STANDARD_INPUT else place
    part = None
    try:
        with _opened(place) as file:
            for inner, stream in unpacked(file):
                with _on_disk(stream) as plain:
                    for part in _parts(f"{name}, {inner}" if inner else name, plain):
                        yield part
    except BROKEN as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise ConfigurationError(f"{name} cannot be read: {error.strerror}") from None
        yield Fault(place=name, rule="json", reason=f"cannot be unpacked: {error}")
        return
    if part is None:
        yield Fault(place=name, rule="not_ocds", reason="holds neither a release nor a record")


@contextmanager
def _opened(place: str) -> Iterator[IO[bytes]]:
    if place == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with Path(place).open("rb") as file:
        yield file


@contextmanager
def _on_disk(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a stream as a file that can be mapped: itself, where it is one, else a copy."""
    try:
        is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode) and not isinstance(
            getattr(stream, "raw", None), gzip.GzipFile
        )
    except (OSError, AttributeError):
        is_file = False
    if is_file:
        yield stream
        return
    with tempfile.TemporaryFile(prefix="ocds-validate-") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        yield copy


def _parts(place: str, file: IO[bytes]) -> Iterator[Part]:
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:
        yield Fault(place=place, rule="json", reason="is empty")
        return
    # It is closed with its last view: a list's members are such views.
    yield from _texts_parts(place, mapped, memoryview(mapped))


def _texts_parts(place: str, mapped: mmap.mmap, view: memoryview) -> Iterator[Part]:
    begin = len(_BOM) if view[: len(_BOM)] == _BOM else 0
    if _has_lines(mapped, view, begin):
        yield from _lines(place, mapped, view, begin)
        return
    try:
        _AS_ANYTHING.decode(view[begin:])
    except _NOT_JSON as error:
        if _is_mostly_lines(mapped, view, begin):
            yield from _lines(place, mapped, view, begin)
        else:
            yield Fault(place=place, rule="json", reason=f"is not JSON: {_said(error)}")
        return
    yield from _value(_Text(place, view[begin:], file=place))


def _has_lines(mapped: mmap.mmap, view: memoryview, begin: int) -> bool:
    """Tell whether a file is JSON Lines: its first line that is not empty is a JSON text, and more follows."""
    for _, end, line in _each_line(mapped, view, begin):
        return end < len(view) and _is_json(line) and (mapped.find(b"{", end) > 0 or mapped.find(b"[", end) > 0)
    return False


def _is_mostly_lines(mapped: mmap.mmap, view: memoryview, begin: int) -> bool:
    """Tell whether what is no JSON text is JSON Lines, some of them broken: of the first lines half are objects."""
    first = [line for _, _, line in islice(_each_line(mapped, view, begin), _LOOKED_AT)]
    sound = sum(bytes(line[:64]).lstrip().startswith(b"{") and _is_json(line) for line in first)
    return sound * 2 >= len(first) > 1


def _each_line(mapped: mmap.mmap, view: memoryview, begin: int) -> Iterator[tuple[int, int, memoryview]]:
    """Give each line that is not empty, with its number and where it ends."""
    number, at, size = 0, begin, len(view)
    while at < size:
        end = mapped.find(b"\n", at)
        end = size if end < 0 else end
        number += 1
        line = view[at:end]
        if bytes(line[:1]).strip() or bytes(line).strip():
            yield number, end, line
        at = end + 1


def _is_json(text: memoryview) -> bool:
    try:
        _AS_ANYTHING.decode(text)
    except _NOT_JSON:
        return False
    return True


def _lines(place: str, mapped: mmap.mmap, view: memoryview, begin: int) -> Iterator[Part]:
    for number, _, line in _each_line(mapped, view, begin):
        where = f"{place}, line {number:,}"
        try:
            _AS_ANYTHING.decode(line)
        except _NOT_JSON as error:
            yield Fault(place=where, rule="json", reason=f"is not JSON: {_said(error)}")
            continue
        yield from _value(_Text(where, line, file=place))


def _value(text: _Text) -> Iterator[Part]:
    start = bytes(text.raw[:64]).lstrip()[:1]
    if start == b"[":
        for number, member in enumerate(_AS_LIST.decode(text.raw), 1):
            yield from _value(_Text(f"{text.place}, item {number:,}", memoryview(member), text.file))
    elif start == b"{":
        yield from _object(text)
    else:
        yield Fault(place=text.place, rule="not_ocds", reason="is no object, where OCDS has objects")


def _object(text: _Text) -> Iterator[Part]:
    try:
        members = _AS_MEMBERS.decode(text.raw)
    except _NOT_READ as error:
        yield _unread(text.place, error)
        return
    if "ocid" not in members:
        for name, kind in _LISTS.items():
            if name in members:
                repeated = repeated_members(text.raw, members)
                yield from (_repeated(text.place, (step,), count) for step, count in repeated)
                yield from _package(text, kind, name, members)
                return
    if _RECORD & members.keys():
        yield from _item("record", text)
    elif _RELEASE & members.keys():
        yield from _item("release", text)
    else:
        yield Fault(place=text.place, rule="not_ocds", reason="is neither a package, a release nor a record of OCDS")


def _package(text: _Text, kind: Kind, name: str, members: _Members) -> Iterator[Part]:
    place, listed = text.place, members.pop(name)
    envelope: dict[str, Json] = {}
    for member, raw in members.items():
        envelope[member] = None
        try:
            envelope[member] = json.decode(bytes(raw))
            yield from _all_repeated(place, bytes(raw), envelope[member], (member,))
        except _NOT_READ as error:
            yield _unread(f"{place}, /{member}", error)
    try:
        items = _AS_LIST.decode(listed)
    except msgspec.ValidationError:
        items = None
    package = Package(
        kind=kind,
        place=place,
        envelope=envelope,
        count=-1 if items is None else len(items),
        lists_parties="version" in members or _PARTIES.search(listed) is not None,
    )
    yield package
    for number, raw in enumerate(items or (), 1):
        yield from _item(kind, _Text(f"{place}, {kind} {number:,}", memoryview(raw), text.file, package))


def _item(kind: Kind, text: _Text) -> Iterator[Part]:
    raw = bytes(text.raw)
    try:
        content = json.decode(raw)
        yield from _all_repeated(text.place, raw, content)
    except _NOT_READ as error:
        yield _unread(text.place, error)
        return
    yield Item(kind=kind, place=text.place, file=text.file, content=content, package=text.package)


def _all_repeated(place: str, raw: bytes, content: Json, under: Steps = ()) -> Iterator[Fault]:
    for steps, count in repeated_names(raw, content):
        yield _repeated(place, (*under, *steps), count)


def _repeated(place: str, steps: Steps, count: int) -> Fault:
    reason = f"/{'/'.join(steps)} is there {count} times; only the last is read"
    return Fault(
        place=f"{place}:",
        rule="duplicate_key",
        reason=reason,
        path="/".join(step for step in steps if not step.isdigit()),
    )


def _unread(place: str, error: Exception) -> Fault:
    # Of a number out of all bounds, decimal says nothing but the name of its own error.
    reason = "a number is too large" if isinstance(error, ArithmeticError) else error
    return Fault(place=place, rule="json", reason=f"cannot be read: {reason}")


def _said(error: Exception) -> str:
    return str(error).removeprefix("JSON is malformed: ")
