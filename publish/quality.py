"""What checks find in an edition: every compiled release is looked at once more, as it will be published."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import BinaryIO, Protocol

from ocds_schema import json
from ocds_schema.json import Json
from publish import issues
from publish.changelog import Change
from publish.formats import read_lines
from publish.history import History

NAME = "quality.json"


class Inspector(Protocol):
    """Looks at compiled releases one after the other; what it finds has `ocid`, `path`, `pointer`, `rule`, ….

    An inspector is for one edition.
    """

    def look(self, compiled: Json, *, year: int, before: Json | None) -> Iterable[Json]:
        """Give what is wrong with a compiled release of a year; `before` is the one of the edition before."""

    def look_for(self, before: Json) -> Iterable[Json]:
        """Give what is wrong with a compiled release of the edition before being gone."""

    def finish(self, earlier: Json | None) -> tuple[Json, list[Json]]:
        """Give the members of `quality.json`, and what is wrong with all taken together.

        `earlier` are the members of that of the edition before.
        """


def inspect(
    inspector: Inspector | None,
    years: Mapping[int, Callable[[], BinaryIO]],
    history: History,
    earlier: Json | None,
    quality: list[Json],
    *,
    is_first: bool,
) -> Iterator[Json]:
    """Have every compiled release looked at, and give what is wrong with each, by ocid, then what is with all.

    `years` open the files of compiled releases; a record without a change is what it was, unless this is the first
    edition. `earlier` is `quality.json` of the edition before; that of this one is appended to `quality` in the end.
    """
    if inspector is None:
        return
    yield from _looked_at(inspector, years, history.changes(), is_first=is_first)
    facts, findings = inspector.finish(earlier)
    quality.append({**facts, "mostLines": issues.MOST})
    yield from findings


def _looked_at(
    inspector: Inspector, years: Mapping[int, Callable[[], BinaryIO]], changes: Iterable[Change], *, is_first: bool
) -> Iterator[Json]:
    past = _Past(changes)
    compiled = heapq.merge(*(_of_year(year, opened) for year, opened in years.items()), key=itemgetter(0))
    for ocid, year, release in compiled:
        for gone in past.until(ocid):
            yield from inspector.look_for(gone)
        yield from inspector.look(release, year=year, before=None if is_first else past.of(ocid, release))
    for gone in past.until(None):
        yield from inspector.look_for(gone)


def contradictions(facts: Json, findings: Mapping[str, int], records: int) -> list[tuple[str, Json, Json]]:
    """Give what `quality.json` does not agree on with the lines of findings by rule, and the number of records."""
    most = facts.get("mostLines", issues.MOST)
    failures = {name: min(check["failures"], most) for name, check in facts["checks"].items() if check["failures"]}
    pairs = (("failures by check", dict(sorted(findings.items())), failures), ("releases", records, facts["releases"]))
    return [pair for pair in pairs if pair[1] != pair[2]]


def _of_year(year: int, opened: Callable[[], BinaryIO]) -> Iterator[tuple[str, int, Json]]:
    for line in read_lines(opened):
        release = json.decode(line)
        yield release["ocid"], year, release


class _Past:
    """Records as they were before they changed, asked for in the order of ocids; of several steps the first tells."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._firsts = (next(steps) for _, steps in groupby(changes, key=attrgetter("ocid")))
        self._next = next(self._firsts, None)

    def of(self, ocid: str, now: Json) -> Json | None:
        """Give what a record was; nothing, where it is new."""
        if self._next is None or self._next.ocid != ocid:
            return now
        before = self._take()
        return None if before is None else json.decode(before)

    def until(self, ocid: str | None) -> Iterator[Json]:
        """Give the records that are gone, up to an ocid; to the end without one."""
        while self._next is not None and (ocid is None or self._next.ocid < ocid):
            if (before := self._take()) is not None:
                yield json.decode(before)

    def _take(self) -> bytes | None:
        taken, self._next = self._next, next(self._firsts, None)
        return taken.before if taken else None
