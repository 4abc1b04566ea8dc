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
    """What changed: the changelog's file, a spool of the delta's lines, and the counts."""

    changelog: Written
    spool: Path
    by_op: Counter[str] = field(default_factory=Counter)
    by_cause: Counter[str] = field(default_factory=Counter)
    by_field: Counter[str] = field(default_factory=Counter)

    @property
    def growth(self) -> int:
        """How many records more there are than before."""
        return self.by_op["add"] - self.by_op["delete"]

    def facts(self, records: int) -> Json:
        """Give the counts as the manifest holds them, for so many records now."""
        top = sorted(self.by_field.items(), key=lambda item: (-item[1], item[0]))[:_TOP_FIELDS]
        return {
            **{op: self.by_op[op] for op in ("add", "change", "delete", "redact")},
            "unchanged": records - self.by_op["add"] - self.by_op["change"],
            "byCause": dict(self.by_cause),
            "topFields": [{"path": path, "count": count} for path, count in top],
        }


def write_changes(changes: Iterable[Change], folder: Path, *, cause: Cause, tick: Callable[[int], None]) -> Changes:
    """Write the changelog; a change that changes nothing is passed over.

    Raises:
        PublishError: the changes are not in order.
    """
    with (
        LinesFile(folder / "changelog.jsonl.gz") as changelog,
        LinesFile(folder / "delta.spool", _SPOOL_LEVEL) as spool,
    ):
        counted = [Counter[str](), Counter[str](), Counter[str]()]
        last = ""
        for change in changes:
            if change.ocid <= last:
                raise PublishError(f"{change.ocid!r} after {last!r}: changes must come by ocid, each once")
            last = change.ocid
            tick(1)
            if change.before != change.after:
                entry = line(change, changelog.rows + 1, cause)
                changelog.write(json.encode(entry))
                spool.write(delta_line(change))
                _count(entry, *counted)
        by_op, by_cause, by_field = counted
        path = spool.finish().path
        return Changes(changelog=changelog.finish(), spool=path, by_op=by_op, by_cause=by_cause, by_field=by_field)


def write_delta(changes: Changes, folder: Path, header: Json) -> Written:
    """Write the delta: a header, which needs the edition's state digest, and the lines kept for it."""
    with LinesFile(folder / "delta.jsonl.gz") as delta:
        delta.write(json.encode({"type": "header", **header, **delta_counts(changes)}))
        for each in lines_of(changes.spool):
            delta.write(each)
        return delta.finish()


def delta_counts(changes: Changes) -> Json:
    """Give the counts that a delta's header and its manifest entry both hold."""
    return {
        "adds": changes.by_op["add"],
        "changes": changes.by_op["change"],
        "deletes": changes.by_op["delete"],
    }


def _count(entry: Json, by_op: Counter[str], by_cause: Counter[str], by_field: Counter[str]) -> None:
    by_op[entry["op"]] += 1
    by_cause[entry["cause"]] += 1
    # Every new release has its own id and date; they would head the list and say nothing.
    paths = {general(each["path"]) for each in entry.get("fields", ()) if not is_about_release(each["path"])}
    by_field.update(paths)
