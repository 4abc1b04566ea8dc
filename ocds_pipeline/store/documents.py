"""Documents: the newest version of each entity of a portal, saved page by page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, tuple_, update

from ocds_pipeline.store.before import lay_aside
from ocds_pipeline.store.bulk import insert_rows
from ocds_pipeline.store.forms import document_form
from ocds_pipeline.store.links import Change, DocumentLinks
from ocds_pipeline.store.rows import (
    DOCUMENT_COLUMNS,
    AnyRow,
    Identity,
    day_number,
    document_row,
    identity,
    join_wants,
    read_links,
    run_number,
)
from ocds_pipeline.store.tables import DOCUMENT, LISTING, PAGE, WANT
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Document, Links, Way
from ocds_schema.run import Cursor, PageCounts, Run

Groups = dict[tuple[str, str], dict[str, Document]]
"""Documents by kind and way, and among those by key."""

LinksOf = Callable[[str, Way, Json], Links]

_RELINKED_AT_ONCE = 1000


class Documents(DocumentLinks):
    """The documents of every source, with the cursors of the listings they came from."""

    def cursor(self, run: Run, listing: str) -> Cursor | None:
        """Give how far a listing has been read in a run, or nothing where it was not begun."""
        with self._reading() as connection:
            row = connection.execute(select(LISTING).where(_is_listing(run, listing))).one_or_none()
        if row is None:
            return None
        return Cursor(
            position=row.position,
            lowest=row.lowest,
            pages=row.pages,
            seen=row.seen,
            kept=row.kept,
            total=row.total,
            state=row.state,
            note=row.note,
        )

    def save_page(self, run: Run, listing: str, cursor: Cursor, documents: Sequence[Document]) -> PageCounts:
        """Keep a page's documents and the new cursor, in one transaction, and say what was new.

        A document held with the same bytes is not written again. Where a page has the same document twice, the later
        wins.
        """
        groups = _by_kind_and_way(documents)
        new: list[Document] = []
        changed: list[Document] = []
        with self._writing() as connection:
            for (kind, way), group in groups.items():
                digests = self._digests(connection, _is_of(run.source, kind, way), group)
                for key, document in group.items():
                    held = digests.get(key)
                    if held is None:
                        new.append(document)
                    elif held != bytes.fromhex(document.digest):
                        changed.append(document)
            self._save_documents(connection, run, new, changed)
            self._save_page_keys(connection, run, listing, groups)
            _save_cursor(connection, run, listing, cursor)
        for kind, count in Counter(document.kind for document in new).items():
            self._learn(run.source, document_form(kind), count)
        unchanged = sum(map(len, groups.values())) - len(new) - len(changed)
        return PageCounts(new=len(new), changed=len(changed), unchanged=unchanged)

    def missing(self, source: str, kind: str, keys: Sequence[str]) -> list[str]:
        """Give those of the keys of which no document of that kind is held, by any way, in the order given."""
        query = select(DOCUMENT.c.key).where(DOCUMENT.c.source == source, DOCUMENT.c.kind == kind)
        with self._reading() as connection:
            held = set(connection.scalars(query.where(self._among(DOCUMENT.c.key, keys))))
        return [key for key in keys if key not in held]

    def wanted(self, source: str, kind: str, after: str, limit: int) -> list[str]:
        """Give keys of that kind that some document wants and that no way holds, ascending, after `after`."""
        holds = and_(DOCUMENT.c.source == WANT.c.source, DOCUMENT.c.kind == WANT.c.kind, DOCUMENT.c.key == WANT.c.key)
        query = (
            select(WANT.c.key)
            .distinct()
            .where(WANT.c.source == source, WANT.c.kind == kind, WANT.c.key > after)
            .where(~select(DOCUMENT.c.key).where(holds).exists())
            .order_by(WANT.c.key)
            .limit(limit)
        )
        if not after:
            self.take_stock()
        with self._reading() as connection:
            return list(connection.scalars(query))

    def seen(self, run: Run) -> Iterator[Identity]:
        """Give the kind, way and key of every document that a run's pages held, in the order they came."""
        query = select(PAGE.c.identities).where(PAGE.c.source == run.source, PAGE.c.run == run.id).order_by(PAGE.c.id)
        with self._reading() as connection:
            for frame in connection.execution_options(yield_per=100).scalars(query):
                (text,) = self._read_bodies(connection, [frame])
                for kind, way, keys in json.decode(text):
                    yield from ((kind, way, key) for key in keys)

    def links_again(self, source: str, links: LinksOf) -> int:
        """Find the links of every document again, mark what that reaches, and say how many documents it changed."""
        changed, after = 0, ("", "", "")
        while True:
            with self._writing() as connection:
                rows = self._next_documents(connection, source, after)
                if not rows:
                    return changed
                changed += self._relink(connection, source, rows, links)
            after = (rows[-1].kind, rows[-1].key, rows[-1].way)

    def _digests(self, connection: Connection, is_of: ColumnElement[bool], keys: Iterable[str]) -> dict[str, bytes]:
        query = select(DOCUMENT.c.key, DOCUMENT.c.digest).where(is_of, self._among(DOCUMENT.c.key, keys))
        return {row.key: row.digest for row in connection.execute(query).all()}

    def _save_documents(
        self, connection: Connection, run: Run, new: Sequence[Document], changed: Sequence[Document]
    ) -> None:
        earlier, today = self._take_out(connection, run, changed), day_number(run.as_of.date())
        both = sorted([*new, *changed], key=lambda document: document.kind)
        for kind, group in groupby(both, lambda document: document.kind):
            of_kind = list(group)
            form = document_form(kind)
            frames = self._write_bodies(connection, run.source, form, [document.body for document in of_kind])
            rows = [
                document_row(document, run.source, run.id, frame, _stirred(document, earlier, today))
                for document, frame in zip(of_kind, frames, strict=True)
            ]
            insert_rows(connection, DOCUMENT, DOCUMENT_COLUMNS, rows)
        changes: list[Change] = [
            ((document.kind, document.key), earlier.get(identity(document)), document.links) for document in both
        ]
        self._follow(connection, run.source, changes)

    def _take_out(self, connection: Connection, run: Run, documents: Sequence[Document]) -> dict[Identity, Links]:
        """Lay the old versions of documents aside and give the links they had."""
        earlier: dict[Identity, Links] = {}
        for (kind, way), group in _by_kind_and_way(documents).items():
            these = and_(_is_of(run.source, kind, way), self._among(DOCUMENT.c.key, group))
            query = select(DOCUMENT.c.key, DOCUMENT.c.process, DOCUMENT.c.family, DOCUMENT.c.wants, DOCUMENT.c.open)
            for row in connection.execute(query.where(these)).all():
                earlier[kind, way, row.key] = read_links(row)
            lay_aside(connection, these, run_number(run.id))
            connection.execute(delete(DOCUMENT).where(these))
        return earlier

    def _save_page_keys(self, connection: Connection, run: Run, listing: str, groups: Groups) -> None:
        # One row a page says when its documents were last seen; a row a document would cost as much as saving it.
        if not groups:
            return
        content = json.encode([[kind, way, sorted(group)] for (kind, way), group in sorted(groups.items())])
        (frame,) = self._bodies.write([content])
        place = {"source": run.source, "run": run.id, "listing": listing}
        count = sum(map(len, groups.values()))
        connection.execute(insert(PAGE), place | {"documents": count, "identities": frame})

    def _next_documents(self, connection: Connection, source: str, after: tuple[str, str, str]) -> Sequence[AnyRow]:
        place = tuple_(DOCUMENT.c.kind, DOCUMENT.c.key, DOCUMENT.c.way)
        query = select(DOCUMENT).where(DOCUMENT.c.source == source, place > tuple_(*after))
        query = query.order_by(DOCUMENT.c.kind, DOCUMENT.c.key, DOCUMENT.c.way).limit(_RELINKED_AT_ONCE)
        return connection.execute(query).all()

    def _relink(self, connection: Connection, source: str, rows: Sequence[AnyRow], links: LinksOf) -> int:
        bodies = self._read_bodies(connection, [row.body for row in rows])
        changes: list[Change] = []
        for row, body in zip(rows, bodies, strict=True):
            before, now = read_links(row), links(row.kind, row.way, json.decode(body))
            stirred = day_number(now.day) if row.stirred is None and now.day else row.stirred
            if before != now or stirred != row.stirred:
                changes.append(((row.kind, row.key), before, now))
                values = {"process": now.process, "family": now.family, "wants": join_wants(now.wants)}
                this = and_(_is_of(source, row.kind, row.way), DOCUMENT.c.key == row.key)
                connection.execute(update(DOCUMENT).where(this).values(values | {"open": now.open, "stirred": stirred}))
        # Whether a document is open is between us and the portal: no process changes with it.
        self._follow(connection, source, [change for change in changes if _hang_differently(*change[1:])])
        return len(changes)


def _hang_differently(before: Links | None, now: Links) -> bool:
    return before is None or replace(before, open=now.open) != now


def _stirred(document: Document, earlier: Mapping[Identity, Links], today: int) -> int:
    """Give the day that last stirred a document: what is new to us may be old, but a change is news."""
    own = document.links.day
    if own is None:
        return today
    return max(today, day_number(own)) if identity(document) in earlier else day_number(own)


def _is_listing(run: Run, name: str) -> ColumnElement[bool]:
    return and_(LISTING.c.source == run.source, LISTING.c.run == run.id, LISTING.c.name == name)


def _is_of(source: str, kind: str, way: str) -> ColumnElement[bool]:
    return and_(DOCUMENT.c.source == source, DOCUMENT.c.kind == kind, DOCUMENT.c.way == way)


def _by_kind_and_way(documents: Iterable[Document]) -> Groups:
    groups: Groups = {}
    for document in documents:
        groups.setdefault((document.kind, document.way), {})[document.key] = document
    return groups


def _save_cursor(connection: Connection, run: Run, listing: str, cursor: Cursor) -> None:
    values = {
        "position": cursor.position,
        "lowest": cursor.lowest,
        "pages": cursor.pages,
        "seen": cursor.seen,
        "kept": cursor.kept,
        "total": cursor.total,
        "state": cursor.state,
        "note": cursor.note,
    }
    moved = connection.execute(update(LISTING).where(_is_listing(run, listing)).values(values))
    if not moved.rowcount:
        place = {"source": run.source, "run": run.id, "name": listing}
        connection.execute(insert(LISTING).values(place | values))
