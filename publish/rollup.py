"""Deltas of several days in one, folded from those of each edition: whoever is a week behind reads one file.

A roll-up begins at the newest edition that is at least so many days old. Of a record that moved more than once only the
last state is in it, and nothing of one that is what it was.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import StorageError
from ocds_schema.json import Json
from publish.formats import LinesFile, Written, lines_of
from publish.layout import edition_path
from publish.manifest import moment
from publish.past import Lines, Past

SPANS = {"d7": timedelta(days=7), "d30": timedelta(days=30)}
CHANGELOG, DELTA = "changelog.jsonl.gz", "delta.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Step:
    """One record's part in one edition: the digest before and after it, and its line of the delta."""

    ocid: str
    base: str | None
    next: str | None
    line: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """A roll-up that was written, with its header, or why it could not be."""

    kind: str
    written: Written | None = None
    header: Json = None
    missing: str = ""


def roll_ups(past: Past, now: Json, steps: "Steps", folder: Path) -> Iterator[RollUp]:
    """Write the roll-ups of an edition that is being built into a folder.

    `now` has its `dataset`, `moment`, `to` and `toStateDigest`; `steps` are its own. A span for which there is no
    edition old enough has none.
    """
    chain: list[Json] = []
    spans = dict(SPANS)
    for manifest in past.manifests():
        age = datetime.fromisoformat(now["moment"]) - datetime.fromisoformat(moment(manifest))
        for kind in [kind for kind, span in spans.items() if age >= span]:
            del spans[kind]
            path = folder / f"delta-{kind}.jsonl.gz"
            try:
                editions = [*(_steps_of(past, each) for each in reversed(chain)), steps]
                written, header = _write(path, manifest, editions, now)
            except (StorageError, ValueError, KeyError) as error:
                path.unlink(missing_ok=True)
                yield RollUp(kind=kind, missing=f"a delta that it is folded of cannot be read: {error}")
            else:
                yield RollUp(kind=kind, written=written, header=header)
        if not spans:
            return
        chain.append(manifest)


class Steps:
    """The steps of one edition, read as often as they are wanted."""

    def __init__(self, changelog: Iterable[bytes], delta: Iterable[bytes]) -> None:
        """Take the lines of the changelog and those of the delta, without its header; each can be read again."""
        self._changelog = changelog
        self._delta = delta

    def __iter__(self) -> Iterator[Step]:
        """Give the steps by ocid.

        Raises:
            ValueError: changelog and delta are not of the same records.
        """
        groups = groupby(map(_picked, self._changelog), itemgetter(0))
        for (ocid, group), line in zip(groups, self._delta, strict=True):
            if json.member(line, "ocid") != ocid:
                raise ValueError(f"the delta has no line of {ocid} where the changelog has one")
            moves = list(group)
            yield Step(ocid, moves[0][1], moves[-1][2], line)


def folded(editions: Sequence[Iterable[Step]]) -> Iterator[Step]:
    """Fold the steps of editions, the oldest first, into one of each record; those that lead nowhere are left out."""
    numbered = [_numbered(number, steps) for number, steps in enumerate(editions)]
    for _, group in groupby(heapq.merge(*numbered, key=itemgetter(0, 1)), itemgetter(0)):
        of_one = [step for _, _, step in group]
        first, last = of_one[0], of_one[-1]
        if first.base != last.next:
            yield Step(last.ocid, first.base, last.next, last.line)


def _numbered(number: int, steps: Iterable[Step]) -> Iterator[tuple[bytes, int, Step]]:
    # By the bytes, which is the order of the files.
    return ((step.ocid.encode(), number, step) for step in steps)


def _picked(line: bytes) -> tuple[str, str | None, str | None]:
    members = json.members(line)
    ocid, base, following = (name in members and json.decode(members[name]) for name in ("ocid", "base", "next"))
    return str(ocid), base or None, following or None


def _steps_of(past: Past, manifest: Json) -> Steps:
    changelog, delta = (edition_path(manifest["editionId"], name) for name in (CHANGELOG, DELTA))
    return Steps(Lines(partial(past.lines, changelog)), Lines(partial(past.lines, delta), skipped=1))


def _write(path: Path, base: Json, editions: Sequence[Iterable[Step]], now: Json) -> tuple[Written, Json]:
    """Write the file: a header, which holds the counts and so is known last, and a line of each record."""
    counts: Counter[str] = Counter()
    spool = path.with_suffix(".spool")
    with LinesFile(spool, 1) as lines:
        for step in folded(editions):
            counts["adds" if step.base is None else "deletes" if step.next is None else "changes"] += 1
            lines.write(step.line)
        lines.finish()
    header = {
        "dataset": now["dataset"],
        "from": base["editionId"],
        "fromStateDigest": base["state"]["stateDigest"],
        "to": now["to"],
        "toStateDigest": now["toStateDigest"],
        **{name: counts[name] for name in ("adds", "changes", "deletes")},
    }
    with LinesFile(path) as file:
        file.write(json.encode({"type": "header", **header}))
        for line in lines_of(spool):
            file.write(line)
        spool.unlink()
        return file.finish(), header
