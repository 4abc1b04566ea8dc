"""Measuring: CPU seconds of this process or of a command, in rounds that take turns."""

import gc
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST = 1_000
"""Characters of what a command that failed said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run cost: CPU seconds, seconds by the clock, and the most memory in bytes."""

    cpu: float
    wall: float
    memory: int


def take_turns(runs: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Run each in turn, round after round, so that a busy moment of the machine falls on all."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            costs[name].append(run())
    return costs


def here(work: Callable[[], object]) -> Cost:
    """Run a function in this process, without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        return Cost(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall, memory=0)
    finally:
        gc.enable()


def command(arguments: Sequence[str], source: Path, target: Path) -> Cost:
    """Run a command from one file to another.

    Raises:
        RuntimeError: the command failed.
    """
    with source.open("rb") as stdin, target.open("wb") as stdout, tempfile.TemporaryFile() as stderr:
        wall = time.perf_counter()
        process = subprocess.Popen(arguments, stdin=stdin, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            stderr.seek(0)
            raise RuntimeError(f"{arguments[0]} ended with {process.returncode}: {stderr.read().decode()[-_MOST:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(cpu=cpu, wall=time.perf_counter() - wall, memory=usage.ru_maxrss * 1024)


def ratio(costs: Mapping[str, Sequence[Cost]], one: str, other: str) -> float:
    """Give how many times the CPU of `one` the `other` took: the median over the rounds."""
    return statistics.median(b.cpu / a.cpu for a, b in zip(costs[one], costs[other], strict=True))


def median_cpu(costs: Sequence[Cost]) -> float:
    """Give the median CPU seconds."""
    return statistics.median(cost.cpu for cost in costs)
