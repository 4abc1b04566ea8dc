"""Runs every benchmark in turn, each in a process of its own: `python -m benchmarks`, or `make bench`."""

import subprocess
import sys

RUNS = (
    ("benchmarks.validate", "--releases", "10000"),
    ("benchmarks.quality", "--processes", "5000"),
    ("benchmarks.compile", "--releases", "10000"),
    ("benchmarks.compile", "--releases", "100000", "--rounds", "1"),
    ("benchmarks.tables", "--processes", "10000"),
    ("benchmarks.chain", "--releases", "20000"),
    ("benchmarks.daily", "--processes", "12000"),
    ("benchmarks.store", "--documents", "20000"),
    ("benchmarks.transform", "--processes", "5000"),
)


def main() -> None:
    """Run them, and end with the first failure."""
    for module, *arguments in RUNS:
        print(f"\n## {module.removeprefix('benchmarks.')} {' '.join(arguments)}\n", flush=True)
        subprocess.run([sys.executable, "-m", module, *arguments], check=True)


if __name__ == "__main__":
    main()
