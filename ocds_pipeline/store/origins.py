"""Where what is published came from: an ocid's record and releases with their runs and editions, and the segments."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from ocds_pipeline.store.forms import Forms
from ocds_pipeline.store.rows import read_document, read_record, read_release
from ocds_pipeline.store.tables import DOCUMENT, EDITION, RECORD, RELEASE, RUN, SEGMENT
from ocds_schema.raw import Document
from ocds_schema.release import Record, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A release, the run that made it, the moment that run speaks for, and the first edition that has the release."""

    release: Release
    run: str
    as_of: datetime | None
    edition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Everything that is published of one ocid, releases oldest first."""

    source: str
    record: Record
    releases: tuple[Issued, ...]


class Origins(Forms):
    """What an explanation starts from."""

    def published(self, ocid: str) -> Published | None:
        """Give the record of an ocid, whichever source it is of, with its releases; nothing where there is none."""
        with self._reading() as connection:
            row = connection.execute(select(RECORD).where(RECORD.c.ocid == ocid)).one_or_none()
            if row is None:
                return None
            (body,) = self._read_bodies(connection, [row.body])
            issued = self._issued(connection, row.source, ocid)
        return Published(source=row.source, record=read_record(row, body), releases=issued)

    def near(self, ocid: str, count: int) -> list[str]:
        """Give ocids that stand beside one in their order, and those that end as it does."""
        with self._reading() as connection:
            before = select(RECORD.c.ocid).where(RECORD.c.ocid < ocid).order_by(RECORD.c.ocid.desc()).limit(count)
            after = select(RECORD.c.ocid).where(RECORD.c.ocid > ocid).order_by(RECORD.c.ocid).limit(count)
            # Whoever leaves out the prefix, or has another, gets the rest right.
            alike = select(RECORD.c.ocid).where(RECORD.c.ocid.endswith(_end(ocid), autoescape=True)).limit(count)
            found = [ocid for query in (alike, before, after) for ocid in connection.scalars(query)]
        return list(dict.fromkeys(found))

    def segments_of(self, source: str) -> list[tuple[str, int]]:
        """Give the names of a source's segments, and how many records each has."""
        query = select(SEGMENT.c.name, SEGMENT.c.records).where(SEGMENT.c.source == source).order_by(SEGMENT.c.name)
        with self._reading() as connection:
            return [(row.name, row.records) for row in connection.execute(query)]

    def rows_of_tables(self, source: str, rows: list[tuple[str, str]]) -> list[Document]:
        """Give the documents of some rows of a portal's reference tables, by table and key."""
        if not rows:
            return []
        choice = or_(*(and_(DOCUMENT.c.kind == kind, DOCUMENT.c.key == key) for kind, key in rows))
        with self._reading() as connection:
            found = connection.execute(select(DOCUMENT).where(DOCUMENT.c.source == source, choice)).all()
            bodies = self._read_bodies(connection, [row.body for row in found])
        return [read_document(row, body) for row, body in zip(found, bodies, strict=True)]

    def _issued(self, connection: Connection, source: str, ocid: str) -> tuple[Issued, ...]:
        made = and_(RUN.c.source == RELEASE.c.source, RUN.c.id == RELEASE.c.run)
        query = select(RELEASE, RUN.c.as_of).outerjoin(RUN, made).where(RELEASE.c.ocid == ocid)
        rows = connection.execute(query.order_by(RELEASE.c.seq)).all()
        bodies = self._read_bodies(connection, [row.body for row in rows])
        done = select(EDITION.c.id, EDITION.c.mark).where(EDITION.c.source == source, EDITION.c.state == "committed")
        editions = connection.execute(done.order_by(EDITION.c.sequence)).all()
        return tuple(
            Issued(
                release=read_release(row, body),
                run=row.run,
                as_of=row.as_of,
                edition=next((edition.id for edition in editions if edition.mark >= row.seq), None),
            )
            for row, body in zip(rows, bodies, strict=True)
        )


def _end(ocid: str) -> str:
    """Give an ocid without prefix and source, where it has them."""
    parts = ocid.split("-", 3)
    return f"-{parts[3]}" if len(parts) > 3 else ocid  # noqa: PLR2004
