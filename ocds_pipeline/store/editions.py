"""Editions: prepared before the pointer is swapped, committed after."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, insert, select, update

from ocds_pipeline.store.database import Database
from ocds_pipeline.store.rows import AnyRow
from ocds_pipeline.store.tables import EDITION
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.run import Run

_PREPARED, _COMMITTED, _FAILED = "prepared", "committed", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition as the store knows it.

    `run` is the id of the run that made it, `mark` the newest release sequence number in it, `facts` whatever its maker
    needs to go on after a kill, or to make the next one. One that `failed` was stopped before anything of it
    was published; its number is free again.
    """

    source: str
    run: str
    id: str
    sequence: int
    mark: int
    facts: Json
    committed: bool
    failed: bool = False


class Editions(Database):
    """The editions of every source."""

    def prepare_edition(self, run: Run, sequence: int, edition_id: str, mark: int, facts: Json) -> None:
        """Keep what an edition of this run will be. Prepared again, the later wins; a committed one stays as it is."""
        values = {"id": edition_id, "sequence": sequence, "mark": mark, "facts": json.encode(facts).decode()}
        with self._writing() as connection:
            state = connection.scalar(select(EDITION.c.state).where(_is_of(run)))
            if state in {_PREPARED, _FAILED}:
                connection.execute(update(EDITION).where(_is_of(run)).values(values | {"state": _PREPARED}))
            elif state is None:
                place = {"source": run.source, "run": run.id, "state": _PREPARED}
                connection.execute(insert(EDITION).values(place | values))

    def prepared_edition(self, run: Run) -> Edition | None:
        """Give the edition that this run has prepared, committed or not."""
        with self._reading() as connection:
            return _edition(connection.execute(select(EDITION).where(_is_of(run))).one_or_none())

    def commit_edition(self, run: Run) -> None:
        """Say that the edition this run has prepared is published."""
        with self._writing() as connection:
            connection.execute(update(EDITION).where(_is_of(run)).values(state=_COMMITTED))

    def fail_edition(self, run: Run) -> None:
        """Say that the edition this run has prepared was stopped; what is committed stays so."""
        with self._writing() as connection:
            prepared = and_(_is_of(run), EDITION.c.state == _PREPARED)
            connection.execute(update(EDITION).where(prepared).values(state=_FAILED))

    def failed_edition(self, source: str) -> Edition | None:
        """Give the newest edition of a source that was stopped, unless one with its number was published since."""
        last = self.last_edition(source)
        query = select(EDITION).where(EDITION.c.source == source, EDITION.c.state == _FAILED)
        query = query.where(EDITION.c.sequence > (last.sequence if last else 0))
        with self._reading() as connection:
            return _edition(connection.execute(query.order_by(EDITION.c.run.desc())).first())

    def edition(self, source: str, edition_id: str) -> Edition | None:
        """Give an edition by its id, committed or not: a run killed right after the swap did not say that it was."""
        there = EDITION.c.state != _FAILED
        query = select(EDITION).where(EDITION.c.source == source, EDITION.c.id == edition_id, there)
        with self._reading() as connection:
            return _edition(connection.execute(query.order_by(EDITION.c.sequence.desc())).first())

    def last_edition(self, source: str) -> Edition | None:
        """Give the newest published edition of a source."""
        query = select(EDITION).where(EDITION.c.source == source, EDITION.c.state == _COMMITTED)
        with self._reading() as connection:
            newest = query.order_by(EDITION.c.sequence.desc(), EDITION.c.run.desc())
            return _edition(connection.execute(newest).first())


def _is_of(run: Run) -> ColumnElement[bool]:
    return and_(EDITION.c.source == run.source, EDITION.c.run == run.id)


def _edition(row: AnyRow | None) -> Edition | None:
    if row is None:
        return None
    return Edition(
        source=row.source,
        run=row.run,
        id=row.id,
        sequence=row.sequence,
        mark=row.mark,
        facts=json.decode(row.facts),
        committed=row.state == _COMMITTED,
        failed=row.state == _FAILED,
    )
