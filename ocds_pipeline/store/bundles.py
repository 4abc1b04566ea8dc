"""Bundles: everything that is known of a process, gathered for mapping."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, insert, literal, select, union

from ocds_pipeline.store.forms import Forms
from ocds_pipeline.store.rows import Identity, by_kind, identity, read_document, split_want
from ocds_pipeline.store.tables import DOCUMENT, PENDING, RECORD, WANT
from ocds_schema.json import Json
from ocds_schema.raw import Bundle, Document

_NUMBERS = re.compile("([0-9]+)")


class Bundles(Forms):
    """The processes that wait for mapping, and what each is mapped from."""

    def mark_all(self, source: str) -> int:
        """Mark every process of a source to be mapped again, and say how many are marked."""
        processes = union(
            select(DOCUMENT.c.process).where(DOCUMENT.c.source == source, DOCUMENT.c.process.is_not(None)),
            select(RECORD.c.process).where(RECORD.c.source == source),
        ).subquery()
        marked = select(PENDING.c.process).where(PENDING.c.source == source)
        absent = select(literal(source), processes.c.process).where(processes.c.process.not_in(marked))
        with self._writing() as connection:
            connection.execute(insert(PENDING).from_select(["source", "process"], absent))
        return self.pending_count(source)

    def pending_count(self, source: str) -> int:
        """Say how many processes of a source wait to be mapped."""
        with self._reading() as connection:
            query = select(func.count()).select_from(PENDING).where(PENDING.c.source == source)
            return connection.scalar(query) or 0

    def pending(self, source: str, after: str, limit: int) -> list[str]:
        """Give processes that wait to be mapped, ascending, after `after`."""
        query = select(PENDING.c.process).where(PENDING.c.source == source, PENDING.c.process > after)
        with self._reading() as connection:
            return list(connection.scalars(query.order_by(PENDING.c.process).limit(limit)))

    def references(self, source: str) -> dict[str, dict[str, Json]]:
        """Give the documents of no process that are rows of the portal's reference tables, by table and key."""
        choice = and_(DOCUMENT.c.process.is_(None), DOCUMENT.c.kind.startswith("ref_", autoescape=True))
        found: dict[str, dict[str, Json]] = defaultdict(dict)
        with self._reading() as connection:
            for document in self._documents(connection, source, [choice]).values():
                found[document.kind][document.key] = document.fields
        return dict(found)

    def bundles(self, source: str, processes: Sequence[str]) -> list[Bundle]:
        """Gather one bundle for each process, in the order given; one without documents is empty."""
        with self._reading() as connection:
            own = self._documents(connection, source, [self._among(DOCUMENT.c.process, processes)])
            families = {document.links.family for document in own.values() if document.links.family}
            members = own | self._members(connection, source, families)
            held = members | self._wanted_documents(connection, source, members.values())
            wanted = self._wanted_processes(connection, source, processes)
            published = self._published(connection, source, processes)
        gathering = _Gathering(held.values(), members.values())
        return [
            Bundle(
                source=source,
                process=process,
                documents=gathering.of(process),
                wanted=process in wanted,
                published=process in published,
            )
            for process in processes
        ]

    def _documents(
        self, connection: Connection, source: str, choices: Iterable[ColumnElement[bool]]
    ) -> dict[Identity, Document]:
        rows = [
            row
            for choice in choices
            for row in connection.execute(select(DOCUMENT).where(DOCUMENT.c.source == source, choice))
        ]
        bodies = self._read_bodies(connection, [row.body for row in rows])
        documents = (read_document(row, body) for row, body in zip(rows, bodies, strict=True))
        return {identity(document): document for document in documents}

    def _members(self, connection: Connection, source: str, families: set[str]) -> dict[Identity, Document]:
        if not families:
            return {}
        of_family = and_(DOCUMENT.c.family.is_not(None), self._among(DOCUMENT.c.family, families))
        return self._documents(connection, source, [of_family])

    def _wanted_documents(
        self, connection: Connection, source: str, wanting: Iterable[Document]
    ) -> dict[Identity, Document]:
        wants = (split_want(want) for document in wanting for want in document.links.wants)
        choices = [
            and_(DOCUMENT.c.kind == kind, self._among(DOCUMENT.c.key, keys)) for kind, keys in by_kind(wants).items()
        ]
        return self._documents(connection, source, choices)

    def _wanted_processes(self, connection: Connection, source: str, processes: Sequence[str]) -> set[str]:
        """Give those of the processes of which another process wants a document."""
        query = (
            select(DOCUMENT.c.process)
            .distinct()
            .join(
                WANT,
                and_(WANT.c.source == DOCUMENT.c.source, WANT.c.kind == DOCUMENT.c.kind, WANT.c.key == DOCUMENT.c.key),
            )
            .where(DOCUMENT.c.source == source, WANT.c.process != DOCUMENT.c.process)
            .where(self._among(DOCUMENT.c.process, processes))
        )
        return {process for process in connection.scalars(query) if process}

    def _published(self, connection: Connection, source: str, processes: Sequence[str]) -> set[str]:
        query = select(RECORD.c.process).where(RECORD.c.source == source)
        return set(connection.scalars(query.where(self._among(RECORD.c.process, processes))))


class _Gathering:
    """Finds, among the documents of many processes, those of one."""

    def __init__(self, held: Iterable[Document], members: Iterable[Document]) -> None:
        self._by_process: defaultdict[str | None, list[Document]] = defaultdict(list)
        self._by_family: defaultdict[str, list[Document]] = defaultdict(list)
        self._by_key: defaultdict[tuple[str, str], list[Document]] = defaultdict(list)
        for document in held:
            self._by_key[document.kind, document.key].append(document)
        for document in members:
            self._by_process[document.links.process].append(document)
            if document.links.family:
                self._by_family[document.links.family].append(document)

    def of(self, process: str) -> tuple[Document, ...]:
        """Give the documents of a process, its families and what they want, ordered by kind, way and key."""
        found = {identity(document): document for document in self._by_process[process]}
        for family in {document.links.family for document in found.values()} - {None}:
            found |= {identity(document): document for document in self._by_family[family or ""]}
        for want in {want for document in found.values() for want in document.links.wants}:
            found |= {identity(document): document for document in self._by_key[split_want(want)]}
        return tuple(sorted(found.values(), key=in_natural_order))


def in_natural_order(document: Document) -> tuple[str, str, list[str | int], str]:
    """Order numbers within keys by their value: 9 before 10, 12-2 before 12-10."""
    parts = _NUMBERS.split(document.key)
    # Texts and numbers take turns, so that like is always compared with like.
    natural = [int(part) if place % 2 else part for place, part in enumerate(parts)]
    return document.kind, document.way, natural, document.key
