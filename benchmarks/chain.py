"""The whole chain from releases to tables, against the tools that people string together today.

    python -m benchmarks.chain --releases 100000

Ours: releases are parted by ocid, and each core validates its part with every check, compiles it, gzips the compiled
releases, and writes the tables as CSV, Parquet and XLSX. Theirs: libcoveocds, `ocdskit compile`, gzip and flatterer,
one after the other, as a shell script would. libcoveocds is given packages of 1,000 releases, and only some of them:
its time is that of these, taken times.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import zlib
from itertools import islice
from pathlib import Path

from benchmarks.cove import COVE, write_package, write_standard
from benchmarks.measure import command
from benchmarks.releases import EXTENSIONS, write
from ocds_schema import json
from ocds_schema.schema import release_schema
from ocds_schema.validation import ReleaseValidator
from publish.formats import LinesFile
from publish.rows import Process
from publish.year_tables import FORMS, Said, YearTables
from transformers.compiled import Merger
from transformers.lines import compile_lines

CORES = 2
GOALS = {"with validation": 15.0, "without": 4.0}
"""Times the rate of the others, by the clock."""
_PEERS = Path(".venv-bench/bin")
_WRITTEN = {"csv", "parquet", "xlsx"}
_PACKAGE = 1_000
_PACKAGES = 3


def main() -> None:
    """Print what the chain takes by the clock, ours and theirs, with and without validation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=20_000)
    parser.add_argument("--part", nargs=3, metavar=("FILE", "FOLDER", "VALIDATED"), help="only work on this part")
    arguments = parser.parse_args()
    if arguments.part:
        source, folder, validated = arguments.part
        work(Path(source), Path(folder), is_validated=validated == "True")
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), arguments.releases)


def compare(folder: Path, releases: int) -> None:
    """Measure both chains on the same file."""
    source = folder / "releases.jsonl"
    size = write(source, releases)
    print(f"{releases:,} releases, {size / 1e6:.0f} MB, {CORES} cores", flush=True)
    theirs = peers(source, folder, releases)
    for name, seconds in theirs.items():
        print(f"  {name:24} {seconds:8.1f} s", flush=True)
    for name, is_validated in (("with validation", True), ("without", False)):
        seconds = ours(source, folder, is_validated=is_validated)
        other = sum(theirs.values()) - (0 if is_validated else theirs["libcoveocds"])
        print(f"{name}: ours {seconds:.1f} s, theirs {other:.1f} s, {other / seconds:.1f} x (goal {GOALS[name]:.0f})")


def ours(source: Path, folder: Path, *, is_validated: bool) -> float:
    """Part the releases, have each part worked on by a process of its own, and give the seconds by the clock."""
    begun = time.perf_counter()
    parts = part(source, folder)
    line = [sys.executable, "-m", "benchmarks.chain", "--part"]
    running = [
        subprocess.Popen([*line, str(each), str(_made(each.with_suffix(""))), str(is_validated)]) for each in parts
    ]
    if any(process.wait() for process in running):
        raise RuntimeError("a part of the chain failed")
    return time.perf_counter() - begun


def part(source: Path, folder: Path) -> list[Path]:
    """Write the lines into as many files as there are cores, those of one ocid into one."""
    paths = [folder / f"part-{number}.jsonl" for number in range(CORES)]
    files = [path.open("wb") for path in paths]
    with source.open("rb") as lines:
        for line in lines:
            files[zlib.crc32(json.member(line, "ocid").encode()) % CORES].write(line)
    for file in files:
        file.close()
    return paths


def work(source: Path, folder: Path, *, is_validated: bool) -> None:
    """Validate a part, compile it, and write the compiled releases and their tables."""
    if is_validated:
        validate(source)
    left_out = frozenset(form.name for form in FORMS) - _WRITTEN
    with (
        LinesFile(folder / "compiled.jsonl.gz") as packed,
        YearTables(2026, folder, Said(currency="KZT", left_out=left_out)) as tables,
    ):
        # A pipe would do, but a file is what is measured of the others too.
        plain = folder / "compiled.jsonl"
        with source.open("rb") as releases, plain.open("wb") as sink:
            compile_lines(releases, sink, Merger(EXTENSIONS))
        with plain.open("rb") as lines:
            for line in lines:
                packed.write(line.rstrip(b"\n"))
                tables.add(Process.read(line, first_release="2026-01-01T00:00:00+05:00"))
        packed.finish()
        tables.finish()


def validate(source: Path) -> None:
    """Look at every release with every check beyond the schema too."""
    validator = ReleaseValidator(EXTENSIONS)
    with source.open("rb") as lines:
        for line in lines:
            validator.problems(json.decode(line))


def peers(source: Path, folder: Path, releases: int) -> dict[str, float]:
    """Give the seconds by the clock that each of the others takes."""
    compiled, schema, nothing = folder / "compiled.jsonl", folder / "schema.json", folder / "nothing"
    schema.write_bytes(json.encode(release_schema(EXTENSIONS)))
    compiling = [str(_PEERS / "ocdskit"), "compile", "--schema", str(schema)]
    flattening = [str(_PEERS / "flatterer"), "--ndjson", "-m", "main", "--force", "--csv", "--xlsx", "--parquet"]
    return {
        "libcoveocds": _cove(source, folder, releases),
        "ocdskit compile": command(compiling, source, compiled).wall,
        "gzip": command(["gzip", "-c"], compiled, nothing).wall,
        "flatterer": command([*flattening, str(compiled), str(folder / "flatterer")], compiled, nothing).wall,
    }


def _cove(source: Path, folder: Path, releases: int) -> float:
    standard, package = folder / "standard.zip", folder / "package.json"
    write_standard(standard)
    line = [str(COVE), "--standard-zip", str(standard), str(package)]
    seconds = taken = 0.0
    with source.open("rb") as lines:
        while taken < _PACKAGES * _PACKAGE and (some := list(map(json.decode, islice(lines, _PACKAGE)))):
            write_package(package, some)
            seconds += command(line, package, folder / "report.json").wall
            taken += len(some)
    return seconds * releases / taken


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


if __name__ == "__main__":
    main()
