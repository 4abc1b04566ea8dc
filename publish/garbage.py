"""Objects that nothing needs any more: found, written down, waited for, and only then deleted.

What is needed is marked from the pointer: every edition that led to it, and of those that the rule keeps the data.
What is not needed is put into a plan on the storage. It is deleted when it has stood there for the days of grace and
still is not needed. A publication that meets an object it wants takes it off the plan, so that one which stood still
for less than these days never names a file that is gone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ocds_schema.errors import PublishError
from publish.chain import chain
from publish.derive import put_current
from publish.layout import source_key
from publish.lock import Lock
from publish.manifest import published, read_pointer
from publish.plan import Waste, read_plan, write_plan
from publish.retention import NAME, Ledger, Rule, kept, ledger_text, passes, read_ledger
from publish.retractions import read_retractions
from publish.storage import Storage

GRACE = 7
"""Days that an object stands in the plan before it is deleted."""
MOST = 30
"""Percent of all bytes beyond which nothing is deleted unless a person says so."""
_DATA = re.compile(r"data/[a-z0-9_-]+/[a-z0-9_-]+/(?:year=\d{4}|all)/[^/]+")
_OF_EDITION = re.compile(r"editions/(\d{8}T\d{6}Z-\d{6})/[^/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What every edition holds, and what of it is needed.

    `kept` says of each edition whose data is kept why. `passing` are the paths of each edition that go with its data,
    `needed` the paths of all files that stay, `last` the newest edition that had one of the others. `sizes` are those
    of all files that a manifest names.
    """

    kept: Mapping[str, str]
    passing: Mapping[str, frozenset[str]]
    needed: frozenset[str]
    last: Mapping[str, str]
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a collection found: objects that are `due`, and those that wait in the plan.

    `foreign` are keys that no publication of ours has ever written; they are left alone. `whole` are the bytes of all
    objects, needed or not.
    """

    marked: Marked
    due: Sequence[Waste]
    waiting: Sequence[Waste]
    foreign: Sequence[str]
    whole: int

    @property
    def share(self) -> float:
        """How much of all bytes is due, in percent."""
        return 100 * sum(each.bytes for each in self.due) / self.whole if self.whole else 0.0


def mark(storage: Storage, source: str, rule: Rule) -> Marked:
    """Tell what is needed of a source.

    Raises:
        PublishError: there is no pointer, or a manifest that led to it is gone or altered: then nothing can be told.
    """
    pointer = read_pointer(storage, source)
    if pointer is None:
        raise PublishError(f"{source} has no latest.json: without it everything would look useless; repair it first")
    ledger = read_ledger(storage, source)
    of_edition: dict[str, list[tuple[str, bool]]] = {}
    sizes: dict[str, int] = {}

    for manifest in chain(storage, source, pointer):
        entries = published(manifest)
        sizes.update((each["path"], each["bytes"]) for each in entries)
        of_edition[manifest["editionId"]] = [(each["path"], passes(each)) for each in entries]
    retracted = {each["editionId"]: each["date"] for each in read_retractions(storage, source, pointer.body)}
    why = kept(list(of_edition), retracted, ledger.held, rule)
    stay = {path for edition, paths in of_edition.items() for path, goes in paths if edition in why or not goes}
    passing = {edition: frozenset(path for path, goes in paths if goes) for edition, paths in of_edition.items()}
    last = {path: edition for edition in reversed(passing) for path in passing[edition] - stay}
    return Marked(kept=why, passing=passing, needed=frozenset(stay), last=last, sizes=sizes)


def search(storage: Storage, source: str, marked: Marked, *, now: datetime, grace: int = GRACE) -> Found:
    """Look at every object of a source, and give those that nothing needs; the plan says since when."""
    since = {each.path: each for each in read_plan(storage, source)}
    due: list[Waste] = []
    waiting: list[Waste] = []
    foreign: list[str] = []
    whole = 0
    for path in _paths(storage, source):
        if (why := _useless(path, marked)) is None:
            # What a redaction withdrew, or a collection took, is named still but not there.
            whole += marked.sizes.get(path, 0)
            continue
        if not why:
            foreign.append(path)
            continue
        known = since.get(path)
        size = known.bytes if known else _size(storage, source, path, marked)
        waste = Waste(path=path, bytes=size, why=why, since=known.since if known else now.isoformat())
        is_due = known is not None and now - datetime.fromisoformat(known.since) >= timedelta(days=grace)
        (due if is_due else waiting).append(waste)
        whole += size
    return Found(marked=marked, due=due, waiting=waiting, foreign=foreign, whole=whole)


def note(storage: Storage, source: str, found: Found, now: datetime) -> None:
    """Write the plan: all that nothing needs, with the moment since when."""
    write_plan(storage, source, [*found.due, *found.waiting], now)


def announce(storage: Storage, source: str, found: Found, rule: Rule, now: datetime) -> Sequence[str]:
    """Publish which editions lose data with what is due, and give them; this comes before anything is deleted."""
    due = {each.path for each in found.due}
    ledger = read_ledger(storage, source)
    gone = [edition for edition, paths in found.marked.passing.items() if paths & due]
    new = {edition: now.isoformat(timespec="seconds") for edition in gone if edition not in ledger.collected}
    publish_ledger(storage, source, rule, replace(ledger, collected={**ledger.collected, **new}))
    return gone


def delete(storage: Storage, source: str, found: Found, *, now: datetime, lock: Lock) -> None:
    """Delete what is due. A crash at any moment leaves objects that the next collection deletes.

    Raises:
        StorageConflictError: the lock is lost; nothing more is deleted.
    """
    for each in found.due:
        lock.check()
        storage.delete(source_key(source, each.path))
    write_plan(storage, source, found.waiting, now)


def publish_ledger(storage: Storage, source: str, rule: Rule, ledger: Ledger) -> None:
    """Publish the rule, what is kept against it, and what was collected."""
    put_current(storage, source_key(source, NAME), ledger_text(source, rule, ledger))


def _paths(storage: Storage, source: str) -> Iterator[str]:
    for folder in ("data/", "editions/"):
        prefix = source_key(source, "")
        for key in storage.keys(f"{prefix}{folder}"):
            yield key.removeprefix(prefix)


def _useless(path: str, marked: Marked) -> str | None:
    """Say why nothing needs an object; nothing where something does, and an empty text for one that is not ours."""
    if path in marked.needed:
        return None
    if path in marked.last:
        return f"data of edition {marked.last[path]}, which is not kept any more"
    if _DATA.fullmatch(path):
        return "no edition has it"
    if (of_edition := _OF_EDITION.fullmatch(path)) is None:
        return ""
    edition = of_edition[1]
    return None if edition in marked.passing else f"edition {edition} was never published"


def _size(storage: Storage, source: str, path: str, marked: Marked) -> int:
    if path in marked.sizes:
        return marked.sizes[path]
    stat = storage.stat(source_key(source, path))
    return stat.bytes if stat else 0
