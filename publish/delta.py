"""The changelog and the delta of an edition, written in one pass over its changes; both also where nothing changed."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.changelog import Cause, Change, delta_line, general, is_about_release, line
from publish.formats import LinesFile, Written, lines_of

_SPOOL_LEVEL = 1
_TOP_FIELDS = 20


@dataclass(kw_only=True)
class Changes:
    """What changed: the changelog's file, a spool of the delta's lines, and the counts.

    `by_op`, `by_cause` and `by_field` count the changelog's lines, `net` the records by what became of them in all,
    `years` are those that hold one of them.
    """

    changelog: Written
    spool: Path
    by_op: Counter[str] = field(default_factory=Counter)
    by_cause: Counter[str] = field(default_factory=Counter)
    by_field: Counter[str] = field(default_factory=Counter)
    net: Counter[str] = field(default_factory=Counter)
    years: set[int] = field(default_factory=set)

    @property
    def growth(self) -> int:
        """How many records more there are than before."""
        return self.net["add"] - self.net["delete"]

    def facts(self, records: int) -> Json:
        """Give the counts as the manifest holds them, for so many records now."""
        top = sorted(self.by_field.items(), key=lambda item: (-item[1], item[0]))[:_TOP_FIELDS]
        return {
            **{op: self.by_op[op] for op in ("add", "change", "delete", "redact")},
            "unchanged": records - self.net["add"] - self.net["change"],
            "byCause": dict(self.by_cause),
            "topFields": [{"path": path, "count": count} for path, count in top],
        }


def write_changes(changes: Iterable[Change], folder: Path, *, cause: Cause, tick: Callable[[int], None]) -> Changes:
    """Write the changelog; a change that changes nothing is passed over.

    Several changes of one record follow one another, each from where the one before ended.

    Raises:
        PublishError: the changes are not in order, or do not follow one another.
    """
    with (
        LinesFile(folder / "changelog.jsonl.gz") as changelog,
        LinesFile(folder / "delta.spool", _SPOOL_LEVEL) as spool,
    ):
        writing = _Writing(changelog, spool, cause)
        for change in changes:
            writing.add(change)
            tick(1)
        return writing.finish()


class _Writing:
    """Changelog and delta as they are written."""

    def __init__(self, changelog: LinesFile, spool: LinesFile, cause: Cause) -> None:
        self._changelog = changelog
        self._spool = spool
        self._cause = cause
        self._first: Change | None = None
        self._last: Change | None = None
        self._counts = [Counter[str](), Counter[str](), Counter[str]()]
        self._net: Counter[str] = Counter()
        self._years: set[int] = set()

    def add(self, change: Change) -> None:
        last = self._last
        if last and change.ocid == last.ocid:
            if last.after is None or change.before != last.after:
                raise PublishError(f"{change.ocid!r}: its changes do not follow one another")
        elif last and change.ocid < last.ocid:
            raise PublishError(f"{change.ocid!r} after {last.ocid!r}: changes must come by ocid")
        if change.before == change.after and change.base is None:
            return
        if not last or change.ocid != last.ocid:
            self._settle()
            self._first = change
        self._last = change
        entry = line(change, self._changelog.rows + 1, self._cause)
        self._changelog.write(json.encode(entry))
        self._years.add(change.year)
        _count(entry, *self._counts)

    def finish(self) -> Changes:
        self._settle()
        by_op, by_cause, by_field = self._counts
        path = self._spool.finish().path
        return Changes(
            changelog=self._changelog.finish(),
            spool=path,
            by_op=by_op,
            by_cause=by_cause,
            by_field=by_field,
            net=self._net,
            years=self._years,
        )

    def _settle(self) -> None:
        """Write the delta's line of the record that is done: where it ended."""
        if self._first and self._last:
            was, becomes = self._first.digests[0], self._last.digests[1]
            self._net["add" if was is None else "delete" if becomes is None else "change"] += 1
            self._spool.write(delta_line(self._last))


def write_delta(changes: Changes, folder: Path, header: Json) -> Written:
    """Write the delta: a header, which needs the edition's state digest, and the lines kept for it."""
    with LinesFile(folder / "delta.jsonl.gz") as delta:
        delta.write(json.encode({"type": "header", **header, **delta_counts(changes)}))
        for each in lines_of(changes.spool):
            delta.write(each)
        return delta.finish()


def delta_counts(changes: Changes) -> Json:
    """Give the counts that a delta's header and its manifest entry both hold: of records, each counted once."""
    return {"adds": changes.net["add"], "changes": changes.net["change"], "deletes": changes.net["delete"]}


def _count(entry: Json, by_op: Counter[str], by_cause: Counter[str], by_field: Counter[str]) -> None:
    by_op[entry["op"]] += 1
    by_cause[entry["cause"]] += 1
    # Every new release has its own id and date; they would head the list and say nothing.
    paths = {general(each["path"]) for each in entry.get("fields", ()) if not is_about_release(each["path"])}
    by_field.update(paths)
