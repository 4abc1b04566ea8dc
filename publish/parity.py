"""Files of an edition held against one another: those of one year, and those that tell what changed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from ocds_schema import json
from ocds_schema.json import Json
from publish.findings import Findings
from publish.formats import LinesFile, read_lines, read_rows, undefuse
from publish.partition import record_line, release_url
from publish.rows import ControlTotals, Process, contracts_of
from publish.state import state_line

NEEDED = (
    ("releases", "jsonl"),
    ("compiled", "jsonl"),
    ("records", "jsonl"),
    ("processes", "csv"),
    ("contracts", "csv"),
)
"""The tables and formats that every year has."""

_Groups = Iterator[tuple[str, Iterator[Json]]]


class YearCheck:
    """One year's files, read side by side. `keys` are their keys by table, `opened` opens one by its key."""

    def __init__(
        self, keys: Mapping[str, str], *, opened: Callable[[str], BinaryIO], findings: Findings, totals: ControlTotals
    ) -> None:
        """Open nothing yet; `totals` is what the contracts' values are added to."""
        self._keys = keys
        self._opened = opened
        self._findings = findings
        self._totals = totals
        self._table_totals = ControlTotals()
        self._own_totals = ControlTotals()
        self._table = "compiled"

    def run(self, state: Path) -> int:
        """Note every difference, write the year's state lines into a spool, and give the number of records."""
        try:
            with LinesFile(state, 1) as spool:
                self._read(spool)
                return spool.finish().rows
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            self._note(self._table, "content that can be read", f"{type(error).__name__}: {error}")
            return 0

    def _read(self, spool: LinesFile) -> None:
        releases = groupby(map(json.decode, self._lines("releases")), key=lambda release: release["ocid"])
        records, processes, contracts = self._lines("records"), self._rows("processes"), self._rows("contracts")
        for line in self._lines("compiled"):
            process = Process(compiled=json.decode(line), releases=())
            ocid = process.compiled["ocid"]
            spool.write(state_line(ocid, json.digest(line)))
            self._record(next(records, b""), line, ocid, releases)
            self._process(next(processes, {}), ocid)
            self._contracts(contracts, process)
            self._own_totals.add(process)
        for table, rest in (
            ("releases", releases),
            ("records", records),
            ("processes", processes),
            ("contracts", contracts),
        ):
            if next(rest, None) is not None:
                self._note(table, "only what belongs to the compiled releases", "more rows than those")
        self._compare("contracts", "values that add up to", self._own_totals.facts(), self._table_totals.facts())
        self._totals.include(self._own_totals)

    def _record(self, line: bytes, compiled: bytes, ocid: str, releases: _Groups) -> None:
        of, group = next(releases, ("", iter(())))
        found = list(group)
        self._compare("releases", "the releases of", ocid, of)
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
        path = release_url(self._keys["releases"], release["id"])
        is_there = link["url"].endswith(f"/{path}")
        expected = {"date": release["date"], "tag": release["tag"], "url": path}
        self._compare("records", "the link", expected, {**link, "url": path} if is_there else link)

    def _process(self, row: Mapping[str, str], ocid: str) -> None:
        self._compare("processes", "a row of", ocid, undefuse(row.get("ocid", "")))

    def _contracts(self, rows: Iterator[Mapping[str, str]], process: Process) -> None:
        for contract in contracts_of(process):
            row = next(rows, {})
            found = (undefuse(row.get("ocid", "")), undefuse(row.get("contract_id", "")))
            self._compare("contracts", "a row of", (process.compiled["ocid"], str(contract.body["id"])), found)
            if row.get("value"):
                self._table_totals.add_value(undefuse(row["currency"]), Decimal(row["value"]))

    def _lines(self, table: str) -> Iterator[bytes]:
        for line in read_lines(partial(self._opened, self._keys[table])):
            self._table = table
            yield line

    def _rows(self, table: str) -> Iterator[Mapping[str, str]]:
        rows = read_rows(partial(self._opened, self._keys[table]))
        header = next(rows)
        for row in rows:
            self._table = table
            yield dict(zip(header, row, strict=True))

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
