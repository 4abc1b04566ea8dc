"""Compiling lines to lines, against `ocdskit compile`: `python -m benchmarks.compile --releases 10000`."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import command, median_cpu, ratio, take_turns
from benchmarks.releases import EXTENSIONS, write
from ocds_schema import json
from ocds_schema.schema import release_schema
from transformers.compiled import Merger
from transformers.lines import compile_lines


def main() -> None:
    """Print what compiling costs with either tool, and whether they agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", action="store_true", help="only compile standard input, as the benchmark does")
    arguments = parser.parse_args()
    if arguments.ours:
        compile_lines(sys.stdin.buffer, sys.stdout.buffer, Merger(EXTENSIONS))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), arguments.releases, arguments.rounds)


def compare(folder: Path, releases: int, rounds: int) -> None:
    """Measure both tools on the same file."""
    source, schema = folder / "releases.jsonl", folder / "schema.json"
    size = write(source, releases)
    schema.write_bytes(json.encode(release_schema(EXTENSIONS)))
    ocdskit = shutil.which("ocdskit", path=str(Path(sys.executable).parent)) or "ocdskit"
    commands = {
        "ours": [sys.executable, "-m", "benchmarks.compile", "--ours"],
        "ocdskit compile": [ocdskit, "compile", "--schema", str(schema)],
    }
    targets = {name: folder / f"{position}.jsonl" for position, name in enumerate(commands)}
    costs = take_turns(
        {name: lambda name=name: command(commands[name], source, targets[name]) for name in commands},  # type: ignore[misc]
        rounds,
    )
    print(f"{releases} releases, {size / 1e6:.1f} MB, {rounds} rounds in turns")
    for name, runs in costs.items():
        cpu, memory = median_cpu(runs), max(run.memory for run in runs)
        print(f"{name:20} {releases / cpu:10,.0f} releases per CPU second {cpu:8.2f} s {memory / 2**20:6.0f} MiB")
    times = ratio(costs, "ours", "ocdskit compile")
    print(f"ours takes 1/{times:.1f} of the CPU; equal output: {_same(*targets.values())}")


def _same(one: Path, other: Path) -> bool:
    with one.open("rb") as left, other.open("rb") as right:
        return all(json.decode(a) == json.decode(b) for a, b in zip(left, right, strict=True))


if __name__ == "__main__":
    main()
