"""Files of an edition held against one another: those of one year, and those that tell what changed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.findings import Findings
from publish.formats import LinesFile, cell, read_lines, read_rows, undefuse
from publish.package import TABLE as PACKAGE_TABLE
from publish.package import package_end
from publish.partition import TABLES, record_line, release_url
from publish.rows import ControlTotals, Process
from publish.state import state_line
from publish.tables import Table

NEEDED = (
    ("releases", "jsonl"),
    (PACKAGE_TABLE, "package"),
    ("compiled", "jsonl"),
    ("records", "jsonl"),
    ("processes", "csv"),
    ("contracts", "csv"),
)
"""The tables and formats that every year has."""

_Groups = Iterator[tuple[str, Iterator[Json]]]


class TableCheck:
    """A table's rows, held against those that each process gives when it is put into the table again."""

    def __init__(self, table: Table[Any], rows: Iterator[list[str]], *, key: str, findings: Findings) -> None:
        """Read the header; `key` is what the findings name."""
        self._table = table
        self._rows = rows
        self._key = key
        self._findings = findings
        self._ocid_at = table.header.index("ocid")
        self._is_known = findings.compare(key, "the columns", table.header, next(rows, []))
        self._row: list[str] | None = None
        self._advance()

    def check(self, process: Process) -> None:
        """Note every cell that differs, every row too many and every row that is missing."""
        if not self._is_known:
            return
        ocid = process.compiled["ocid"]
        expected = [[cell(value) for value in line] for line in self._table.lines(process)]
        found = list(self._rows_of(ocid))
        self._findings.compare(self._key, f"rows of {ocid}:", len(expected), len(found))
        for wanted, row in zip(expected, found, strict=False):
            if wanted != row:
                self._compare(ocid, wanted, row)

    def finish(self) -> None:
        """Note the rows that are left."""
        if self._is_known and self._row is not None:
            self._findings.add(self._key, "only what belongs to the compiled releases", "more rows than those")

    def _compare(self, ocid: str, wanted: Sequence[str], row: Sequence[str]) -> None:
        for name, value, found in zip(self._table.header, wanted, row, strict=False):
            self._findings.compare(self._key, f"{name} of a row of {ocid} to be", repr(value), repr(found))

    def _rows_of(self, ocid: str) -> Iterator[list[str]]:
        while self._row is not None and (of := self._ocid(self._row)) <= ocid:
            if of == ocid:
                yield self._row
            else:
                self._findings.add(self._key, "rows by ocid, of processes that there are", f"a row of {of!r}")
            self._advance()

    def _advance(self) -> None:
        self._row = next(self._rows, None)

    def _ocid(self, row: Sequence[str]) -> str:
        return undefuse(row[self._ocid_at]) if len(row) > self._ocid_at else ""


class YearCheck:
    """One year's files, read side by side. `keys` are their keys by table, `opened` opens one by its key."""

    def __init__(
        self,
        keys: Mapping[str, str],
        *,
        opened: Callable[[str], BinaryIO],
        findings: Findings,
        totals: ControlTotals,
        held: Collection[str],
    ) -> None:
        """Open nothing yet; `totals` is what the contracts' values are added to, `held` the ocids held back."""
        self._keys = keys
        self._opened = opened
        self._findings = findings
        self._totals = totals
        self._held = held
        self._table = "compiled"

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
        tables = [self._table_check(table) for table in TABLES]
        for line in self._lines("compiled"):
            compiled = json.decode(line)
            ocid = compiled["ocid"]
            spool.write(state_line(ocid, json.digest(line)))
            found = self._releases_of(ocid, releases)
            self._record(next(records, b""), line, ocid, found)
            self._table = "compiled"
            process = Process(
                compiled=compiled, first_release=found[0]["date"] if found else "", is_held_back=ocid in self._held
            )
            self._totals.add(process)
            for table in tables:
                table.check(process)
        for name, rest in (("releases", releases), ("records", records)):
            if next(rest, None) is not None:
                self._note(name, "only what belongs to the compiled releases", "more lines than those")
        for table in tables:
            table.finish()

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

    def _table_check(self, table: Table[Any]) -> TableCheck:
        key = self._keys[table.name]
        return TableCheck(table, read_rows(partial(self._opened, key)), key=key, findings=self._findings)

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

    def run(self, header: Json, counts: Json, state: StateLookup) -> None:
        """Note every difference; `header` and `counts` are what the manifest says of the delta and the changes."""
        try:
            delta = map(json.decode, read_lines(partial(self._opened, self._delta)))
            found: Json = next(delta, {})
            self._findings.compare(self._delta, "a header with", header, {name: found.get(name) for name in header})
            for line in read_lines(partial(self._opened, self._changelog)):
                self._check_one(json.decode(line), next(delta, {}), state)
            if next(delta, None) is not None:
                self._findings.add(self._delta, "only the records of the changelog", "more records than those")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._findings.add(self._changelog, "lines that can be read", f"{type(error).__name__}: {error}")
        found_counts = {op: self._ops[op] for op in counts}
        self._findings.compare(self._changelog, "changes", counts, found_counts)

    def _check_one(self, entry: Json, line: Json, state: StateLookup) -> None:
        ocid = entry["ocid"]
        self._ops[entry["op"]] += 1
        op = "delete" if entry["op"] == "delete" else "upsert"
        self._findings.compare(self._delta, "a line for", (ocid, op), (line.get("ocid"), line.get("op")))
        held = state.digest(ocid)
        expected = entry.get("next")
        self._findings.compare(self._changelog, f"{ocid} with the digest", held and f"sha256:{held}", expected)
        if "record" in line:
            record = f"sha256:{json.digest(json.encode(line['record']))}"
            self._findings.compare(self._delta, f"{ocid} with the digest", expected, record)
