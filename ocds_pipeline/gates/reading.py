"""The files of an edition, read back from where they lie: held against one another, counted and added up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocds_pipeline.gates.task import Task
from ocds_schema import json
from ocds_schema.json import Json
from publish.cells import RowsDigest
from publish.figures import FiguresOf
from publish.findings import Findings
from publish.formats import read_lines
from publish.issues import NAME as ISSUES
from publish.issues import IssueCounts, is_finding
from publish.lookups import compare_lookup
from publish.parity import NEEDED, YearCheck
from publish.rows import ControlTotals
from publish.year_tables import ALL_TABLES

ALL_YEARS = "all years"
READ = "read"
"""The part of a year's figures that says what was found when its files were read."""
_UNKNOWN_CODE = "unknown_code"
_MOST_CODES = 1_000


@dataclass(kw_only=True)
class Reading:
    """What was read. `states` are spools of state lines by year, `differences` where files disagree.

    `totals` are control totals by year and in all, `lost` counts values that were left out by rule, `codes` the
    portal's codes that the mapping does not know, `digests` are those of the tables' rows in all years. `years` is what
    was found in each year that was read, as it is kept, and `settled` the digests of the years that were compared
    with the database before.
    """

    differences: Findings = field(default_factory=Findings)
    records: int = 0
    states: list[Path] = field(default_factory=list)
    totals: dict[str, Sequence[Json]] = field(default_factory=dict)
    issues: IssueCounts = field(default_factory=IssueCounts)
    lost: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    digests: Mapping[str, RowsDigest] = field(default_factory=lambda: {each.name: RowsDigest() for each in ALL_TABLES})
    years: dict[int, Json] = field(default_factory=dict)
    settled: dict[str, RowsDigest] = field(default_factory=dict)


def read(task: Task, folder: Path) -> Reading:
    """Read an edition's files; spools go into a folder."""
    reading = Reading()
    _read_issues(task, reading)
    every = ControlTotals()
    for place, year in enumerate(task.years, 1):
        if year in task.kept:
            _take_year(task, year, reading, every)
        else:
            _read_year(task, year, reading, every, folder)
        if place == task.settled:
            reading.settled = {name: replace(each) for name, each in reading.digests.items()}
    reading.totals[ALL_YEARS] = every.facts()
    _read_lookups(task, reading)
    return reading


def _read_lookups(task: Task, reading: Reading) -> None:
    """Hold the files of all years together against the years; what the edition before has too was held then."""
    for file in task.files:
        if file.entry["role"] == "lookup" and file.is_new:
            compare_lookup(
                file.entry,
                file.open,
                reading.digests,
                key=file.path,
                findings=reading.differences,
                settled=reading.settled,
            )


def _read_issues(task: Task, reading: Reading) -> None:
    file = task.named(ISSUES)
    if file is None:
        reading.differences.add(ISSUES, "a file", "none")
        return
    for line in read_lines(file.open):
        if is_finding(line):
            continue
        issue = json.decode(line)
        reading.issues.add(issue)
        if issue["severity"] == "lost":
            reading.lost[issue["rule"]] += 1
        if issue["rule"] == _UNKNOWN_CODE:
            _count_code(reading.codes, issue)


def _count_code(codes: Counter[str], issue: Json) -> None:
    kind = issue["document"].partition("/")[0]
    code = f"{kind}.{issue['fields'][0] if issue['fields'] else ''} = {issue['value']}"
    if code in codes or len(codes) < _MOST_CODES:
        codes[code] += 1


def _read_year(task: Task, year: int, reading: Reading, every: ControlTotals, folder: Path) -> None:
    files = task.of_year(year)
    missing = [f"{table} as {form}" for table, form in NEEDED if (table, form) not in files]
    if missing:
        reading.differences.add(f"the files of {year}", "all tables and formats", f"no {', '.join(missing)}")
        return
    totals = ControlTotals()
    check = YearCheck(
        {pair: file.path for pair, file in files.items()},
        opened=task.open,
        findings=reading.differences,
        totals=totals,
        held=reading.issues.held,
        year=year,
        currency=task.source.currency,
    )
    reading.states.append(folder / f"state-{year}")
    facts = {
        "records": check.run(reading.states[-1]),
        "totals": totals.facts(),
        "digests": {name: [each.rows, f"{each.total:064x}"] for name, each in check.digests.items()},
    }
    reading.years[year] = facts
    _add(facts, year, reading, every)


def _take_year(task: Task, year: int, reading: Reading, every: ControlTotals) -> None:
    """Add what was found when the year was read, and its state as it is published."""
    state = next(file for file in task.files if file.entry["role"] == "state" and file.year == year)
    reading.states.append(state.local)
    _add(FiguresOf(task.kept[year]).facts(READ), year, reading, every)


def _add(facts: Json, year: int, reading: Reading, every: ControlTotals) -> None:
    reading.records += facts["records"]
    reading.totals[str(year)] = facts["totals"]
    every.include(ControlTotals.read(facts["totals"]))
    for name, (rows, total) in facts["digests"].items():
        reading.digests[name].include(RowsDigest(rows=rows, total=int(total, 16)))
