"""The store's records, as a publication asks for them: changes are those from one mark up to another."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

from ocds_pipeline.store import Mark, Moved, Store
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.release import Record, Release
from publish.changelog import Cause, Change
from publish.history import ProcessProblems
from transformers.compiled import Merger


class StoreHistory:
    """A source's records now, and what has moved in them between two marks."""

    def __init__(self, store: Store, source: str, *, since: Mark, through: Mark, merger: Merger) -> None:
        """Read nothing yet."""
        self._store = store
        self._source = source
        self._since = since
        self._through = through
        self._merger = merger

    def years(self) -> list[int]:
        """Give the years that records belong to."""
        return self._store.years(self._source)

    def years_of(self, ocids: Collection[str]) -> Mapping[str, int]:
        """Give the years of some records, by ocid."""
        return self._store.years_of(self._source, ocids)

    def entries(self, year: int) -> Iterator[tuple[Record, Sequence[Release]]]:
        """Give a year's records by ocid, each with its releases, the oldest first."""
        return self._store.history(self._source, year)

    def changes(self) -> Iterator[Change]:
        """Give, by ocid, the records that moved, step by step: consecutive releases of one cause are one step."""
        for moved in self._store.moved(self._source, self._since, self._through):
            yield from _changes(moved, self._merger)

    def problems(self) -> Iterator[ProcessProblems]:
        """Give, by process, what could not be carried over."""
        for process, ocid, quarantined, problems in self._store.problems(self._source):
            yield ProcessProblems(process=process, ocid=ocid, quarantined=quarantined, problems=tuple(problems))


def _changes(moved: Moved, merger: Merger) -> Iterator[Change]:
    record = moved.record
    before = None
    if moved.before and not moved.was_gone:
        before = merger.compile([json.decode(release.body) for release in moved.before])
    held = None if before is None else json.encode(before)
    # What was published before is not held any more where something was taken out of it; its digest is.
    base = moved.redacted if held is not None else None
    if moved.is_gone:
        if held is not None:
            facts = {name: value for name, value in moved.removal.items() if name not in {"op", "cause"}}
            yield _change(record, None if base else held, None, moved.removal["cause"], facts, base=base)
    elif held is None:
        facts = {"returned": True} if moved.was_gone else {}
        cause = _cause(moved.new) if moved.new and not moved.was_gone else "source"
        yield _change(record, None, record.body, cause, facts)
    else:
        if base:
            redacted = held if moved.new else record.body
            yield _change(record, None, redacted, "redaction", {}, base=base)
        yield from _steps(moved, before, held, merger)


def _steps(moved: Moved, before: Json, held: bytes, merger: Merger) -> Iterator[Change]:
    groups = [(cause, list(releases)) for cause, releases in groupby(moved.new, lambda release: release.cause)]
    for place, (cause, releases) in enumerate(groups):
        for release in releases:
            before = merger.extend(before, json.decode(release.body))
        # The last step ends in the record as it is held, which is what the files have.
        after = moved.record.body if place == len(groups) - 1 else json.encode(before)
        yield _change(moved.record, held, after, cause, {})
        held = after


def _cause(releases: Sequence[Release]) -> str:
    causes = {release.cause for release in releases}
    return causes.pop() if len(causes) == 1 else "source"


def _change(
    record: Record,
    before: bytes | None,
    after: bytes | None,
    cause: str,
    facts: Mapping[str, Json],
    *,
    base: str | None = None,
) -> Change:
    return Change(
        ocid=record.ocid,
        year=record.year,
        before=before,
        after=after,
        cause=cast(Cause, cause),
        facts=dict(facts),
        base=base,
    )
