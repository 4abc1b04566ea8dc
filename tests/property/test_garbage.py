"""Published, killed and collected in whatever order: kept editions stay whole, and nothing useless stays."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish import garbage
from publish.derive import derive
from publish.manifest import read_pointer
from publish.mending import damages
from publish.retention import Rule, read_ledger
from publish.verify import verify
from tests.support.publishing import FIRST, Entry, FaultyStorage, KilledError, MemoryHistory, publish, sample, tender

SOURCE = "kazakhstan"
RULE = Rule(every=10, weekly=40, retracted=5)
GRACE = 7
LOCK: Any = SimpleNamespace(check=lambda: None)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """Nothing is to survive a power cut here; waiting for the disk would take most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class World:
    """A source that is published, and cleaned up, at random moments; killed now and then."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.storage = FileStorage(folder / "public")
        self.work = folder / "work"
        self.now = FIRST
        self.history = sample()
        self.deleted = 0

    @property
    def sequence(self) -> int:
        pointer = read_pointer(self.storage, SOURCE)
        return pointer.sequence if pointer else 0

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def moved(self) -> MemoryHistory:
        entry = Entry(year=2024, states=(tender("100", amount=self.chance.randint(1, 10**6)),))
        return self.history.then(_100=entry) if self.sequence else self.history

    def publish(self) -> None:
        made = self.moved()
        publish(made, self.storage, self.work, self.sequence + 1, as_of=self.now)
        self.history = made

    def abandon(self) -> None:
        """A publication that is killed and never gone on with: the next one is of other data."""
        made = self.moved()
        dying = FaultyStorage(self.storage, self.chance.randint(1, 60))
        with suppress(KilledError):
            publish(made, dying, self.work / "abandoned", self.sequence + 1, as_of=self.now)
            self.history = made

    def collect_and_die(self) -> None:
        self.collect(deadly=True)

    def collect(self, *, deadly: bool = False) -> garbage.Found:
        storage: Any = FaultyStorage(self.storage, self.chance.randint(1, 40)) if deadly else self.storage
        found = garbage.search(self.storage, SOURCE, self.mark(), now=self.now, grace=GRACE)
        try:
            garbage.note(storage, SOURCE, found, self.now)
            garbage.announce(storage, SOURCE, found, RULE, self.now)
            derive(storage, SOURCE, "https://data.example.org", ())
            garbage.delete(storage, SOURCE, found, now=self.now, lock=LOCK)
            self.deleted += len(found.due)
        except KilledError:
            pass
        return found

    def mark(self) -> garbage.Marked:
        return garbage.mark(self.storage, SOURCE, RULE)

    def check(self) -> None:
        marked = self.mark()
        for edition in marked.passing:
            report = verify(self.storage, SOURCE, edition)
            assert report.findings == (), edition
            # Time only ever takes editions out of the rule, so one that is kept now always was.
            assert not (edition in marked.kept and report.files_collected), edition

    def check_bytes(self) -> None:
        """As `check`, but by hashes alone: nothing that a kept edition names is gone, nor any edition's own files."""
        marked = self.mark()
        ledger = read_ledger(self.storage, SOURCE)
        for edition in marked.passing:
            manifest = json.decode(self.storage.read(f"v1/{SOURCE}/editions/{edition}/manifest.json"))
            may_be_gone = edition not in marked.kept and edition in ledger.collected
            found = damages(self.storage, SOURCE, manifest, collected=may_be_gone, progress=lambda _: None)
            assert list(found) == [], edition

    def useless(self) -> Iterator[str]:
        found = garbage.search(self.storage, SOURCE, self.mark(), now=self.now, grace=GRACE)
        return iter([each.path for each in (*found.due, *found.waiting)])


@pytest.mark.parametrize("seed", range(3))
def test_kept_editions_stay_whole_and_nothing_useless_stays_for_ever(seed, tmp_path):
    assert live(seed, tmp_path) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 60))
def test_of_many_more_histories_too(seed, tmp_path):
    live(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(60, 1000, 94))
def test_of_a_thousand_histories_no_collection_takes_what_is_needed(first, tmp_path):
    deleted = 0
    for seed in range(first, first + 94):
        folder = tmp_path / f"{seed}"
        deleted += live(seed, folder, acts=9, check=World.check_bytes)
        shutil.rmtree(folder)
    print(f"94 histories from seed {first}: {deleted} objects deleted")  # noqa: T201 - the figure of the proof

    assert deleted > 94


def live(seed: int, tmp_path: Path, *, acts: int = 14, check: Callable[[World], None] = World.check) -> int:
    """Let so many things happen, then what it takes for nothing to be left; give how much was deleted on the way."""
    world = World(seed, tmp_path)
    world.publish()
    for _ in range(acts):
        world.wait(world.chance.choice((1, 2, 5, 9)))
        act = world.chance.choice((world.publish, world.publish, world.collect, world.abandon, world.collect_and_die))
        act()
    check(world)

    world.wait(1)
    world.collect()
    world.wait(GRACE)
    world.collect()

    assert list(world.useless()) == []
    check(world)
    return world.deleted
