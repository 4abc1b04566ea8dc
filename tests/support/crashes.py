"""Publications that are killed at a chosen moment, and a reader that looks on all the time."""

import hashlib
import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.storage import FileStorage, open_storage
from ocds_schema.errors import PipelineError
from publish.derive import derive
from publish.edition import write_edition
from publish.layout import source_key
from publish.lock import hold
from publish.manifest import published, read_manifest, read_pointer
from publish.pointer import find_pointer
from publish.retract import retract
from publish.retractions import Retraction
from publish.storage import Storage
from tests.support.publishing import KAZAKHSTAN, changed, go_back, order, sample

SOURCE = "kazakhstan"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir"}
_CALLS = ("put_new", "replace", "read", "open", "stat", "delete", "keys", "capabilities")


@dataclass(frozen=True, kw_only=True)
class Kill:
    """When a publication dies.

    `kind` is `call` (of the storage, or `called`: after it was done), `file` (opened to be written, renamed, linked,
    removed) or `time`; `at` counts these from 1, or is in seconds.
    """

    kind: str
    at: float


@dataclass
class Tally:
    """How often something happened that a publication may die of, and what it does to it then."""

    kill: Kill
    die: Callable[[], None]
    root: str
    counts: dict[str, int] = field(default_factory=lambda: {"call": 0, "called": 0, "file": 0})
    guard: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str) -> None:
        """Count one more, and die of it if it is the one."""
        with self.guard:
            self.counts[kind] += 1
            is_last = kind == self.kill.kind and self.counts[kind] == self.kill.at
        if is_last:
            self.die()

    def hear(self, event: str, given: tuple[Any, ...]) -> None:
        """Count what Python does to files below the root."""
        is_write = event in _EVENTS or (event == "open" and isinstance(given[2], int) and given[2] & _WRITES)
        if is_write and str(given[0]).startswith(self.root):
            self.count("file")


class CountedStorage:
    """A storage of which every call is counted, before and after."""

    def __init__(self, inner: Storage, tally: Tally) -> None:
        self._inner = inner
        self._tally = tally

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._inner, name)
        if name not in _CALLS:
            return inner

        def call(*given: Any, **named: Any) -> Any:
            self._tally.count("call")
            result = inner(*given, **named)
            self._tally.count("called")
            return result

        return call


def publish(storage: Any, work: Path, sequence: int) -> None:
    """Publish an edition as the pipeline does: under the lock, going on with what is there."""
    made = sample() if sequence == 1 else changed(sample())
    with hold(storage, SOURCE, this_publisher()) as lock:
        write_edition(made, storage, order(sequence, inputs=made.fingerprint()), work=work, lock=lock)


def take_back(storage: Any, edition: str) -> None:
    """Take an edition back as the command does."""
    words = {"by": "A. Editor", "reason": "a wrong currency", "date": "2026-11-24T08:00:00Z"}
    with hold(storage, SOURCE, this_publisher()) as lock:
        pointer = find_pointer(storage, SOURCE, lock)
        assert pointer
        retract(storage, SOURCE, pointer, Retraction(edition_id=edition, **words), lock=lock, signing=None)
        derive(storage, SOURCE, KAZAKHSTAN.publisher.base_url, ())


def go_on(storage: Any, work: Path, step: int) -> None:
    """Do a step of a story: two editions, back to the first one, and the second one is taken back."""
    if step in {1, 2}:
        publish(storage, work, step)
    elif step == 3:
        with hold(storage, SOURCE, this_publisher()) as lock:
            go_back(storage, work, 3, edition(1), lock=lock)
    else:
        take_back(storage, edition(2))


def edition(sequence: int) -> str:
    """The id of an edition of the story."""
    return order(sequence).edition_id


def run(url: str, work: Path, step: int, kill: Kill, settings: dict[str, str]) -> None:
    """Do a step in this process and die as told; the body of a process of its own, with its own settings."""
    os.environ.update(settings)
    tally = Tally(kill=kill, die=lambda: os.kill(os.getpid(), signal.SIGKILL), root=str(work.parent))
    sys.addaudithook(tally.hear)
    if kill.kind == "time":
        # Without a handler the alarm ends the process where it stands.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, kill.at)
    go_on(CountedStorage(open_storage(url), tally), work, step)


def forking() -> Any:
    """A way to start processes quickly, each one new."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.crashes"])
    return context


def killed(context: Any, url: str, work: Path, step: int, kill: Kill) -> bool:
    """Do a step in a process that is killed; say whether it was, for it may have ended before."""
    # The server that forks keeps the environment it was started with.
    settings = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    process = context.Process(target=run, args=(url, work, step, kill, settings))
    process.start()
    process.join(120)
    if process.exitcode not in {0, -signal.SIGKILL, -signal.SIGALRM}:
        raise AssertionError(f"the publisher ended with {process.exitcode} instead of by {kill}")
    return bool(process.exitcode)


def moments(storage: FileStorage, work: Path, step: int) -> dict[str, int]:
    """Count in how many moments of each kind a step can die; it is done for that."""
    heard = Tally(kill=Kill(kind="", at=0), die=lambda: None, root=str(work.parent))
    is_over = []
    sys.addaudithook(lambda event, given: None if is_over else heard.hear(event, given))
    go_on(CountedStorage(storage, heard), work, step)
    is_over.append(True)
    return heard.counts


@dataclass
class Reader:
    """Somebody who reads all the time: how often, and what was wrong."""

    storage: Storage
    reads: int = 0
    wrong: list[str] = field(default_factory=list)
    editions: set[str | None] = field(default_factory=set)

    def look(self) -> None:
        """Read the pointer, its manifest and all that the manifest names."""
        try:
            pointer = read_pointer(self.storage, SOURCE)
            self.editions.add(pointer.edition_id if pointer else None)
            if pointer:
                for entry in published(read_manifest(self.storage, SOURCE, pointer)):
                    self._hold(entry)
        except PipelineError as error:
            self.wrong.append(str(error))
        self.reads += 1

    def _hold(self, entry: Any) -> None:
        key = source_key(SOURCE, entry["path"])
        with self.storage.open(key) as stream:
            found = hashlib.sha256(stream.read()).hexdigest()
        if found != entry["sha256"]:
            self.wrong.append(f"{key}: {found}")


@contextmanager
def reading(storage: Storage) -> Iterator[Reader]:
    """Have somebody read from a storage while the block runs, and once more at its end."""
    reader, ended = Reader(storage), threading.Event()

    def loop() -> None:
        while not ended.wait(0.01):
            reader.look()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        ended.set()
        thread.join()
        reader.look()


def spread(counts: dict[str, int], number: int) -> list[Kill]:
    """Choose moments to die: every kind, all along a publication, and as many by the clock as by each count."""
    kinds = [*counts, "time"]
    each = -(-number // len(kinds))
    chosen = [
        [Kill(kind=kind, at=1 + (place * counts[kind]) // each) for place in range(each)]
        if kind in counts
        else [Kill(kind=kind, at=0.4 * (place + 1) / each) for place in range(each)]
        for kind in kinds
    ]
    return [kill for kills in itertools.zip_longest(*chosen) for kill in kills if kill][:number]
