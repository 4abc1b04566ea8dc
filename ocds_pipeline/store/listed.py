"""What a portal lists, with what became of it: documents of one kind beside the processes they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import ColumnElement, Select, Table, and_, select, tuple_

from ocds_pipeline.store.forms import Forms
from ocds_pipeline.store.rows import AnyRow
from ocds_pipeline.store.tables import DOCUMENT, FINDING, PENDING, RECORD
from ocds_schema import json
from ocds_schema.json import Json

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldObject:
    """One object of a portal, by whichever ways it came, and the state of its process."""

    key: str
    bodies: tuple[Json, ...] = field(repr=False)
    has_record: bool
    is_quarantined: bool
    is_pending: bool


class ListedDocuments(Forms):
    """The documents that stand for what a portal lists."""

    def listed(self, source: str, kind: str, way: str | None = None) -> Iterator[HeldObject]:
        """Give every object of a kind by its key; what came by several ways is one object, unless one way is named.

        Objects of processes that the portal has no longer are left out.
        """
        for key, rows in groupby(self._listed_rows(source, kind, way), lambda row: row[0].key):
            ways = list(rows)
            yield HeldObject(
                key=key,
                bodies=tuple(json.decode(body) for _, body in ways),
                has_record=any(row.record is not None for row, _ in ways),
                is_quarantined=any(bool(row.quarantined) for row, _ in ways),
                is_pending=any(row.pending is not None for row, _ in ways),
            )

    def _listed_rows(self, source: str, kind: str, way: str | None) -> Iterator[tuple[AnyRow, bytes]]:
        query = _with_fates(source, kind).limit(_AT_ONCE)
        if way is not None:
            query = query.where(DOCUMENT.c.way == way)
        place, after = tuple_(DOCUMENT.c.key, DOCUMENT.c.way), ("", "")
        while True:
            with self._reading() as connection:
                rows = connection.execute(query.where(place > tuple_(*after))).all()
                bodies = self._read_bodies(connection, [row.body for row in rows])
            if not rows:
                return
            yield from zip(rows, bodies, strict=True)
            after = (rows[-1].key, rows[-1].way)


def _with_fates(source: str, kind: str) -> Select[*tuple[object, ...]]:
    def of(table: Table) -> ColumnElement[bool]:
        return and_(table.c.source == DOCUMENT.c.source, table.c.process == DOCUMENT.c.process)

    return (
        select(
            DOCUMENT.c.key,
            DOCUMENT.c.way,
            DOCUMENT.c.body,
            RECORD.c.process.label("record"),
            FINDING.c.quarantined,
            PENDING.c.process.label("pending"),
        )
        .outerjoin(RECORD, of(RECORD))
        .outerjoin(FINDING, of(FINDING))
        .outerjoin(PENDING, of(PENDING))
        .where(DOCUMENT.c.source == source, DOCUMENT.c.kind == kind, RECORD.c.gone.is_not(True))
        .order_by(DOCUMENT.c.key, DOCUMENT.c.way)
    )
