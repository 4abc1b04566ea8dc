"""Which dictionary each form of body is written with, and when one is trained.

A form is what a dictionary fits: the documents of one kind of a source, or a source's OCDS.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text

from ocds_pipeline.store.bodies import FIRST_DICTIONARY, SAMPLES, dictionary_of, train
from ocds_pipeline.store.database import Database
from ocds_pipeline.store.tables import DICTIONARY, DOCUMENT, RELEASE

OCDS = "ocds"
_MOST_SAMPLE_BYTES = 16 << 20


def document_form(kind: str) -> str:
    """Name the form of one kind of documents."""
    return f"document/{kind}"


class Forms(Database):
    """A database that writes and reads compressed bodies."""

    def _write_bodies(self, connection: Connection, source: str, form: str, bodies: Sequence[bytes]) -> list[bytes]:
        """Compress bodies of one form, with its newest dictionary if there is one."""
        return self._bodies.write(bodies, self._newest(connection, source, form))

    def _read_bodies(self, connection: Connection, frames: Sequence[bytes]) -> list[bytes]:
        """Read bodies of any form and source."""
        numbers = [dictionary_of(frame) for frame in frames]
        if unknown := self._bodies.unknown(numbers):
            self._load(connection, select(DICTIONARY).where(DICTIONARY.c.id.in_(unknown)))
        return self._bodies.read(frames, numbers)

    def _learn(self, source: str, form: str, added: int) -> None:
        """Train the form's dictionary once enough bodies are kept; call it between transactions."""
        known = self._dictionaries.setdefault(source, {})
        if not added or known.get(form):
            return
        counts = self._counts.setdefault(source, {})
        counts[form] = counts[form] + added if form in counts else self._count(source, form)
        if counts[form] >= SAMPLES:
            counts[form] = 0
            self._train(source, form)

    def _newest(self, connection: Connection, source: str, form: str) -> int:
        if source not in self._dictionaries:
            self._dictionaries[source] = {}
            self._load(connection, select(DICTIONARY).where(DICTIONARY.c.source == source))
        return self._dictionaries[source].get(form, 0)

    def _load(self, connection: Connection, dictionaries: Select[*tuple[Any, ...]]) -> None:
        for row in connection.execute(dictionaries.order_by(DICTIONARY.c.id)):
            self._bodies.add(row.id, row.content)
            if row.source in self._dictionaries:
                self._dictionaries[row.source][row.form] = row.id

    def _count(self, source: str, form: str) -> int:
        held = _some_bodies(source, form).subquery()
        with self._reading() as connection:
            return connection.scalar(select(func.count()).select_from(held)) or 0

    def _train(self, source: str, form: str) -> None:
        with self._writing() as connection:
            if not self.is_sqlite:
                connection.execute(text("LOCK TABLE dictionary IN SHARE ROW EXCLUSIVE MODE"))
            newest = connection.scalar(select(func.max(DICTIONARY.c.id))) or FIRST_DICTIONARY
            content = train(list(self._samples(connection, source, form)), newest + 1)
            if content is None:
                return
            row = {"id": newest + 1, "source": source, "form": form, "content": content}
            connection.execute(insert(DICTIONARY).values(row))
        # Known only once it is kept: a body must never name a dictionary that a roll-back took away.
        self._bodies.add(newest + 1, content)
        self._dictionaries[source][form] = newest + 1

    def _samples(self, connection: Connection, source: str, form: str) -> Iterator[bytes]:
        room = _MOST_SAMPLE_BYTES
        for frame in connection.scalars(_some_bodies(source, form)):
            (body,) = self._read_bodies(connection, [bytes(frame)])
            room -= len(body)
            if room < 0:
                return
            yield body


def _some_bodies(source: str, form: str) -> Select[*tuple[Any, ...]]:
    if form == OCDS:
        return select(RELEASE.c.body).where(RELEASE.c.source == source).limit(SAMPLES)
    kind = form.removeprefix(document_form(""))
    return select(DOCUMENT.c.body).where(DOCUMENT.c.source == source, DOCUMENT.c.kind == kind).limit(SAMPLES)
