"""JSON Lines to tables, against flatterer, flatten-tool and Spoonbill: `python -m benchmarks.tables --processes 20000`.

What is put into tables are compiled releases, each tool in a process of its own, in turns. Ours are the nine tables as
an edition has them, and that of organizations: with the digests of their rows, Parquet sorted by buyer, workbooks with
their explanations, SQLite with indexes and full-text search. The others write what they write by default; flatten-tool
and Spoonbill, which want a package, are given a part of the file. `all` are CSV, Parquet and XLSX in one run, which is
what publishing takes.
"""

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from benchmarks.measure import Cost, command, median_cpu, ratio, take_turns
from ocds_schema import json

FORMS = ("csv", "parquet", "xlsx", "all", "sqlite")
GOALS = {"csv": 1.7, "parquet": 1.7, "xlsx": 3.0}
"""Times the rate of flatterer."""
_PEERS = Path(".venv-bench/bin")
_ALL = ("csv", "parquet", "xlsx")
_YEAR = 2026


def main() -> None:
    """Print what each tool takes for each format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--forms", default=",".join(FORMS))
    parser.add_argument("--slow", type=int, default=2_000, help="processes that the slow tools are given; 0: none")
    parser.add_argument("--ours", nargs=3, metavar=("FORM", "FILE", "FOLDER"), help="only write these tables")
    parser.add_argument("--digests", nargs=2, metavar=("FILE", "FOLDER"), help="only print what our files' hashes are")
    options = parser.parse_args()
    if options.ours:
        form, source, folder = options.ours
        write(form, Path(source), Path(folder))
    elif options.digests:
        digests(*map(Path, options.digests))
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder), options.processes, options.rounds, options.forms.split(","), options.slow)


def prepare(path: Path, processes: int) -> int:
    """Write compiled releases as JSON Lines, and give how many bytes they are."""
    from benchmarks.quality import compiled

    with path.open("wb") as file:
        for release in islice(compiled(processes), processes):
            file.write(json.encode(release) + b"\n")
    return path.stat().st_size


def compare(folder: Path, processes: int, rounds: int, forms: Sequence[str], slow: int) -> None:
    """Measure all tools, format by format."""
    source, part = folder / "compiled.jsonl", folder / "package.json"
    size = prepare(source, processes)
    print(f"{processes:,} compiled releases, {size / 1e6:.1f} MB, {rounds} rounds in turns")
    if slow:
        schema = _package(source, part, slow)
    for form in forms:
        runs = {"ours": _ours(form, source, folder), "flatterer": _flatterer(form, source, folder)}
        costs = take_turns(runs, rounds)
        for name, each in costs.items():
            _show(form, name, processes, each)
        times, goal = ratio(costs, "ours", "flatterer"), GOALS.get(form)
        print(f"{form:8} ours does {times:.2f} x flatterer" + (f" (goal {goal})" if goal else ""), flush=True)
        for name, run in _slow_ones(form, part, schema, folder).items() if slow else ():
            cost = run()
            _show(form, name, slow, [cost])
            print(
                f"{form:8} ours does {processes / median_cpu(costs['ours']) / (slow / cost.cpu):.0f} x {name}",
                flush=True,
            )


def _show(form: str, name: str, processes: int, costs: Sequence[Cost]) -> None:
    cpu, memory = median_cpu(costs), max(cost.memory for cost in costs)
    wall = sorted(cost.wall for cost in costs)[len(costs) // 2]
    rate = f"{processes / cpu:9,.0f} releases per CPU second"
    print(f"{form:8} {name:14} {rate} {cpu:7.2f} CPU s {wall:7.2f} s {memory / 2**20:6.0f} MiB", flush=True)


def _ours(form: str, source: Path, folder: Path) -> Callable[[], Cost]:
    return partial(_run, [sys.executable, "-m", "benchmarks.tables", "--ours", form, str(source), str(folder / "ours")])


def _flatterer(form: str, source: Path, folder: Path) -> Callable[[], Cost]:
    wanted = [f"--{each}" for each in (_ALL if form == "all" else (form,))]
    if "--csv" not in wanted:
        wanted.append("--nocsv")
    flatterer = [str(_PEERS / "flatterer"), "--ndjson", "-m", "main", "--force", *wanted]
    return partial(_run, [*flatterer, str(source), str(folder / "flatterer")])


def _slow_ones(form: str, part: Path, schema: Path, folder: Path) -> dict[str, Callable[[], Cost]]:
    target = folder / "spoonbill"
    target.mkdir(exist_ok=True)
    spoonbill = [str(_PEERS / "spoonbill"), "--schema", str(schema)]
    flatten = [str(_PEERS / "flatten-tool"), "flatten", str(part), "--root-list-path", "releases", "--root-id", "ocid"]
    flatten += ["-m", "releases", "-f", form, "-o", str(folder / f"flatten-tool.{form}")]
    if form == "csv":
        return {
            "flatten-tool": partial(_run, flatten),
            "Spoonbill": partial(_run, [*spoonbill, "--csv", str(target), "--xlsx", "", str(part)]),
        }
    if form == "xlsx":
        return {
            "flatten-tool": partial(_run, flatten),
            "Spoonbill": partial(_run, [*spoonbill, "--xlsx", str(target / "all.xlsx"), str(part)]),
        }
    return {}


def _package(source: Path, part: Path, slow: int) -> Path:
    """Write the first releases as a package, and the schema that they follow; give the schema's path."""
    from benchmarks.releases import EXTENSIONS
    from ocds_schema.schema import release_schema

    with source.open("rb") as lines:
        part.write_bytes(b'{"releases":[%b]}' % b",".join(islice(lines, slow)))
    schema = part.with_name("schema.json")
    schema.write_bytes(json.encode(release_schema(EXTENSIONS)))
    return schema


def _run(arguments: Sequence[str]) -> Cost:
    """Run a command that reads and writes files of its own."""
    return command(arguments, Path(os.devnull), Path(os.devnull))


def write(form: str, source: Path, folder: Path) -> None:
    """Write the tables of compiled releases in one format, in `all` that others write too, or in `every` one."""
    from publish.rows import Process
    from publish.year_tables import FORMS as EVERY
    from publish.year_tables import Said, YearTables

    wanted = {"every": {each.name for each in EVERY}, "all": {*_ALL}, "sqlite": {"csv"}}.get(form, {form})
    left_out = frozenset(each.name for each in EVERY) - wanted
    folder.mkdir(exist_ok=True)
    with YearTables(_YEAR, folder, Said(currency="KZT", left_out=left_out)) as tables:
        with source.open("rb") as lines:
            for line in lines:
                tables.add(Process.read(line, first_release="2026-01-01T00:00:00+05:00"))
        tables.finish()
    if form in {"sqlite", "every"}:
        _write_database(folder)


def _write_database(folder: Path) -> None:
    from publish.files import CSV
    from publish.sqlite import write_sqlite
    from publish.year_tables import ALL_TABLES

    def opened(path: Path) -> BinaryIO:
        return path.open("rb")

    years = {table.name: [partial(opened, folder / f"{table.name}-{_YEAR}{CSV.ending}")] for table in ALL_TABLES}
    write_sqlite(folder / "all.sqlite", years, about={}, rows=0, content_digest="")


def digests(source: Path, folder: Path) -> None:
    """Write the tables in every format and print the hashes of the files, to be compared before and after a change."""
    write("every", source, folder)
    for path in sorted(folder.iterdir()):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


if __name__ == "__main__":
    main()
