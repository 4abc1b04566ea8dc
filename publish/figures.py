"""What was found in the files of a year, kept with the edition: whoever finds a year as it was need not read it again.

A file of figures is a ZIP of plain JSON, lines and numbers. Its entry in the manifest says what it was made from: the
files that were read, and all that told what to look for. Where any of it is another now, or the file is not there as
the manifest says, the year's files are read again.
"""

import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from ocds_schema import json
from ocds_schema.errors import StorageError
from ocds_schema.json import Json
from publish.files import FIGURES, EditionFile, Role
from publish.formats import Written, written_file
from publish.layout import data_path
from publish.manifest import published
from publish.past import Past

ROLE: Role = "figures"
_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK_BYTES = 1 << 20
_NUMBER = "q"


class FiguresFile:
    """A file of figures as it is written; the same figures give the same bytes."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self._path = path
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        """Give the file itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self._zip.close()

    def facts(self, name: str, facts: Json) -> None:
        """Add some JSON."""
        self.lines(name, [json.encode(facts)])

    def lines(self, name: str, lines: Iterable[bytes]) -> None:
        """Add lines, given without their ends."""
        with self._zip.open(_part(name), "w") as part:
            for line in lines:
                part.write(line + b"\n")

    def numbers(self, name: str, numbers: Sequence[int]) -> None:
        """Add whole numbers of 64 bits."""
        with self._zip.open(_part(name), "w") as part:
            part.write(array(_NUMBER, numbers).tobytes())


class FiguresOf:
    """The figures of one year, read as often as they are wanted."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path

    def facts(self, name: str) -> Json:
        """Give some JSON."""
        (line,) = self.lines(name)
        return json.decode(line)

    def lines(self, name: str) -> Iterator[bytes]:
        """Give lines without their ends."""
        with zipfile.ZipFile(self._path) as file, file.open(name) as part:
            rest = b""
            while chunk := part.read(_CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines

    def numbers(self, name: str) -> "array[int]":
        """Give whole numbers."""
        with zipfile.ZipFile(self._path) as file:
            return array(_NUMBER, file.read(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A year's figures: the file to be published, and what more its entry in the manifest says."""

    file: EditionFile
    more: Json

    @property
    def figures(self) -> FiguresOf:
        """The figures themselves."""
        return FiguresOf(self.file.written.path)


class Keeping:
    """The figures of all years of an edition: taken over from the edition before, or kept for the next."""

    def __init__(self, before: Json | None, past: Past | None, folder: Path) -> None:
        """Take the manifest of the edition before, and where its files are; `folder` is for the files of figures."""
        self._past = past
        self._folder = folder
        self._entries = {
            (each["table"], each["partition"]["year"]): each
            for each in published(before or {"files": ()})
            if each["role"] == ROLE
        }
        self.as_of_before: str | None = (before or {}).get("asOf")

    def told(self, what: str, year: int, made_from: str) -> Json | None:
        """Give the entry of a year's figures of the edition before, if they were made from the same."""
        entry = self._entries.get((what, year))
        return entry if entry is not None and entry.get("madeFrom") == made_from else None

    def fetch(self, entry: Json) -> Kept | None:
        """Bring figures of the edition before here; nothing, where they are gone, or are not what they were."""
        path = self.place(entry["table"], entry["partition"]["year"])
        if self._past is None:
            return None
        try:
            with self._past.open(entry["path"]) as content, path.open("wb") as target:
                while chunk := content.read(_CHUNK_BYTES):
                    target.write(chunk)
        except (StorageError, OSError):
            path.unlink(missing_ok=True)
            return None
        written = written_file(path)
        if written.sha256 != entry["sha256"]:
            path.unlink()
            return None
        more = {name: value for name, value in entry.items() if name in {"madeFrom", "until"}}
        return _kept(entry["table"], entry["partition"]["year"], written, more)

    def place(self, what: str, year: int) -> Path:
        """Give the path in the folder where a year's figures belong."""
        return self._folder / f"{ROLE}-{what}-{year:04d}.zip"

    def new(self, what: str, year: int, made_from: str, until: str | None = None) -> Kept:
        """Give the figures that were written to their place; `until` is when what they say ceases to hold."""
        more = {"madeFrom": made_from} | ({"until": until} if until else {})
        return _kept(what, year, written_file(self.place(what, year)), more)


def _kept(what: str, year: int, written: Written, more: Json) -> Kept:
    path = data_path(what, FIGURES.name, year, written.sha256, FIGURES.ending)
    file = EditionFile(path=path, form=FIGURES, role=ROLE, written=written, table=what, year=year, more=more)
    return Kept(file=file, more=more)


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _DATE)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part
