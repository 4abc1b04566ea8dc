"""Documents as they were when records were made of them, kept until the records are made again.

A version laid aside says in `until` the number of the run that brought its successor. A record holds the number of the
run it was made in. So what it was made from are the versions that were laid aside next after that, and the present ones
of all documents that have not changed since.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Delete, Select, Table, and_, delete, literal, select

from ocds_pipeline.store.bulk import insert_absent_rows
from ocds_pipeline.store.bundles import Bundles, in_natural_order
from ocds_pipeline.store.rows import (
    AnyRow,
    Identity,
    by_kind,
    identity,
    read_document,
    run_number,
    split_want,
)
from ocds_pipeline.store.tables import DOCUMENT, DOCUMENT_BEFORE, FINDING, RECORD
from ocds_schema.raw import Document
from ocds_schema.run import Run

_AT_ONCE = 500

Among = Callable[[ColumnElement[Any], Iterable[str]], ColumnElement[bool]]


def lay_aside(connection: Connection, these: ColumnElement[bool], run: int) -> None:
    """Keep the documents that are about to be replaced in a run."""
    names = [column.name for column in DOCUMENT_BEFORE.columns if column.name != "until"]
    chosen = select(*(DOCUMENT.c[name] for name in names), literal(run)).where(these)
    # What a run has brought itself, no record was made of: the first version that it replaces is the one to keep.
    insert_absent_rows(connection, DOCUMENT_BEFORE, [*names, "until"], chosen)


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of a document: in which run it came, and in which it was replaced, if it was."""

    document: Document
    came: int
    until: float


class Before(Bundles):
    """What every process was mapped from the last time."""

    def documents_before(
        self, source: str, processes: Sequence[str], last: Run | None = None
    ) -> dict[str, tuple[Document, ...]]:
        """Give, by process, the documents that it was mapped from the last time, in the order of a bundle.

        Of a record that is known by the run it was made in. A process that is held back and has no record was mapped in
        the run `last`, which mapped all that waited. Others are left out.
        """
        with self._reading() as connection:
            runs = {row.process: row.mapped for row in connection.execute(_mapped(source, self._among, processes))}
            if last is not None:
                without = [process for process in processes if process not in runs]
                held_back = connection.scalars(_without_record(source, self._among, without))
                runs |= dict.fromkeys(held_back, run_number(last.id))
            runs = {process: run for process, run in runs.items() if run is not None}
            if not runs:
                return {}
            past = self._past(connection, source, list(runs))
        return {process: past.of(process, run) for process, run in runs.items()}

    def forget_before(self, source: str) -> int:
        """Drop the versions that no record is waiting for, once nothing waits to be mapped; give how many are left.

        Those of a process that is held back stay: its record is still the one that was made from them.
        """
        if self.pending_count(source):
            return self._count_before(source)
        kept: set[Identity] = set()
        for processes in self._held_back(source):
            found = self.documents_before(source, processes)
            kept |= {identity(document) for documents in found.values() for document in documents}
        with self._writing() as connection:
            columns = [DOCUMENT_BEFORE.c[name] for name in ("kind", "way", "key")]
            held = {tuple(row) for row in connection.execute(_of(source, *columns))}
            if not kept:
                connection.execute(delete(DOCUMENT_BEFORE).where(DOCUMENT_BEFORE.c.source == source))
            for kind, way, key in sorted(held - kept) if kept else ():
                connection.execute(_drop(source, kind, way, key))
        return self._count_before(source)

    def _count_before(self, source: str) -> int:
        with self._reading() as connection:
            return len(connection.execute(_of(source, DOCUMENT_BEFORE.c.key)).all())

    def _held_back(self, source: str) -> Iterator[list[str]]:
        same = and_(FINDING.c.source == RECORD.c.source, FINDING.c.process == RECORD.c.process)
        query = select(RECORD.c.process).join(FINDING, same).where(RECORD.c.source == source, FINDING.c.quarantined)
        with self._reading() as connection:
            found = list(connection.scalars(query.order_by(RECORD.c.process)))
        for start in range(0, len(found), _AT_ONCE):
            yield found[start : start + _AT_ONCE]

    def _past(self, connection: Connection, source: str, processes: Sequence[str]) -> "_Past":
        """Gather every version of the documents that the processes have or had, and of what these want or wanted."""
        past = _Past()
        self._gather_versions(connection, source, "process", processes, past)
        self._gather_versions(connection, source, "family", past.families(), past)
        wanted = by_kind(map(split_want, past.wants()))
        for kind, keys in wanted.items():
            self._gather_versions(connection, source, "key", keys, past, kind=kind)
        return past

    def _gather_versions(
        self,
        connection: Connection,
        source: str,
        name: str,
        values: Iterable[str],
        past: "_Past",
        *,
        kind: str | None = None,
    ) -> None:
        values = list(values)
        if not values:
            return
        pairs: set[tuple[str, str]] = set()
        for table in (DOCUMENT, DOCUMENT_BEFORE):
            chosen = self._among(table.c[name], values) if kind is None else self._keys(table, kind, values)
            query = select(table.c.kind, table.c.key).where(table.c.source == source, chosen)
            pairs |= {(row.kind, row.key) for row in connection.execute(query)}
        for each, keys in by_kind(pairs - past.known).items():
            for table in (DOCUMENT, DOCUMENT_BEFORE):
                query = select(table).where(table.c.source == source, self._keys(table, each, keys))
                past.add(self._versions(connection, connection.execute(query).all()))
        past.known |= pairs

    def _keys(self, table: Table, kind: str, keys: Iterable[str]) -> ColumnElement[bool]:
        return and_(table.c.kind == kind, self._among(table.c.key, keys))

    def _versions(self, connection: Connection, rows: Sequence[AnyRow]) -> Iterator[_Version]:
        bodies = self._read_bodies(connection, [row.body for row in rows])
        for row, body in zip(rows, bodies, strict=True):
            until = row._mapping.get("until", float("inf"))  # noqa: SLF001 - SQLAlchemy's name of a public member
            yield _Version(document=read_document(row, body), came=run_number(row.changed_run), until=until)


class _Past:
    """Versions of documents, from which those of any moment can be picked."""

    def __init__(self) -> None:
        self.known: set[tuple[str, str]] = set()
        self._versions: defaultdict[Identity, list[_Version]] = defaultdict(list)
        self._by_process: defaultdict[str | None, set[Identity]] = defaultdict(set)
        self._by_family: defaultdict[str, set[Identity]] = defaultdict(set)
        self._by_key: defaultdict[tuple[str, str], set[Identity]] = defaultdict(set)

    def add(self, versions: Iterable[_Version]) -> None:
        for version in versions:
            document = version.document
            name = identity(document)
            self._versions[name].append(version)
            self._versions[name].sort(key=lambda each: each.until)
            self._by_process[document.links.process].add(name)
            self._by_key[document.kind, document.key].add(name)
            if document.links.family:
                self._by_family[document.links.family].add(name)

    def families(self) -> set[str]:
        return set(self._by_family)

    def wants(self) -> set[str]:
        found = (
            want for versions in self._versions.values() for each in versions for want in each.document.links.wants
        )
        return set(found)

    def of(self, process: str, mapped: int) -> tuple[Document, ...]:
        """Give a process's documents, its families' and what they want, as they were after the run `mapped`."""
        found = {
            name: document
            for name, document in self._at(self._by_process[process], mapped)
            if document.links.process == process
        }
        for family in {document.links.family for document in found.values()} - {None}:
            members = self._at(self._by_family[family or ""], mapped)
            found |= {name: document for name, document in members if document.links.family == family}
        for want in {want for document in found.values() for want in document.links.wants}:
            found |= dict(self._at(self._by_key[split_want(want)], mapped))
        return tuple(sorted(found.values(), key=in_natural_order))

    def _at(self, names: Iterable[Identity], mapped: int) -> Iterator[tuple[Identity, Document]]:
        for name in names:
            version = next((each for each in self._versions[name] if each.until > mapped), None)
            if version and version.came <= mapped:
                yield name, version.document


def _mapped(source: str, among: Among, processes: Sequence[str]) -> Select[*tuple[Any, ...]]:
    query = select(RECORD.c.process, RECORD.c.mapped).where(RECORD.c.source == source)
    return query.where(among(RECORD.c.process, processes))


def _without_record(source: str, among: Among, processes: Sequence[str]) -> Select[*tuple[str, ...]]:
    query = select(FINDING.c.process).where(FINDING.c.source == source, FINDING.c.quarantined)
    return query.where(among(FINDING.c.process, processes))


def _of(source: str, *columns: ColumnElement[str]) -> Select[*tuple[str, ...]]:
    return select(*columns).where(DOCUMENT_BEFORE.c.source == source)


def _drop(source: str, kind: str, way: str, key: str) -> Delete:
    these = and_(DOCUMENT_BEFORE.c.source == source, DOCUMENT_BEFORE.c.kind == kind)
    return delete(DOCUMENT_BEFORE).where(these, DOCUMENT_BEFORE.c.way == way, DOCUMENT_BEFORE.c.key == key)
