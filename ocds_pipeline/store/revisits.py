"""Which documents are to be asked for again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, and_, select

from ocds_pipeline.store.documents import Documents
from ocds_pipeline.store.tables import DOCUMENT, PAGE
from ocds_schema import json
from ocds_schema.raw import Way
from ocds_schema.run import Run

_FIRST_LOOK, _LONGEST_LOOK = 64, 8192


@dataclass(slots=True, kw_only=True)
class _Came:
    """The keys of one kind and way that a run's pages held, up to the page `through`."""

    of: tuple[str, str, str, str] = ("", "", "", "")
    through: int = 0
    keys: set[str] = field(default_factory=set)


class Revisits(Documents):
    """Documents, each asked for again in its turn."""

    _came = _Came()

    def due(self, run: Run, revisit: tuple[str, Way], days: range | None, sweep: int, after: str) -> str | None:
        """Give the next key of a kind and way that is to be asked for again, past `after`, or nothing.

        Due is what did not come in the run and is open, or has its turn on one of the `days`, one in `sweep`; without
        days, all that did not come.
        """
        kind, way = revisit
        these = and_(DOCUMENT.c.source == run.source, DOCUMENT.c.kind == kind, DOCUMENT.c.way == way)
        keys = select(DOCUMENT.c.key).where(these).order_by(DOCUMENT.c.key)
        with self._reading() as connection:
            came = self._keys_that_came(connection, run, kind, way)
            if days is None:
                return _first(connection, keys, after, lambda key: key not in came)
            found = _first(connection, keys.where(DOCUMENT.c.open), after, lambda key: key not in came)
            turns = {day % sweep for day in days}
            if not turns:
                return found
            before = keys if found is None else keys.where(DOCUMENT.c.key < found)
            return (
                _first(connection, before, after, lambda key: _turn(key, sweep) in turns and key not in came) or found
            )

    def _keys_that_came(self, connection: Connection, run: Run, kind: str, way: str) -> set[str]:
        """Give the keys that came so far; pages read before are not read again."""
        of = (run.source, run.id, kind, way)
        if self._came.of != of:
            self._came = _Came(of=of)
        query = select(PAGE.c.id, PAGE.c.identities).where(
            PAGE.c.source == run.source, PAGE.c.run == run.id, PAGE.c.id > self._came.through
        )
        for row in connection.execution_options(yield_per=100).execute(query.order_by(PAGE.c.id)):
            (text,) = self._read_bodies(connection, [row.identities])
            for its_kind, its_way, keys in json.decode(text):
                if (its_kind, its_way) == (kind, way):
                    self._came.keys.update(keys)
            self._came.through = row.id
        return self._came.keys


def _first(connection: Connection, keys: Select[str], after: str, is_due: Callable[[str], bool]) -> str | None:
    """Give the first key past `after` that is due; the further it lies, the longer the strides."""
    size = _FIRST_LOOK
    while True:
        found = connection.scalars(keys.where(DOCUMENT.c.key > after).limit(size)).all()
        for key in found:
            if is_due(key):
                return key
        if len(found) < size:
            return None
        after, size = found[-1], min(2 * size, _LONGEST_LOOK)


def _turn(key: str, sweep: int) -> int:
    """Give the day of the sweep on which a key has its turn; the same on every machine."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % sweep
