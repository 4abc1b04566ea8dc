"""What gates are given to judge: an edition's files in a folder, what its manifest will say, and what was before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Self
from zoneinfo import ZoneInfo

from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.files import EditionFile, Form
from publish.gates import Built, rows_by_year

_NONE: Mapping[int, Path] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: where it lies, and its entry in the manifest.

    One that the edition before has too is not new, and is the same where that has its bytes under whatever name.
    """

    local: Path
    entry: Json
    is_new: bool
    is_same: bool = False

    @property
    def path(self) -> str:
        """The path under which it will be published."""
        return str(self.entry["path"])

    @property
    def name(self) -> str:
        """The last part of that path."""
        return self.path.rpartition("/")[2]

    @property
    def year(self) -> int | None:
        """The year that it holds data of; nothing, where it is not of one year."""
        partition = self.entry.get("partition")
        return partition and int(partition["year"])

    def open(self) -> BinaryIO:
        """Open it, to be closed by whoever reads it."""
        return self.local.open("rb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An edition to be judged. `body` are members of its manifest, `facts` what was known before it was built.

    `before` is the manifest of the edition before, `figures` are those of its verdict; nothing where there is none.
    `kept` is where the figures of years lie that are not read again, `keep` where those of other years are to be.
    `familiar` are the years that the edition before had, judged by the same code, thresholds and library as today.
    `settled` is of how many of the first years the rows in the database were compared before.
    """

    source: Source
    edition_id: str
    facts: Json
    folder: Path
    files: Sequence[File]
    body: Json
    before: Json | None
    figures: Json | None
    kept: Mapping[int, Path] = field(default_factory=dict)
    keep: Mapping[int, Path] = field(default_factory=dict)
    familiar: frozenset[int] = frozenset()
    settled: int = 0

    @classmethod
    def of(
        cls,
        built: Built,
        kept: Mapping[int, Path] = _NONE,
        keep: Mapping[int, Path] = _NONE,
        familiar: Iterable[int] = (),
    ) -> Self:
        """Take over what was built."""
        return cls(
            kept=dict(kept),
            keep=dict(keep),
            familiar=frozenset(familiar),
            settled=built.settled,
            source=built.source,
            edition_id=built.edition_id,
            facts=built.facts,
            folder=built.folder,
            files=tuple(_file(file, built.known, frozenset(built.known.values())) for file in built.files),
            body=built.body,
            before=built.before,
            figures=built.earlier["figures"] if built.earlier else None,
        )

    @property
    def as_of(self) -> datetime:
        """The moment that the edition speaks for, with the zone of the portal."""
        return _moment(self.facts["asOf"], self.source.zone)

    @property
    def as_of_before(self) -> datetime | None:
        """The moment that the edition before speaks for."""
        return _moment(self.before["asOf"], self.source.zone) if self.before else None

    @property
    def records(self) -> int:
        """How many records there are."""
        return int(self.body["counts"]["records"])

    @property
    def records_before(self) -> int:
        """How many records the edition before has."""
        return int(self.before["counts"]["records"]) if self.before else 0

    @property
    def rows(self) -> Mapping[str, Mapping[str, int]]:
        """How many rows there are by table and year."""
        rows: Mapping[str, Mapping[str, int]] = rows_by_year([file.entry for file in self.files])
        return rows

    def of_year(self, year: int) -> dict[tuple[str, str], File]:
        """Give the data files of a year by table and format."""
        return {
            (file.entry["table"], file.entry["format"]): file
            for file in self.data
            if file.entry["partition"]["year"] == year
        }

    @property
    def data(self) -> list[File]:
        """The data files."""
        return [file for file in self.files if file.entry["role"] == "data"]

    @property
    def years(self) -> list[int]:
        """The years that there are data files of."""
        return sorted({file.entry["partition"]["year"] for file in self.data})

    @property
    def is_familiar(self) -> bool:
        """Whether every year was in the edition before, and was judged then as it would be today."""
        return self.familiar.issuperset(self.years)

    @property
    def whole(self) -> frozenset[str]:
        """The tables that are read of every year, whatever was kept: those that the country has own questions about."""
        return frozenset(str(each["table"]) for each in self.source.expectations)

    def to_read(self, table: str, form: Form) -> list[File]:
        """Give the files of a table in a format that are to be read."""
        return [
            file
            for file in self.data
            if (file.entry["table"], file.entry["format"]) == (table, form.name)
            and (table in self.whole or file.year not in self.kept)
        ]

    def named(self, name: str) -> File | None:
        """Give a file of the edition itself by its name."""
        return next((file for file in self.files if file.entry["role"] != "data" and file.name == name), None)

    def open(self, path: str) -> BinaryIO:
        """Open a file by the path under which it will be published."""
        return next(file for file in self.files if file.path == path).open()


def is_working_day(day: date, limits: Mapping[str, Json]) -> bool:
    """Whether people work on a day, by a gate's `weekend` (1 is Monday) and `free_days` (`MM-DD` or `YYYY-MM-DD`)."""
    is_free = f"{day:%m-%d}" in limits["free_days"] or day.isoformat() in limits["free_days"]
    return day.isoweekday() not in limits["weekend"] and not is_free


def _file(file: EditionFile, known: Mapping[str, str], same: Collection[str]) -> File:
    sha256 = file.written.sha256
    return File(
        local=file.written.path, entry=file.entry(), is_new=known.get(file.path) != sha256, is_same=sha256 in same
    )


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)
