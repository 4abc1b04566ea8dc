"""The gate on personal numbers: files are searched once by the rules in force, as readers will read them."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from ocds_pipeline.gates.result import Check, Findings
from ocds_pipeline.gates.task import File, Task
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.personal import PersonNumbers
from publish.figures import FiguresOf
from publish.files import FIGURES
from publish.formats import read_lines, read_rows
from publish.quality import FINDINGS
from publish.quality import WHAT as QUALITY
from publish.year_tables import ALL_TABLES

_MADE = re.compile(r"[0-9a-f]{64}|\d{8}T\d{6}-[0-9a-f]{12}(?![0-9a-f])|-[0-9a-f]{16}(?=\.)")
"""Digests, ids of releases and names of files: sixteen digits of one may look like anything."""
_NUMBERS = frozenset({"amount", "number", "integer"})
_MOST_PLACES = 20
_LINES = frozenset({"jsonl", "package"})
_SAME_CELLS = frozenset({"csv-excel", "xlsx", "parquet", "parquet-by-supplier", "sqlite"})
"""Formats that hold what the CSV file holds, as the gate on parity makes sure."""
_SAME_LINES = "records"
"""The table of lines that hold the compiled releases, with dates, tags and addresses of releases: parity again."""


def persons(task: Task) -> Findings:
    """Search files for numbers of natural persons; the finding says where, and never which.

    Those are searched that are new, and those of years whose figures do not stand: they may have been passed by others.
    """
    numbers = task.source.person_numbers
    if not numbers.kinds:
        return Findings(reason="in this country a person's number cannot be told from others")
    # Where any year was judged by the same rules, the edition before was: its bytes were searched then.
    was_searched = bool(task.familiar)
    checks = [_check(file, numbers, is_same=was_searched and file.is_same) for file in task.files if file.is_new]
    again = [file for file in task.data if not file.is_new and file.year not in task.kept]
    # What passed before and passes again is not told: which years are read again is no matter of what was found.
    checks += [check for check in (_check(file, numbers) for file in again) if check.outcome == "fail"]
    return Findings(checks=checks)


def rules(numbers: PersonNumbers) -> list[str]:
    """Give all that decides what is found: how numbers look, and the code that knows them in a text."""
    return [repr(numbers), _code()]


@cache
def _code() -> str:
    files = resources.files("ocds_schema")
    return json.digest(b"\0".join(files.joinpath(name).read_bytes() for name in ("personal.py", "digits.py")))


def _check(file: File, numbers: PersonNumbers, *, is_same: bool = False) -> Check:
    places: Counter[str] = Counter()
    for place, text in () if is_same else _texts(file, numbers):
        if count := numbers.scrub(_MADE.sub("x", text))[1]:
            places[place if place in places or len(places) < _MOST_PLACES else "elsewhere"] += count
    found = ", ".join(f"{count:,} in {numbers.redact(place)}" for place, count in places.most_common())
    return Check(
        what=numbers.redact(file.path),
        outcome="fail" if places else "pass",
        expected="no number of a person",
        found=found or "none",
    )


def _texts(file: File, numbers: PersonNumbers) -> Iterator[tuple[str, str]]:
    """Give the texts of a file that may hold a number, each with the place where it stands."""
    form = file.entry["format"]
    if form == "csv" and file.entry["role"] == "data":
        yield from _cells(file, numbers)
    elif form in _LINES:
        for line in _lines(file):
            if numbers.may_stand_in(line):
                yield from _line(line, form)
    elif form == FIGURES.name:
        yield from _findings(file, numbers)
    elif form not in _SAME_CELLS:
        data = file.local.read_bytes()
        if numbers.may_stand_in(data):
            yield file.name, data.decode("utf-8", errors="replace")


def _findings(file: File, numbers: PersonNumbers) -> Iterator[tuple[str, str]]:
    """Give the texts of findings; the other figures are counts, and ids that stand in other files, too."""
    if file.entry["table"] == QUALITY:
        for line in FiguresOf(file.local).lines(FINDINGS):
            if numbers.may_stand_in(line):
                yield from _line(line, FIGURES.name)


def _lines(file: File) -> Iterator[bytes]:
    """Give the lines of a file that are not those of another one, as the gate on parity makes sure."""
    if file.entry.get("table") == _SAME_LINES:
        return
    is_package = file.entry["format"] == "package"
    for place, line in enumerate(read_lines(file.open)):
        # Between its head and its end a package has the releases as they are in their own file.
        if not is_package or place == 0 or line.startswith(b"]"):
            yield line


def _line(line: bytes, form: str) -> Iterator[tuple[str, str]]:
    if form == "package":
        # A release of a package is a line with a comma; its head and its end are no JSON by themselves.
        line = line.removesuffix(b",")
    try:
        value = json.decode(line)
    except ValueError:
        yield "the package itself", line.decode("utf-8", errors="replace")
        return
    ocid = str(value.get("ocid") or "") if isinstance(value, dict) else ""
    for path, text in _strings(value, ""):
        yield f"{ocid} {path}".strip(), text


def _strings(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _strings(member, f"{path}/{name}")
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member, path)


def _cells(file: File, numbers: PersonNumbers) -> Iterator[tuple[str, str]]:
    table: Any = next(each for each in ALL_TABLES if each.name == file.entry["table"])
    texts = [(place, column.name) for place, column in enumerate(table.columns) if column.type not in _NUMBERS]
    rows = read_rows(file.open)
    next(rows, None)
    for row in rows:
        if numbers.may_stand_in("\n".join(row).encode()):
            yield from ((f"{row[0]} {name}", row[place]) for place, name in texts if place < len(row))
