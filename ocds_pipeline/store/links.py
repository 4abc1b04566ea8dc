"""Which processes a change of documents reaches."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, delete, select

from ocds_pipeline.store.bulk import insert_absent_words
from ocds_pipeline.store.forms import Forms
from ocds_pipeline.store.rows import by_kind, split_want, split_wants
from ocds_pipeline.store.tables import DOCUMENT, PENDING, WANT
from ocds_schema.raw import Links

Change = tuple[tuple[str, str], Links | None, Links]
"""Kind and key of a document, its links before (nothing for a new one) and its links now."""

Want = tuple[str, str, str]
"""A process, and the kind and key of a document that it wants."""


class DocumentLinks(Forms):
    """Keeps `want` and `pending` in step with the documents."""

    def _follow(self, connection: Connection, source: str, changes: Sequence[Change]) -> None:
        """Bring the wants up to date and mark every process that some changes reach; call it after they are written."""
        if not changes:
            return
        earlier = [links for _, links, _ in changes if links is not None]
        links = earlier + [now for _, _, now in changes]
        reached = {each.process for each in links if each.process}
        families = {each.family for each in links if each.family}
        wanting = self._wanting(connection, source, (pair for pair, _, _ in changes))
        families |= self._families(connection, source, wanting)
        reached |= wanting
        self._replace_wants(connection, source, changes)
        flipped = {want for _, before, now in changes for want in _flipped(before, now)}
        reached |= self._holders(connection, source, families, flipped)
        self._mark_pending(connection, source, reached)

    def _mark_pending(self, connection: Connection, source: str, processes: Iterable[str]) -> None:
        """Mark processes to be mapped again."""
        insert_absent_words(connection, PENDING, ((source, process) for process in processes))

    def _wanting(self, connection: Connection, source: str, pairs: Iterable[tuple[str, str]]) -> set[str]:
        return {
            process
            for kind, keys in by_kind(pairs).items()
            for process in connection.scalars(
                select(WANT.c.process)
                .distinct()
                .where(WANT.c.source == source, WANT.c.kind == kind, self._among(WANT.c.key, keys))
            )
        }

    def _families(self, connection: Connection, source: str, processes: set[str]) -> set[str]:
        if not processes:
            return set()
        query = select(DOCUMENT.c.family).distinct()
        query = query.where(DOCUMENT.c.source == source, DOCUMENT.c.family.is_not(None))
        return set(connection.scalars(query.where(self._among(DOCUMENT.c.process, processes))))

    def _holders(self, connection: Connection, source: str, families: set[str], wants: set[str]) -> set[str]:
        """Give the processes of the members of some families and of some documents."""
        choices = []
        if families:
            choices.append(and_(DOCUMENT.c.family.is_not(None), self._among(DOCUMENT.c.family, families)))
        for kind, keys in by_kind(map(split_want, wants)).items():
            choices.append(and_(DOCUMENT.c.kind == kind, self._among(DOCUMENT.c.key, keys)))
        found: set[str] = set()
        for choice in choices:
            query = select(DOCUMENT.c.process).distinct().where(DOCUMENT.c.source == source, choice)
            found |= {process for process in connection.scalars(query) if process}
        return found

    def _replace_wants(self, connection: Connection, source: str, changes: Sequence[Change]) -> None:
        touched: set[str] = set()
        added: set[Want] = set()
        for _, before, now in changes:
            held = set() if before is None else _wants(before)
            added |= _wants(now) - held
            touched |= {process for process, _, _ in held - _wants(now)}
        insert_absent_words(connection, WANT, ((source, *want) for want in added))
        if touched:
            self._drop_stale_wants(connection, source, touched)

    def _drop_stale_wants(self, connection: Connection, source: str, processes: set[str]) -> None:
        """Drop the wants of some processes that none of their documents has any longer."""
        of_documents = select(DOCUMENT.c.process, DOCUMENT.c.wants)
        of_documents = of_documents.where(DOCUMENT.c.source == source, self._among(DOCUMENT.c.process, processes))
        living = {
            (row.process, *split_want(want))
            for row in connection.execute(of_documents.where(DOCUMENT.c.wants != ""))
            for want in split_wants(row.wants)
        }
        held = select(WANT.c.process, WANT.c.kind, WANT.c.key).where(WANT.c.source == source)
        rows = connection.execute(held.where(self._among(WANT.c.process, processes)))
        stale = {(row.process, row.kind, row.key) for row in rows} - living
        for process, kind, key in sorted(stale):
            same = and_(WANT.c.process == process, WANT.c.kind == kind, WANT.c.key == key)
            connection.execute(delete(WANT).where(WANT.c.source == source, same))


def _wants(links: Links) -> set[Want]:
    if not links.process:
        return set()
    return {(links.process, *split_want(want)) for want in links.wants}


def _flipped(before: Links | None, now: Links) -> set[str]:
    """Give the documents whose being wanted may have changed with one document's links."""
    if before is None:
        return set(now.wants)
    if before.process != now.process:
        return {*before.wants, *now.wants}
    return set(before.wants) ^ set(now.wants)
