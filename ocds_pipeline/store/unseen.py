"""What a portal no longer has: counted crawl by crawl, then taken out of what is published, and put back if it returns.

A process is missed by a crawl of everything that held none of its own documents, though it read lists that some of them
stood in. Only crawls count that read all lists to their ends and agree with the portal's totals. What the portal itself
says it has no longer needs no counting.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, update

from ocds_pipeline.store.documents import Documents
from ocds_pipeline.store.rows import AnyRow
from ocds_pipeline.store.tables import DOCUMENT, RECORD, REMOVAL, UNSEEN
from ocds_schema import json
from ocds_schema.run import Run

CRAWLS = 3
"""So many complete crawls in a row must miss a process before it counts as gone."""
GONE = "source_gone"
IN_AND_OUT = ("delete", "return")
"""The removals that take a record out or put it back."""
REDACT = "redact"
"""The removal that takes something out of a record, and leaves it where it is."""

_AT_ONCE = 1_000
_IS_GONE = or_(UNSEEN.c.crawls >= CRAWLS, UNSEEN.c.told)


class Unseen(Documents):
    """The processes that crawls have missed, and those that are gone."""

    def count_crawl(self, run: Run, listed: Collection[tuple[str, str]], last: datetime | None) -> int:
        """Count a complete crawl for every process that it missed, and give how many it did.

        `listed` are the kinds and ways of the lists that it read, `last` is the moment of the complete crawl before. A
        run counts once, however often it is asked to.
        """
        came = _Came(self.seen(run))
        missed = [process for process, rows in self._own_documents(run.source) if _is_missed(rows, listed, came)]
        with self._writing() as connection:
            for start in range(0, len(missed), _AT_ONCE):
                self._count_missed(connection, run, missed[start : start + _AT_ONCE], last)
        return len(missed)

    def note_seen(self, run: Run) -> None:
        """Begin to count anew for the processes of which a run has seen something."""
        with self._reading() as connection:
            counted = list(connection.scalars(select(UNSEEN.c.process).where(UNSEEN.c.source == run.source)))
        if not counted:
            return
        of: dict[tuple[str, str, str], str] = {}
        for start in range(0, len(counted), _AT_ONCE):
            of |= self._identities(run.source, counted[start : start + _AT_ONCE])
        seen = sorted({of[name] for name in self.seen(run) if name in of})
        with self._writing() as connection:
            these = and_(UNSEEN.c.source == run.source, self._among(UNSEEN.c.process, seen))
            connection.execute(delete(UNSEEN).where(these))

    def note_gone(self, run: Run, kind: str, key: str) -> None:
        """Note that the portal says it has a document no longer: its process is gone with the last one of that kind."""
        of_kind = select(DOCUMENT.c.key, DOCUMENT.c.process).where(
            DOCUMENT.c.source == run.source, DOCUMENT.c.kind == kind
        )
        with self._writing() as connection:
            found = connection.execute(of_kind.where(DOCUMENT.c.key == key)).first()
            if found is None or found.process is None:
                return
            others = of_kind.where(DOCUMENT.c.process == found.process, DOCUMENT.c.key != key)
            if connection.execute(others.limit(1)).first() is None:
                this = and_(UNSEEN.c.source == run.source, UNSEEN.c.process == found.process)
                if not connection.execute(update(UNSEEN).where(this).values(told=True, run=run.id)).rowcount:
                    row = {"source": run.source, "process": found.process, "crawls": 0, "told": True, "run": run.id}
                    connection.execute(insert(UNSEEN).values(row))

    def settle_removals(self, run: Run) -> Counter[str]:
        """Take out what is gone, put back what has returned, and count both as `deleted` and `returned`."""
        with self._writing() as connection:
            gone = connection.execute(_gone(run.source)).all()
            back = connection.execute(self._returned(run.source)).all()
            for rows, op, is_gone in ((gone, "delete", True), (back, "return", False)):
                for row in rows:
                    facts = _facts(row) if is_gone else {}
                    self.remove(connection, run, row.ocid, op=op, cause=GONE if is_gone else "source", facts=facts)
                if rows:
                    these = and_(
                        RECORD.c.source == run.source, self._among(RECORD.c.process, [r.process for r in rows])
                    )
                    connection.execute(update(RECORD).where(these).values(gone=is_gone))
        return Counter(deleted=len(gone), returned=len(back))

    def remove(self, connection: Connection, run: Run, ocid: str, *, op: str, cause: str, facts: json.Json) -> None:
        """Keep, for the next edition, that a record was taken out, put back or had something taken out of it."""
        row = {"source": run.source, "ocid": ocid, "op": op, "cause": cause, "run": run.id}
        connection.execute(insert(REMOVAL).values(row | {"facts": json.encode(facts).decode()}))

    def removal_mark(self, source: str) -> int:
        """Give the number of the newest removal or return of a source; 0 where there is none."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(REMOVAL.c.id)).where(REMOVAL.c.source == source)) or 0

    def _count_missed(self, connection: Connection, run: Run, processes: Sequence[str], last: datetime | None) -> None:
        these = and_(UNSEEN.c.source == run.source, self._among(UNSEEN.c.process, processes))
        held = {row.process: row for row in connection.execute(select(UNSEEN).where(these))}
        again = self._among(UNSEEN.c.process, [name for name, row in held.items() if row.run != run.id])
        more = update(UNSEEN).where(UNSEEN.c.source == run.source, again)
        connection.execute(more.values(crawls=UNSEEN.c.crawls + 1, run=run.id))
        new = [process for process in processes if process not in held]
        row = {"source": run.source, "crawls": 1, "told": False, "last_seen": last, "run": run.id}
        if new:
            connection.execute(insert(UNSEEN), [row | {"process": process} for process in new])

    def _own_documents(self, source: str) -> Iterator[tuple[str, list[AnyRow]]]:
        """Give, by process, the documents of those that have a record."""
        same = and_(RECORD.c.source == DOCUMENT.c.source, RECORD.c.process == DOCUMENT.c.process)
        query = select(DOCUMENT.c.process, DOCUMENT.c.kind, DOCUMENT.c.way, DOCUMENT.c.key).join(RECORD, same)
        query = query.where(DOCUMENT.c.source == source).order_by(DOCUMENT.c.process)
        with self._reading() as connection:
            rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
            yield from ((process, list(of)) for process, of in groupby(rows, lambda row: str(row.process)))

    def _identities(self, source: str, processes: Sequence[str]) -> dict[tuple[str, str, str], str]:
        query = select(DOCUMENT.c.kind, DOCUMENT.c.way, DOCUMENT.c.key, DOCUMENT.c.process)
        query = query.where(DOCUMENT.c.source == source, self._among(DOCUMENT.c.process, processes))
        with self._reading() as connection:
            return {(row.kind, row.way, row.key): row.process for row in connection.execute(query)}

    def _returned(self, source: str) -> Select[*tuple[str, ...]]:
        removals = select(REMOVAL.c.cause).where(REMOVAL.c.ocid == RECORD.c.ocid, REMOVAL.c.op.in_(IN_AND_OUT))
        causes = removals.order_by(REMOVAL.c.id.desc()).limit(1)
        # What was taken out for another reason than the portal's does not come back by itself.
        is_portals = causes.correlate(RECORD).scalar_subquery() == GONE
        missing = select(UNSEEN.c.process).where(_same(), _IS_GONE).correlate(RECORD).exists()
        query = select(RECORD.c.process, RECORD.c.ocid).where(RECORD.c.source == source, RECORD.c.gone)
        return query.where(is_portals, ~missing).order_by(RECORD.c.ocid)


def _same() -> ColumnElement[bool]:
    return and_(UNSEEN.c.source == RECORD.c.source, UNSEEN.c.process == RECORD.c.process)


def _gone(source: str) -> Select[*tuple[object, ...]]:
    columns = (RECORD.c.process, RECORD.c.ocid, UNSEEN.c.crawls, UNSEEN.c.told, UNSEEN.c.last_seen)
    query = select(*columns).join(UNSEEN, _same()).where(RECORD.c.source == source, ~RECORD.c.gone, _IS_GONE)
    return query.order_by(RECORD.c.ocid)


def _facts(row: AnyRow) -> json.Json:
    facts = {
        "lastSeen": row.last_seen and row.last_seen.date().isoformat(),
        "confirmedCrawls": None if row.told else row.crawls,
        "toldByPortal": True if row.told else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


class _Came:
    """The documents of a run in little room, eight bytes each; of two with one number both count as come."""

    def __init__(self, names: Iterator[tuple[str, str, str]]) -> None:
        self._hashes = array("q", sorted(array("q", (hash(name) for name in names))))

    def __contains__(self, name: object) -> bool:
        number = hash(name)
        place = bisect_left(self._hashes, number)
        return place < len(self._hashes) and self._hashes[place] == number


def _is_missed(rows: Sequence[AnyRow], listed: Collection[tuple[str, str]], came: _Came) -> bool:
    if not any((row.kind, row.way) in listed for row in rows):
        return False
    return all((row.kind, row.way, row.key) not in came for row in rows)
