"""Measures what a daily edition costs against one that is built from nothing, by where the changes of the day lie.

The processes are invented, spread evenly over some years, and published from a store to a folder. Then one in two
hundred changes: once all of them in the newest year, as most do, and once in every year alike. What is measured is CPU
of this process and those it starts, what each part of the work takes, and the most memory that all these processes had
together, pages that they share counted once. With `--gates` every edition is looked at by all checks and held against
all gates, as a publication is.
"""

import argparse
import os
import random
import resource
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Self
from unittest import mock
from uuid import uuid4

from benchmarks.releases import EXTENSIONS, releases
from ocds_pipeline.gates.keeper import Keeper
from ocds_pipeline.gates.override import Override
from ocds_pipeline.quality.published import EditionInspector
from ocds_pipeline.steps.moves import StoreHistory
from ocds_pipeline.storage import FileStorage
from ocds_pipeline.store import Mark, Store
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.outcome import Outcome
from ocds_schema.release import Record, Release
from ocds_schema.run import Run
from ocds_schema.source import Source, read_source
from publish import draft
from publish.carried import Carrier
from publish.edition import Edition, Order, write_edition
from publish.layout import edition_id
from publish.manifest import published
from transformers.compiled import Merger

SOURCE: Source = read_source("kazakhstan")
FIRST = datetime(2026, 11, 22, tzinfo=UTC)
NEWEST = 2026
BATCH = 1_000
KINDS = 12_000
NUMBERS = 10_000_000
"""Processes are numbered from here on: all numbers have as many digits."""
WHOLE = 4
WAIVED = frozenset({"changes", "days", "recency", "register", "crawl"})
PARTS = {
    "add_problems": "problems",
    "compare": "changelog",
    "add_years": "years",
    "add_lookups": "files of all years",
    "add_changes": "deltas",
    "add_issues": "checks",
    "add_metadata": "descriptions",
    "add_gates": "gates",
    "finish": "manifest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """CPU seconds, seconds by the clock, most memory and new bytes of one edition.

    `parts` are the CPU seconds of its parts, `formats` the bytes by format.
    """

    cpu: float
    wall: float
    memory: int
    new_bytes: int
    parts: Counter[str]
    formats: Counter[str]


def main() -> None:
    """Print a table: a line an edition."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=12_000)
    parser.add_argument("--years", type=int, default=12)
    parser.add_argument("--changed", type=float, default=0.005)
    parser.add_argument("--gates", action="store_true", help="with all checks and all gates")
    parser.add_argument("--last-release", action="store_true", help="keep one release of a process, the last")
    parser.add_argument("--days", type=int, default=4, help="how many editions follow the first, of four kinds")
    parser.add_argument("--folder", type=Path, help="where to work; it needs some 30 GB for a million")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=options.folder) as folder,
        Store.open(f"sqlite:///{folder}/store.sqlite3") as store,
    ):
        begun = time.perf_counter()
        fill(store, options.processes, options.years, only_last=options.last_release)
        print(f"filled in {time.perf_counter() - begun:.1f} s", flush=True)
        bench = Bench(store, Path(folder), gates=options.gates)
        show("built from nothing", whole := bench.publish(), whole)
        print("bytes: " + ", ".join(f"{form} {size:,}" for form, size in whole.formats.most_common()), flush=True)
        for day in days(store, options)[: options.days]:
            show(day(), bench.publish(), whole)
        if options.days == WHOLE:
            change(store, _changed(options), [NEWEST], seed=3)
            with mock.patch.object(Carrier, "year", return_value=None):
                show("as the third, with every year built", bench.publish(), whole)


def days(store: Store, options: argparse.Namespace) -> list[Callable[[], str]]:
    """Give what happens on each day, and says what it was."""
    count, years = _changed(options), options.years

    def newest() -> str:
        change(store, count, [NEWEST], seed=1)
        return f"{count} changed, in the newest of {years} years"

    def every() -> str:
        change(store, count, range(NEWEST - years + 1, NEWEST + 1), seed=2)
        return f"{count} changed, in every year alike"

    return [lambda: "nothing changed", newest, every]


def _changed(options: argparse.Namespace) -> int:
    return max(1, round(options.processes * options.changed))


class Bench:
    """Publishes one edition after the other, and measures each."""

    def __init__(self, store: Store, folder: Path, *, gates: bool) -> None:
        self._store = store
        self._folder = folder
        self._storage = Linked(folder / "public")
        self._gates = gates
        self._mark = Mark()
        self._number = 0

    def publish(self) -> Spent:
        """Publish what the store holds."""
        self._number += 1
        through = Mark(release=self._store.mark(SOURCE.name), removal=self._store.removal_mark(SOURCE.name))
        history = StoreHistory(
            self._store, SOURCE.name, since=self._mark, through=through, merger=Merger(SOURCE.extensions)
        )
        parts: Counter[str] = Counter()
        cpu, wall = _cpu(), time.perf_counter()
        with timed(parts), Memory() as memory:
            edition = self._write(history)
        self._mark = through
        formats = Counter[str]()
        for entry in published(edition.manifest):
            formats[entry["format"]] += entry["bytes"]
        return Spent(
            cpu=_cpu() - cpu,
            wall=time.perf_counter() - wall,
            memory=memory.most,
            new_bytes=edition.new_bytes,
            parts=parts,
            formats=formats,
        )

    def _write(self, history: StoreHistory) -> Edition:
        as_of = FIRST + timedelta(days=self._number)
        facts = {"asOf": as_of.isoformat().replace("+00:00", "Z"), "pipeline": {"name": "ocds-pipeline"}}
        order = Order(source=SOURCE, edition_id=edition_id(as_of, self._number), facts=facts)
        work = self._folder / "work"
        if not self._gates:
            return write_edition(history, self._storage, order, work=work)
        every = Override(gates=WAIVED, by="the benchmark", reason="the changes are invented")
        inspector = EditionInspector(SOURCE, order.edition_id, str(facts["asOf"]))
        with Keeper(SOURCE, every, os.environ, work) as keeper:
            return write_edition(history, self._storage, order, work=work, judge=keeper.judge, inspector=inspector)


class Linked(FileStorage):
    """A folder on the disk that is worked on: files are linked into it, so that the disk holds them once."""

    @contextmanager
    def _written(self, data: bytes | Path, sha256: str | None) -> Iterator[Path]:
        if isinstance(data, bytes):
            with super()._written(data, sha256) as file:
                yield file
            return
        self._prepare()
        temporary = self._private / uuid4().hex
        temporary.hardlink_to(data)
        yield temporary
        temporary.unlink(missing_ok=True)


class Memory:
    """Watches the memory of this process and all those below it; pages that they share count once."""

    def __init__(self) -> None:
        self.most = 0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.5):
            self.most = max(self.most, sum(map(_pss, _tree(os.getpid()))))


def _tree(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _pss(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


@contextmanager
def timed(parts: Counter[str]) -> Iterator[None]:
    """Add up what each part of the building takes."""
    with mock.patch.multiple(draft._Build, **{name: _timed(name, parts) for name in PARTS}):  # noqa: SLF001
        yield


def _timed(name: str, parts: Counter[str]) -> Callable[..., Any]:
    inner = getattr(draft._Build, name)  # noqa: SLF001

    @wraps(inner)
    def measured(*given: Any) -> Any:
        start = _cpu()
        try:
            return inner(*given)
        finally:
            parts[PARTS[name]] += _cpu() - start  # type: ignore[assignment]

    return measured


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def show(what: str, spent: Spent, whole: Spent) -> None:
    """Print one line, with the parts that took most."""
    most = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.parts.most_common(5))
    print(
        f"{what:46} {spent.cpu:7.1f} CPU s {spent.wall:7.1f} s {spent.memory >> 20:5} MiB "
        f"{spent.new_bytes / 1e6:8.1f} MB new "
        f"{spent.cpu / whole.cpu:7.1%} of the first   {most}",
        flush=True,
    )


def fill(store: Store, processes: int, years: int, *, only_last: bool = False) -> None:
    """Keep the releases and records of invented processes; beyond `KINDS` they are like earlier ones but for ids."""
    run = Run(id=f"{FIRST:%Y%m%dT%H%M%SZ}-000001", source=SOURCE.name, as_of=FIRST)
    kinds = min(processes, KINDS // years * years)
    parts = [(first, min(BATCH, kinds - first), years, only_last) for first in range(0, kinds, BATCH)]
    made: list[list[Outcome]] = []
    with ProcessPoolExecutor(2) as makers:
        for outcomes in makers.map(_made, *zip(*parts, strict=True)):
            made.append(outcomes if processes > kinds else [])
            _save(store, run, outcomes)
    for first in range(kinds, processes, kinds):
        for place, outcomes in enumerate(made):
            if place * BATCH < processes - first:
                _save(store, run, [_like(each, first) for each in outcomes])


def _made(first: int, count: int, years: int, only_last: bool) -> list[Outcome]:
    merger, made = Merger(EXTENSIONS), list[Outcome]()
    stream = releases(count, seed=first + 1, first=NUMBERS + first)
    for place, (_, history) in enumerate(groupby(stream, itemgetter("ocid"))):
        told = list(history)
        made += _outcomes(merger, NEWEST - (first + place) % years, told[-1:] if only_last else told)
    return made


def _like(outcome: Outcome, more: int) -> Outcome:
    """Give the same under another number, which has as many digits."""
    assert outcome.ocid
    assert outcome.release
    assert outcome.record
    number = outcome.ocid[-len(str(NUMBERS)) :]
    was, now = number.encode(), str(int(number) + more).encode()
    ocid = outcome.ocid.replace(number, now.decode())
    release, record = outcome.release, outcome.record
    body = record.body.replace(was, now)
    digest = json.digest(body)
    return replace(
        outcome,
        process=ocid,
        ocid=ocid,
        release=replace(
            release, ocid=ocid, id=release.id.replace(number, now.decode()), body=release.body.replace(was, now)
        ),
        record=replace(record, ocid=ocid, process=ocid, digest=digest, state_digest=digest, body=body),
    )


def _outcomes(merger: Merger, year: int, history: Sequence[Json]) -> Iterator[Outcome]:
    compiled: Json = None
    for release in history:
        body = json.decode(json.encode(release | {"date": f"{year}{release['date'][4:]}"}))
        compiled = merger.extend(compiled, body)
        yield _outcome(body, compiled, year)


def _outcome(body: Json, compiled: Json, year: int) -> Outcome:
    date, record = datetime.fromisoformat(body["date"]), json.encode(compiled)
    release = Release(ocid=body["ocid"], id=body["id"], date=date, tag=tuple(body["tag"]), body=json.encode(body))
    return Outcome(
        process=body["ocid"],
        ocid=body["ocid"],
        release=release,
        record=Record(
            ocid=body["ocid"],
            process=body["ocid"],
            year=year,
            date=date,
            digest=json.digest(record),
            state_digest=json.digest(record),
            body=record,
        ),
    )


def _save(store: Store, run: Run, outcomes: Sequence[Outcome]) -> None:
    # Of one process the last record stands; its releases are saved one after another.
    while outcomes:
        seen: set[str] = set()
        now = [each for each in outcomes if not (each.process in seen or seen.add(each.process))]
        outcomes = [each for each in outcomes if id(each) not in {id(one) for one in now}]
        store.save_outcomes(run, now)


def change(store: Store, count: int, years: Sequence[int], *, seed: int) -> None:
    """Give so many records a release more, the same number in each year."""
    merger, chance = Merger(EXTENSIONS), random.Random(seed)
    run = Run(id=f"{FIRST:%Y%m%dT%H%M%SZ}-{seed + 1:06d}", source=SOURCE.name, as_of=FIRST)
    for year in years:
        ocids = [record.ocid for record, _ in store.history(SOURCE.name, year)]
        wanted = set(chance.sample(ocids, max(1, count // len(years))))
        for record in [record for record, _ in store.history(SOURCE.name, year) if record.ocid in wanted]:
            compiled = json.decode(record.body)
            date = record.date + timedelta(days=seed)
            body = {
                "ocid": record.ocid,
                "id": f"{record.ocid}-later-{seed}",
                "date": date.isoformat(),
                "tag": ["tenderUpdate"],
                "initiationType": "tender",
                "tender": {"id": record.ocid[-8:], "title": f"изменено {seed}"},
            }
            outcome = _outcome(body, merger.extend(compiled, body), year)
            store.save_outcomes(run, [replace(outcome, process=record.process)])


if __name__ == "__main__":
    main()
