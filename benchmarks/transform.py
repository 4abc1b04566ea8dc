"""Measures the whole job on a stand-in portal: harvest, transform, publish and verify, and what peers do of it.

The transform maps, builds, validates, compiles and saves. For comparison its releases are then validated with
jsonschema and merged with ocdsmerge, in memory, which is only a part of that.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jsonschema
from ocdsmerge import Merger as PeerMerger

from ocds_pipeline.progress import SilentMeter
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_source
from ocds_pipeline.steps import do_all
from ocds_pipeline.store import Store
from ocds_pipeline.verify import verify_place
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.schema import release_schema
from sandbox.portal import START
from sandbox.server import Spawned, spawned

SOURCE = "kazakhstan"
SAMPLE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one step took: seconds by the clock, CPU seconds of this process and its workers."""

    wall: float
    cpu: float


def main() -> None:
    """Print a table: a line a step, then the peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, spawned(SOURCE, processes=options.processes) as portal:
        for workers in (1, 2):
            measure(Path(folder) / str(workers), portal, workers)
        compare(settings(Path(folder) / "1", portal, 1))


def settings(home: Path, portal: Spawned, workers: int) -> Settings:
    """Give the settings of an installation of its own."""
    return Settings.from_env(
        {
            "OCDS_HOME": str(home),
            "OCDS_PSEUDONYM_KEY": "a key for measuring alone",
            "OCDS_WORKERS": str(workers),
            "OCDS_KAZAKHSTAN_BASE_URL": portal.base_url,
            "OCDS_KAZAKHSTAN_TOKEN": portal.token,
            "OCDS_KAZAKHSTAN_RATE": "100000",
        }
    )


def measure(home: Path, portal: Spawned, workers: int) -> None:
    """Do each step and print its figures."""
    own = settings(home, portal, workers)
    print(f"\nworkers: {workers}")
    print(f"{'step':<12}{'units':>12}{'wall s':>9}{'CPU s':>9}{'per CPU s':>12}")
    for step, count in (("harvest", _objects), ("transform", _processes), ("publish", _records)):
        with timed() as figures:
            report = step_report(own, step)
        row(step, count(report), figures())
    with timed() as figures:
        verified = verify_place(str(home / "public"))
    row("verify", verified["editions"][0]["records"], figures())
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"most memory of one process so far: {peak / 1024:,.0f} MiB")


def step_report(own: Settings, step: str) -> Json:
    """Do one step and give its report."""
    request = Request.parse(SOURCE, first=None, until=START.isoformat(), full=True)
    return do_all(request, (step,), settings=own, progress=SilentMeter())["steps"][step]


def compare(own: Settings) -> None:
    """Print what validating and merging alone cost the peers, for some of the same releases."""
    extensions = load_source(SOURCE, own).extensions
    schema = release_schema(extensions)
    peer = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    merger = PeerMerger(schema)
    histories = list(_histories(own))
    with timed() as figures:
        for releases in histories:
            for release in releases:
                list(peer.iter_errors(release))
    row("jsonschema", sum(map(len, histories)), figures())
    with timed() as figures:
        for releases in histories:
            merger.create_compiled_release(releases)
    row("ocdsmerge", len(histories), figures())


def row(name: str, units: int, figures: Figures) -> None:
    """Print one line."""
    print(f"{name:<12}{units:>12,}{figures.wall:>9.1f}{figures.cpu:>9.1f}{units / figures.cpu:>12,.0f}")
    sys.stdout.flush()


@contextmanager
def timed() -> Iterator[Callable[[], Figures]]:
    """Measure a block."""
    wall, cpu = time.perf_counter(), _cpu()
    found: list[Figures] = []
    yield lambda: found[0]
    found.append(Figures(wall=time.perf_counter() - wall, cpu=_cpu() - cpu))


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _histories(own: Settings) -> Iterator[list[Json]]:
    with Store.open(own.database_url) as store:
        left = SAMPLE
        for year in store.years(SOURCE):
            for _, releases in store.history(SOURCE, year):
                if left:
                    left -= 1
                    yield [json.decode(release.body) for release in releases]


def _objects(report: Json) -> int:
    return int(report["objects"])


def _processes(report: Json) -> int:
    return int(report["processes"])


def _records(report: Json) -> int:
    return int(report["records"])


if __name__ == "__main__":
    main()
