"""Records with their releases, streamed for publication: memory stays flat, however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, union

from ocds_pipeline.store.forms import Forms
from ocds_pipeline.store.rows import AnyRow, read_record, read_release
from ocds_pipeline.store.tables import RECORD, RELEASE, REMOVAL
from ocds_pipeline.store.unseen import IN_AND_OUT, REDACT
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.release import Record, Release

_AT_ONCE = 500

Releases = list[tuple[int, Release]]
"""Releases, oldest first, with their sequence numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far an edition reaches: the newest release in it, and the newest removal or return."""

    release: int = 0
    removal: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A record that moved between two marks, with its releases before the first and those between them, oldest first.

    `was_gone` and `is_gone` say whether it was out at either mark. `removal` is the newest between them that took it
    out or put it back: its `op`, `cause`, and what is known of it. Where something was taken out of it between them,
    `redacted` is the digest of what it was before; its releases are as they are since.
    """

    record: Record
    before: list[Release]
    new: list[Release]
    was_gone: bool = False
    is_gone: bool = False
    removal: Json = None
    redacted: str | None = None


class History(Forms):
    """The published side of every source."""

    def years(self, source: str) -> list[int]:
        """Give the years in which a source's processes had their first releases, ascending."""
        query = select(RECORD.c.year).distinct().where(RECORD.c.source == source, ~RECORD.c.gone)
        query = query.order_by(RECORD.c.year)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def years_of(self, source: str, ocids: Collection[str]) -> dict[str, int]:
        """Give the years of those of the records that are not gone, by ocid."""
        query = select(RECORD.c.ocid, RECORD.c.year).where(RECORD.c.source == source, ~RECORD.c.gone)
        with self._reading() as connection:
            rows = connection.execute(query.where(self._among(RECORD.c.ocid, ocids)))
            return {row.ocid: row.year for row in rows}

    def history(self, source: str, year: int) -> Iterator[tuple[Record, list[Release]]]:
        """Give a year's records by ocid, each with its releases, oldest first; what the portal has no longer is out."""
        wanted = (RECORD.c.source == source, RECORD.c.year == year, ~RECORD.c.gone)
        for record, releases in self._by_ocid(*wanted):
            yield record, [release for _, release in releases]

    def changed_since(
        self, source: str, mark: int, through: int
    ) -> Iterator[tuple[Record, list[Release], list[Release]]]:
        """Give, by ocid, the records that got releases past `mark` and up to `through`.

        Each comes with its releases up to `mark` and with those past it up to `through`, oldest first. The record is
        as it is now.
        """
        changed = select(RELEASE.c.ocid).distinct().where(RELEASE.c.source == source)
        changed = changed.where(RELEASE.c.seq > mark, RELEASE.c.seq <= through).order_by(RELEASE.c.ocid)
        with self._reading() as listing:
            pages = listing.execution_options(yield_per=_AT_ONCE).scalars(changed).partitions()
            for ocids in pages:
                with self._reading() as connection:
                    found = self._gather(connection, ocids)
                for record, releases in found:
                    before = [release for seq, release in releases if seq <= mark]
                    yield record, before, [release for seq, release in releases if mark < seq <= through]

    def moved(self, source: str, since: Mark, through: Mark) -> Iterator[Moved]:
        """Give, by ocid, the records that got releases, were taken out or put back between two marks."""
        changed = select(RELEASE.c.ocid).where(RELEASE.c.source == source)
        changed = changed.where(RELEASE.c.seq > since.release, RELEASE.c.seq <= through.release)
        removed = select(REMOVAL.c.ocid).where(REMOVAL.c.source == source)
        removed = removed.where(REMOVAL.c.id > since.removal, REMOVAL.c.id <= through.removal)
        both = union(changed, removed).subquery()
        with self._reading() as listing:
            query = select(both.c.ocid).order_by(both.c.ocid)
            for ocids in listing.execution_options(yield_per=_AT_ONCE).scalars(query).partitions():
                with self._reading() as connection:
                    found = self._gather(connection, ocids)
                    removals = self._removals(connection, ocids)
                for record, releases in found:
                    yield _moved(record, releases, removals[record.ocid], since, through)

    def _removals(self, connection: Connection, ocids: Sequence[str]) -> defaultdict[str, list[AnyRow]]:
        query = select(REMOVAL).where(self._among(REMOVAL.c.ocid, ocids)).order_by(REMOVAL.c.id)
        found: defaultdict[str, list[AnyRow]] = defaultdict(list)
        for row in connection.execute(query):
            found[row.ocid].append(row)
        return found

    def any_ocid(self, source: str, *, apart_from: Sequence[str] = ()) -> str | None:
        """Give the ocid of one of a source's records, or nothing where it has none, apart from those with a prefix."""
        others = [RECORD.c.ocid.not_like(f"{prefix}-%") for prefix in apart_from]
        with self._reading() as connection:
            return connection.scalar(select(RECORD.c.ocid).where(RECORD.c.source == source, *others).limit(1))

    def mark(self, source: str) -> int:
        """Give the highest release sequence number of a source; 0 where it has none."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(RELEASE.c.seq)).where(RELEASE.c.source == source)) or 0

    def _by_ocid(self, *wanted: ColumnElement[bool]) -> Iterator[tuple[Record, Releases]]:
        """Give the records that are wanted by ocid, some at a time, each with its releases and their places."""
        query = select(RECORD.c.ocid).where(*wanted).order_by(RECORD.c.ocid).limit(_AT_ONCE)
        after = ""
        while True:
            with self._reading() as connection:
                ocids = list(connection.scalars(query.where(RECORD.c.ocid > after)))
                found = self._gather(connection, ocids)
            if not ocids:
                return
            yield from found
            after = ocids[-1]

    def _gather(self, connection: Connection, ocids: Sequence[str]) -> list[tuple[Record, Releases]]:
        records = connection.execute(
            select(RECORD).where(self._among(RECORD.c.ocid, ocids)).order_by(RECORD.c.ocid)
        ).all()
        releases = connection.execute(
            select(RELEASE).where(self._among(RELEASE.c.ocid, ocids)).order_by(RELEASE.c.seq)
        ).all()
        bodies = self._read_bodies(connection, [row.body for row in (*records, *releases)])
        of_ocid: defaultdict[str, Releases] = defaultdict(list)
        for row, body in zip(releases, bodies[len(records) :], strict=True):
            of_ocid[row.ocid].append((row.seq, read_release(row, body)))
        return [(read_record(row, body), of_ocid[row.ocid]) for row, body in zip(records, bodies, strict=False)]


def _moved(record: Record, releases: Releases, removals: Sequence[AnyRow], since: Mark, through: Mark) -> Moved:
    moves = [row for row in removals if row.op in IN_AND_OUT]
    earlier = [row for row in moves if row.id <= since.removal]
    between = [row for row in moves if since.removal < row.id <= through.removal]
    newest = between[-1] if between else None
    redactions = [row for row in removals if row.op == REDACT and since.removal < row.id <= through.removal]
    return Moved(
        record=record,
        before=[release for seq, release in releases if seq <= since.release],
        new=[release for seq, release in releases if since.release < seq <= through.release],
        was_gone=_is_out(earlier),
        is_gone=_is_out([*earlier, *between]),
        removal=newest and {"op": newest.op, "cause": newest.cause, **json.decode(newest.facts)},
        redacted=json.decode(redactions[0].facts)["base"] if redactions else None,
    )


def _is_out(removals: Sequence[AnyRow]) -> bool:
    return bool(removals) and removals[-1].op == "delete"
