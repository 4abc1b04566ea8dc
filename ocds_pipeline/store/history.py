"""Records with their releases, streamed for publication: memory stays flat, however many there are."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from ocds_pipeline.store.forms import Forms
from ocds_pipeline.store.rows import read_record, read_release
from ocds_pipeline.store.tables import RECORD, RELEASE
from ocds_schema.release import Record, Release

_AT_ONCE = 500

Releases = list[tuple[int, Release]]
"""Releases, oldest first, with their sequence numbers."""


class History(Forms):
    """The published side of every source."""

    def years(self, source: str) -> list[int]:
        """Give the years in which a source's processes had their first releases, ascending."""
        query = select(RECORD.c.year).distinct().where(RECORD.c.source == source).order_by(RECORD.c.year)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def history(self, source: str, year: int) -> Iterator[tuple[Record, list[Release]]]:
        """Give a year's records by ocid, each with its releases, oldest first."""
        query = select(RECORD.c.ocid).where(RECORD.c.source == source, RECORD.c.year == year)
        query = query.order_by(RECORD.c.ocid).limit(_AT_ONCE)
        after = ""
        while True:
            with self._reading() as connection:
                ocids = list(connection.scalars(query.where(RECORD.c.ocid > after)))
                found = self._gather(connection, ocids)
            if not ocids:
                return
            yield from ((record, [release for _, release in releases]) for record, releases in found)
            after = ocids[-1]

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

    def any_ocid(self, source: str, *, apart_from: Sequence[str] = ()) -> str | None:
        """Give the ocid of one of a source's records, or nothing where it has none, apart from those with a prefix."""
        others = [RECORD.c.ocid.not_like(f"{prefix}-%") for prefix in apart_from]
        with self._reading() as connection:
            return connection.scalar(select(RECORD.c.ocid).where(RECORD.c.source == source, *others).limit(1))

    def mark(self, source: str) -> int:
        """Give the highest release sequence number of a source; 0 where it has none."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(RELEASE.c.seq)).where(RELEASE.c.source == source)) or 0

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
