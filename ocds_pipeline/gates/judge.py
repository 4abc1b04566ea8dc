"""Judges an edition by every gate, and gives the verdict that is published with it."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ocds_pipeline.gates import changed, compared, harvested, sizes, tabular
from ocds_pipeline.gates.declared import Gate, gates_of
from ocds_pipeline.gates.override import Override
from ocds_pipeline.gates.persons import persons
from ocds_pipeline.gates.questions import Answer, Question
from ocds_pipeline.gates.reading import ALL_YEARS, READ, Reading, read
from ocds_pipeline.gates.result import Check, Findings, gate_facts
from ocds_pipeline.gates.tables import Columns, Tables
from ocds_pipeline.gates.task import Task
from ocds_pipeline.gates.together import UNASKED, settled, together
from ocds_schema.json import Json
from publish.figures import FiguresFile
from publish.formats import lines_of
from publish.partition import TABLES
from publish.state import in_order, state_digest

VERSION = "1.0"
_MOST_TOLD = 20
Ask = Callable[[Path, list[Question]], list[Answer]]
"""Asks questions of the tables in a database, and gives an answer to each."""


class Unsettled(Exception):  # noqa: N818 - nothing is wrong
    """Some questions are to be asked of great-expectations, by a process that has it."""


def judge(task: Task, ask: Ask, override: Override) -> Json:
    """Give the verdict on an edition: the members of `gates.json`.

    Where all years were judged before as they would be today, only what counts do not settle is asked.

    Raises:
        ValueError: a file cannot be read.
        OSError: as above.
    """
    gates = gates_of(task.source)
    with tempfile.TemporaryDirectory(dir=task.folder, prefix="gates-") as folder:
        reading = read(task, Path(folder))
        found = _plain(task, reading, gates)
        found["parity"] = _parity(task, reading)
        tables = Tables.load(task, Path(folder), counted(gates))
        asked = _asked(task, _questions(task, tables, gates), tables, ask)
        if all(check.outcome == "pass" for check in asked["duplicates"]):
            _keep(task, reading, tables)
        asked["duplicates"].append(tabular.twins(task, tables, gates["duplicates"].limits))
        found["amounts"] = sizes.amounts(task, tables.sizes(), gates["amounts"].limits)
        figures = _figures(task, reading, tables)
    asked["codes"] += compared.unknown_codes(task, reading, gates["codes"].limits)
    told = [
        gate_facts(gate, _together(found.get(name), asked[name], task), override.gates) for name, gate in gates.items()
    ]
    outcomes = {gate["outcome"] for gate in told}
    return {
        "dataset": task.source.name,
        "title": task.source.title,
        "version": VERSION,
        "editionId": task.edition_id,
        "asOf": task.facts["asOf"],
        "previous": task.before and task.before["editionId"],
        "outcome": next((each for each in ("fail", "overridden", "warn") if each in outcomes), "pass"),
        "overrides": override.facts(told),
        "gates": told,
        "figures": figures,
    }


def _plain(task: Task, reading: Reading, gates: Mapping[str, Gate]) -> dict[str, Findings]:
    """Judge by the gates that ask nothing of the tables."""
    limits = {name: gate.limits for name, gate in gates.items()}
    return {
        "crawl": harvested.crawl(task, limits["crawl"]),
        "register": harvested.register(task, limits["register"]),
        "days": harvested.days(task, limits["days"]),
        "records": compared.records(task, limits["records"]),
        "years": compared.years(task, limits["years"]),
        "totals": compared.totals(task, reading, limits["totals"]),
        "currencies": sizes.currencies(task, reading, limits["currencies"]),
        "problems": compared.problems(task, reading, limits["problems"]),
        "persons": persons(task),
        "changes": changed.changes(task, limits["changes"]),
        "balance": changed.balance(task, reading),
    }


def _parity(task: Task, reading: Reading) -> Findings:
    """Tell where files differ from one another, and from what the manifest will say."""
    counts, states = task.body["counts"], in_order(map(lines_of, reading.states))
    twice: list[str] = []
    pairs = (
        ("records", counts["records"], reading.records),
        ("control totals", counts["controlTotals"], reading.totals[ALL_YEARS]),
        ("state digest", task.body["state"]["stateDigest"], state_digest([_watched(states, twice)])),
        ("problems", counts["problems"], reading.issues.facts()["problems"]),
    )
    checks = [changed.same(f"{what} of the manifest", str(stated), str(found)) for what, stated, found in pairs]
    checks.append(changed.same("ocids in more than one year", "none", ", ".join(twice[:_MOST_TOLD]) or "none"))
    return Findings(checks=[*changed.told_differences("the files of every year", reading.differences), *checks])


def _watched(states: Iterator[bytes], twice: list[str]) -> Iterator[bytes]:
    """Give lines of the state as they come, and note ocids that come again."""
    last = b""
    for line in states:
        ocid = line.partition(b"\t")[0]
        if ocid == last:
            twice.append(ocid.decode())
        last = ocid
        yield line


def _questions(task: Task, tables: Tables, gates: Mapping[str, Gate]) -> list[Question]:
    """Give every question that gates ask of the tables."""
    limits = {name: gate.limits for name, gate in gates.items()}
    return [
        *tabular.counted(task),
        *tabular.duplicates(tables),
        *tabular.fill(task, tables, limits["fill"]),
        *tabular.columns(task, tables, limits["columns"]),
        *tabular.recency(task, tables, limits["recency"], limits["days"]),
        *tabular.dates(task, tables, limits["dates"]),
        *tabular.coded(tables, limits["codes"]),
        *tabular.declared(task, limits["expectations"]),
    ]


def counted(gates: Mapping[str, Gate]) -> Columns:
    """Give the columns of which days and codes are counted: those that gates ask about."""
    dates = gates["dates"].limits
    return Columns(days=sorted({*dates["past"], *dates["planned"]}), codes=sorted(gates["codes"].limits["columns"]))


def _asked(task: Task, questions: Sequence[Question], tables: Tables, ask: Ask) -> defaultdict[str, list[Check]]:
    """Ask about the years that were read what counts do not settle, and answer for all."""
    known = [settled(question, tables) if task.is_familiar else None for question in questions]
    asked = [each for each, answer in zip(questions, known, strict=True) if not answer and tables.is_asked(each.table)]
    answers = iter(ask(tables.file, asked) if asked else ())
    checks: defaultdict[str, list[Check]] = defaultdict(list)
    for question, answer in zip(questions, known, strict=True):
        told = answer or together(question, next(answers) if tables.is_asked(question.table) else UNASKED, tables)
        checks[question.gate].append(question.check(told))
    return checks


def _keep(task: Task, reading: Reading, tables: Tables) -> None:
    """Keep what was found in the years that were read."""
    for year, path in task.keep.items():
        if year in reading.years and year in tables.read:
            with FiguresFile(path) as file:
                file.facts(READ, reading.years[year])
                tables.read[year].keep(file)


def _together(found: Findings | None, asked: Sequence[Check], task: Task) -> Findings:
    if found is None:
        reason = "there is no edition before" if task.before is None else "there is nothing to be asked"
        return Findings(checks=asked, reason="" if asked else reason)
    return Findings(checks=[*found.checks, *asked], reason=found.reason)


def _figures(task: Task, reading: Reading, tables: Tables) -> Json:
    """Give what the next edition is compared with."""
    valued, alike = tables.twins()
    return {
        "records": task.records,
        "rows": {table: dict(years) for table, years in task.rows.items()},
        "tables": {
            table.name: {"rows": tables.rows(table.name), "filled": tables.filled(table.name)} for table in TABLES
        },
        "totals": dict(reading.totals),
        "sizes": sizes.facts(tables.sizes()),
        "twins": {"valued": valued, "alike": alike},
        "held": reading.issues.quarantined,
        "lost": dict(reading.lost),
        "codes": sorted(reading.codes),
        "register": harvested.claimed(task),
        "seen": harvested.seen(task),
    }
