"""Files of an edition held against one another: those of one year, and those that tell what changed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import BinaryIO

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.cells import RowsDigest
from publish.columnar import Collector
from publish.delimited import defused
from publish.entities import ENTITIES, EntityCounter
from publish.findings import Findings
from publish.formats import LinesFile, read_lines, read_rows, undefuse
from publish.package import TABLE as PACKAGE_TABLE
from publish.package import package_end
from publish.partition import record_line, release_url
from publish.reading import READERS, compare_books, compare_table
from publish.rows import ControlTotals, Process
from publish.state import state_line
from publish.tables import Table
from publish.year_tables import ALL_TABLES

NEEDED = (
    ("releases", "jsonl"),
    (PACKAGE_TABLE, "package"),
    ("compiled", "jsonl"),
    ("records", "jsonl"),
    *((table.name, "csv") for table in ALL_TABLES),
)
"""The tables and formats that every year has."""

_Groups = Iterator[tuple[str, Iterator[Json]]]
_Keys = Mapping[tuple[str, str], str]
_LINES = frozenset({"releases", PACKAGE_TABLE, "compiled", "records"})
_ROWS = 10_000
"""Rows of all tables together that are collected before they are added up; the memory goes by it."""


class TablesCheck:
    """What the compiled releases give when they are put into the tables again, held against every format.

    Formats are compared by the digest of their rows. Where plain CSV differs, its rows are then gone through one by
    one, to say which cell it is. `digests` are those of the tables, once the check is finished.
    """

    def __init__(
        self, keys: _Keys, *, year: int, currency: str, opened: Callable[[str], BinaryIO], findings: Findings
    ) -> None:
        """Open nothing yet."""
        self._keys = keys
        self._opened = opened
        self._findings = findings
        self._collectors = {table.name: Collector(table) for table in ALL_TABLES}
        self._entities = EntityCounter(year, currency)
        self.digests = {table.name: RowsDigest() for table in ALL_TABLES}

    def add(self, process: Process) -> None:
        """Put a process into the tables."""
        self._entities.add(process)
        for collector in self._collectors.values():
            collector.add(process)
        if sum(collector.waiting for collector in self._collectors.values()) > _ROWS:
            for collector in self._collectors.values():
                self._digest(collector)

    def finish(self, processes: Callable[[], Iterator[Process]]) -> None:
        """Note every difference; `processes` gives all of them again, should one have to be looked for."""
        entities = self._entities.rows()
        while some := list(islice(entities, _ROWS)):
            self._collectors[ENTITIES.name].extend(some)
            self._digest(self._collectors[ENTITIES.name])
        for collector in self._collectors.values():
            self._digest(collector)
        for (name, form), key in self._keys.items():
            if form in READERS and name in self.digests:
                table, opened = self._collectors[name].table, partial(self._opened, key)
                is_same = compare_table(table, form, opened, self.digests[name], key=key, findings=self._findings)
                if not is_same and form == "csv" and name != ENTITIES.name:
                    self._tell(table, key, processes())
        books = {key: partial(self._opened, key) for (_, form), key in self._keys.items() if form == "xlsx"}
        if books:
            compare_books(books, self.digests, self._findings)

    def _digest(self, collector: Collector) -> None:
        if collector.waiting:
            self.digests[collector.table.name].add(collector.table.columns, collector.batch())

    def _tell(self, table: Table, key: str, processes: Iterator[Process]) -> None:
        """Say which cells of a CSV file differ."""
        check = _CellsCheck(table, read_rows(partial(self._opened, key)), key=key, findings=self._findings)
        for process in processes:
            check.check(process)
        check.finish()


class _CellsCheck:
    """A table's rows in CSV, held against those that each process gives when it is put into the table again."""

    def __init__(self, table: Table, rows: Iterator[list[str]], *, key: str, findings: Findings) -> None:
        self._table = table
        self._rows = rows
        self._key = key
        self._findings = findings
        self._collector = Collector(table)
        next(rows, None)
        self._row: list[str] | None = None
        self._advance()

    def check(self, process: Process) -> None:
        """Note every cell that differs, every row too many and every row that is missing."""
        self._collector.add(process)
        batch = self._collector.batch()
        shown = [
            defused(array) if column.type == "text" else array.cast("string")
            for column, array in zip(self._table.columns, batch.columns, strict=True)
        ]
        texts = (["" if each is None else each for each in array.to_pylist()] for array in shown)
        expected = list(zip(*texts, strict=True))
        found = list(self._rows_of(process.ocid))
        self._findings.compare(self._key, f"rows of {process.ocid}:", len(expected), len(found))
        for wanted, row in zip(expected, found, strict=False):
            for name, value, cell in zip(self._table.header, wanted, row, strict=False):
                self._findings.compare(self._key, f"{name} of a row of {process.ocid} to be", repr(value), repr(cell))

    def finish(self) -> None:
        """Note the rows that are left."""
        if self._row is not None:
            self._findings.add(self._key, "only what belongs to the compiled releases", "more rows than those")

    def _rows_of(self, ocid: str) -> Iterator[list[str]]:
        while self._row is not None and (of := undefuse(self._row[0]) if self._row else "") <= ocid:
            if of == ocid:
                yield self._row
            else:
                self._findings.add(self._key, "rows by ocid, of processes that there are", f"a row of {of!r}")
            self._advance()

    def _advance(self) -> None:
        self._row = next(self._rows, None)


class YearCheck:
    """One year's files, read side by side. `keys` are their keys by table and format, `opened` opens one by its key."""

    def __init__(
        self,
        keys: _Keys,
        *,
        opened: Callable[[str], BinaryIO],
        findings: Findings,
        totals: ControlTotals,
        held: Collection[str],
        year: int,
        currency: str,
    ) -> None:
        """Open nothing yet; `totals` is what the contracts' values are added to, `held` the ocids held back.

        `currency` is that of the country. After `run` `digests` are those of the tables' rows.
        """
        self._keys = {table: key for (table, _), key in keys.items() if table in _LINES}
        self._opened = opened
        self._findings = findings
        self._totals = totals
        self._held = held
        self._table = "compiled"
        self._tables = TablesCheck(keys, year=year, currency=currency, opened=opened, findings=findings)

    @property
    def digests(self) -> Mapping[str, RowsDigest]:
        """The digests of the tables' rows."""
        return self._tables.digests

    def run(self, state: Path) -> int:
        """Note every difference, write the year's state lines into a spool, and give the number of records."""
        try:
            with LinesFile(state, 1) as spool:
                self._read(spool)
                return spool.finish().rows
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, PublishError) as error:
            self._note(self._table, "content that can be read", f"{type(error).__name__}: {error}")
            return 0

    def _read(self, spool: LinesFile) -> None:
        releases = groupby(self._releases(), key=lambda release: release["ocid"])
        records = self._lines("records")
        for line in self._lines("compiled"):
            compiled = json.decode(line)
            ocid = compiled["ocid"]
            spool.write(state_line(ocid, json.digest(line)))
            found = self._releases_of(ocid, releases)
            self._record(next(records, b""), line, ocid, found)
            self._table = "compiled"
            process = self._process(line, ocid, found[0]["date"] if found else None)
            self._totals.add(process)
            self._tables.add(process)
        for name, rest in (("releases", releases), ("records", records)):
            if next(rest, None) is not None:
                self._note(name, "only what belongs to the compiled releases", "more lines than those")
        self._tables.finish(self._processes)

    def _process(self, line: bytes, ocid: str, first: str | None) -> Process:
        return Process.read(line, first_release=first, is_held_back=ocid in self._held)

    def _processes(self) -> Iterator[Process]:
        """Give all processes again."""
        releases = groupby(map(json.decode, self._lines("releases")), key=lambda release: release["ocid"])
        first = {ocid: next(group)["date"] for ocid, group in releases}
        for line in self._lines("compiled"):
            ocid = json.member(line, "ocid")
            yield self._process(line, ocid, first.get(ocid))

    def _releases(self) -> Iterator[Json]:
        """Give the releases, and note where the package does not hold the same."""
        packaged = self._lines(PACKAGE_TABLE)
        head, newest = json.decode(next(packaged, b"") + b"]}"), ("", "")
        self._compare(PACKAGE_TABLE, "releases in the first line:", [], head["releases"])
        for line in self._lines("releases"):
            release = json.decode(line)
            if next(packaged, b"").removesuffix(b",") != line:
                self._note(PACKAGE_TABLE, f"release {release['id']} as in the other file", "another line")
            moment = datetime.fromisoformat(release["date"]).astimezone(UTC).isoformat()
            newest = newest if newest[0] >= moment else (moment, release["date"])
            self._table = "releases"
            yield release
        ends = list(packaged)
        self._compare(PACKAGE_TABLE, "the last line", [package_end(newest[1])], ends)

    def _releases_of(self, ocid: str, releases: _Groups) -> list[Json]:
        of, group = next(releases, ("", iter(())))
        self._compare("releases", "the releases of", ocid, of)
        return list(group)

    def _record(self, line: bytes, compiled: bytes, ocid: str, found: Sequence[Json]) -> None:
        start = record_line(compiled, json.encode(ocid), b"[]").removesuffix(b"[]}")
        if not line.startswith(start):
            held = line[:80].decode(errors="replace")
            self._note("records", f"{ocid} with its compiled release as in the other file", held)
            return
        self._table = "records"
        links = json.decode(line[len(start) : -1])
        self._compare("records", f"releases of {ocid}:", len(found), len(links))
        for link, release in zip(links, found, strict=False):
            self._link(link, release)

    def _link(self, link: Json, release: Json) -> None:
        path = release_url(self._keys[PACKAGE_TABLE], release["id"])
        is_there = link["url"].endswith(f"/{path}")
        expected = {"date": release["date"], "tag": release["tag"], "url": path}
        self._compare("records", "the link", expected, {**link, "url": path} if is_there else link)

    def _lines(self, table: str) -> Iterator[bytes]:
        for line in read_lines(partial(self._opened, self._keys[table])):
            self._table = table
            yield line

    def _compare(self, table: str, what: str, expected: object, found: object) -> None:
        self._findings.compare(self._keys[table], what, expected, found)

    def _note(self, table: str, expected: str, found: str) -> None:
        self._findings.add(self._keys[table], expected, found)


class StateLookup:
    """The digests of records, asked for in the order of their ocids."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        """Take the state's lines, in order."""
        self._lines = lines
        self._ocid = ""
        self._digest = ""

    def digest(self, ocid: str) -> str | None:
        """Give a record's digest, or nothing where there is no such record."""
        while self._ocid < ocid:
            line = next(self._lines, None)
            if line is None:
                return None
            self._ocid, _, self._digest = line.decode().partition("\t")
        return self._digest if self._ocid == ocid else None


class ChangesCheck:
    """The changelog and the delta, held against one another and against the state they lead to."""

    def __init__(self, changelog: str, delta: str, *, opened: Callable[[str], BinaryIO], findings: Findings) -> None:
        """Open nothing yet; `changelog` and `delta` are keys."""
        self._changelog = changelog
        self._delta = delta
        self._opened = opened
        self._findings = findings
        self._ops: Counter[str] = Counter()
        self._net: Counter[str] = Counter()

    def run(self, header: Json, counts: Json, state: StateLookup) -> None:
        """Note every difference; `header` and `counts` are what the manifest says of the delta and the changes."""
        try:
            delta = map(json.decode, read_lines(partial(self._opened, self._delta)))
            found: Json = next(delta, {})
            self._findings.compare(self._delta, "a header with", header, {name: found.get(name) for name in header})
            entries = map(json.decode, read_lines(partial(self._opened, self._changelog)))
            for ocid, steps in groupby(entries, key=lambda entry: entry["ocid"]):
                self._check_one(ocid, list(steps), next(delta, {}), state)
            if next(delta, None) is not None:
                self._findings.add(self._delta, "only the records of the changelog", "more records than those")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._findings.add(self._changelog, "lines that can be read", f"{type(error).__name__}: {error}")
        found_counts = {op: self._ops[op] for op in counts}
        self._findings.compare(self._changelog, "changes", counts, found_counts)
        moved = {name: self._net[name] for name in ("adds", "changes", "deletes") if name in header}
        self._findings.compare(self._delta, "counts of records", {name: header[name] for name in moved}, moved)

    def _check_one(self, ocid: str, steps: Sequence[Json], line: Json, state: StateLookup) -> None:
        """Check the steps of one record: each begins where the one before ended, and the last one is the delta's."""
        self._ops.update(entry["op"] for entry in steps)
        for one, following in pairwise(steps):
            self._findings.compare(self._changelog, f"a step of {ocid} from", one.get("next"), following.get("base"))
        base, expected = steps[0].get("base"), steps[-1].get("next")
        self._net["adds" if base is None else "deletes" if expected is None else "changes"] += 1
        op = "delete" if steps[-1]["op"] == "delete" else "upsert"
        self._findings.compare(self._delta, "a line for", (ocid, op), (line.get("ocid"), line.get("op")))
        held = state.digest(ocid)
        self._findings.compare(self._changelog, f"{ocid} with the digest", held and f"sha256:{held}", expected)
        if "record" in line:
            record = f"sha256:{json.digest(json.encode(line['record']))}"
            self._findings.compare(self._delta, f"{ocid} with the digest", expected, record)
