"""The data files of one year, all written in one pass over its records."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from msgspec import MsgspecError

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.release import Record, Release
from publish.cells import RowsDigest
from publish.detail_tables import TABLES
from publish.files import LINES, PACKAGE, EditionFile, data_file
from publish.formats import LinesFile, Written, lines_of
from publish.package import TABLE as PACKAGE_TABLE
from publish.package import PackageFile
from publish.rows import ControlTotals, Process
from publish.state import state_line
from publish.year_tables import Said, YearTables

__all__ = ["TABLES", "Partition", "record_line", "release_url", "write_year"]

_SPOOL_LEVEL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A year's files, what they add up to, and the file of its state lines."""

    year: int
    files: tuple[EditionFile, ...]
    totals: ControlTotals
    state: Written
    digests: Mapping[str, RowsDigest]


def write_year(
    year: int,
    entries: Iterable[tuple[Record, Sequence[Release]]],
    folder: Path,
    *,
    held: Collection[str],
    said: Json,
    tables: Said = Said(),  # noqa: B008 - it never changes
    address: Callable[[str], str],
    tick: Callable[[int], None],
) -> Partition:
    """Write a year's releases, compiled releases, records and tables into a folder.

    `held` are the ocids of processes that something newer is held back of. `said` is what the release package says of
    itself, `tables` what the tables' files do. `address` gives the public URL of a published path: the releases of a
    record are links into the package. `tick` is told of each record.

    Raises:
        PublishError: the records are not in order, not of that year, or not what their digest says.
    """
    with ExitStack() as stack:
        writer = _Year(year, folder, stack, held=held, said=said, tables=tables)
        for record, releases in entries:
            writer.add(record, releases)
            tick(1)
        return writer.finish(address)


def record_line(compiled: bytes, ocid: bytes, links: bytes) -> bytes:
    """Give the line of a record; `compiled`, `ocid` and `links` are JSON already."""
    return b'{"compiledRelease":%b,"ocid":%b,"releases":%b}' % (compiled, ocid, links)


def release_url(address: str, release_id: str) -> str:
    """Give the URL of one release in the package at an address."""
    return f"{address}#{quote(release_id)}"


class _Year:
    def __init__(
        self, year: int, folder: Path, stack: ExitStack, *, held: Collection[str], said: Json, tables: Said
    ) -> None:
        self._held = held
        self._year = year
        self._folder = folder
        self._stack = stack
        self._last = ""
        self._totals = ControlTotals()
        self._releases = self._lines("releases")
        self._package = PackageFile(stack.enter_context(LinesFile(self._path(PACKAGE_TABLE, "json.gz"))), said)
        self._compiled = self._lines("compiled")
        self._links = self._lines("links", _SPOOL_LEVEL)
        self._state = self._lines("state")
        self._tables = stack.enter_context(YearTables(year, folder, tables))

    def add(self, record: Record, releases: Sequence[Release]) -> None:
        self._check(record, releases)
        # The date as the release writes it: the instant alone would lose the portal's offset.
        links = [(json.member(each.body, "date"), each.tag, each.id) for each in releases]
        for release, (date, _, _) in zip(releases, links, strict=True):
            self._releases.write(release.body)
            self._package.write(release, date)
        self._links.write(json.encode([record.ocid, links]))
        self._compiled.write(record.body)
        self._state.write(state_line(record.ocid, record.digest))
        self._tables.add(self._read(record, links[0][0]))

    def _read(self, record: Record, first_release: str) -> Process:
        """Read a compiled release, and add up its contracts; an error says which one it is."""
        try:
            process = Process.read(record.body, first_release=first_release, is_held_back=record.ocid in self._held)
            self._totals.add(process)
        except (PublishError, MsgspecError, ValueError, ArithmeticError) as error:
            raise PublishError(f"{record.ocid}: {error}") from error
        return process

    def finish(self, address: Callable[[str], str]) -> Partition:
        by_ocid = ("ocid",)
        releases = data_file(self._releases.finish(), LINES, "releases", self._year, sorted_by=("ocid", "date", "id"))
        package = data_file(self._package.finish(), PACKAGE, PACKAGE_TABLE, self._year, sorted_by=releases.sorted_by)
        compiled = data_file(self._compiled.finish(), LINES, "compiled", self._year, sorted_by=by_ocid)
        joined = self._join(compiled.written, self._links.finish(), address(package.path))
        records = data_file(joined, LINES, "records", self._year, sorted_by=by_ocid)
        return Partition(
            year=self._year,
            files=(releases, package, records, compiled, *self._tables.finish()),
            totals=self._totals,
            state=self._state.finish(),
            digests=self._tables.digests,
        )

    def _join(self, compiled: Written, links: Written, address: str) -> Written:
        """Write the records, which could not be written before the name of the package was known."""
        with self._lines("records") as records:
            for body, line in zip(lines_of(compiled.path), lines_of(links.path), strict=True):
                ocid, releases = json.decode(line)
                linked = [
                    {"date": date, "tag": tag, "url": release_url(address, release_id)}
                    for date, tag, release_id in releases
                ]
                records.write(record_line(body, json.encode(ocid), json.encode(linked)))
            links.path.unlink()
            return records.finish()

    def _check(self, record: Record, releases: Sequence[Release]) -> None:
        if record.ocid <= self._last or not record.ocid.isprintable():
            raise PublishError(f"{record.ocid!r} after {self._last!r}: records must come by ocid, each once")
        if record.year != self._year:
            raise PublishError(f"{record.ocid}: belongs to {record.year}, but came with {self._year}")
        if json.digest(record.body) != record.digest:
            raise PublishError(f"{record.ocid}: the compiled release is not the one its digest was made of")
        if not releases:
            raise PublishError(f"{record.ocid}: has a record but no release")
        self._last = record.ocid

    def _lines(self, name: str, level: int = 6) -> LinesFile:
        return self._stack.enter_context(LinesFile(self._path(name, "jsonl.gz"), level))

    def _path(self, name: str, ending: str) -> Path:
        return self._folder / f"{name}-{self._year:04d}.{ending}"
