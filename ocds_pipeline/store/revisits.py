"""Which documents are to be asked for again."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from extractors.base import Revisit
from ocds_pipeline.store.documents import Documents
from ocds_pipeline.store.rows import AnyRow, day_number
from ocds_pipeline.store.tables import DOCUMENT, PAGE
from ocds_schema import json
from ocds_schema.run import Run

_FIRST_LOOK, _LONGEST_LOOK = 64, 8192

_IsDue = Callable[[AnyRow], bool]


@dataclass(slots=True, kw_only=True)
class _Came:
    """The keys of one kind and way that a run's pages held, up to the page `through`.

    `absent` are the rows, by key, of objects that stand for documents that were not held when the run was first seen.
    """

    of: tuple[str, str, Revisit | None] = ("", "", None)
    through: int = 0
    keys: set[str] = field(default_factory=set)
    absent: Sequence[AnyRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turns:
    """Whose turn it is: keys of the `slow` turn, and of the `sweep`; all that was stirred after a day is `fresh`."""

    revisit: Revisit
    slow: frozenset[int]
    sweep: frozenset[int]
    fresh: int

    def is_stirred(self, row: AnyRow) -> bool:
        """Say whether what is open was stirred lately, or has its slow turn."""
        lately = row.stirred is not None and row.stirred > self.fresh
        return lately or _turn(row.key, self.revisit.slow) in self.slow

    def is_swept(self, row: AnyRow) -> bool:
        """Say whether what is not open has its turn."""
        return _turn(row.key, self.revisit.sweep) in self.sweep


class Revisits(Documents):
    """Documents, each asked for again in its turn."""

    _came = _Came()

    def due(self, run: Run, revisit: Revisit, days: range | None, after: str) -> str | None:
        """Give the next key that is to be asked for again, past `after`, or nothing.

        Due is what did not come in the run and is open, or has its turn on one of the `days`, as the revisit says;
        without days, all that did not come.
        """
        these = and_(DOCUMENT.c.source == run.source, DOCUMENT.c.kind == revisit.kind, DOCUMENT.c.way == revisit.way)
        keys = select(DOCUMENT.c.key, DOCUMENT.c.stirred).where(these).order_by(DOCUMENT.c.key)
        with self._reading() as connection:
            came = self._what_came(connection, run, revisit)
            if days is None:
                found = _first(connection, keys, after, lambda row: row.key not in came.keys)
                return _nearest(found, _next_absent(came, after, lambda _: True))
            turns = _turns(run, revisit, days)
            is_open = keys.where(DOCUMENT.c.open)
            found = _first(connection, is_open, after, lambda row: row.key not in came.keys and turns.is_stirred(row))
            found = _nearest(found, _next_absent(came, after, turns.is_stirred))
            if not turns.sweep:
                return found
            before = keys if found is None else keys.where(DOCUMENT.c.key < found)
            swept = _first(connection, before, after, lambda row: row.key not in came.keys and turns.is_swept(row))
            return _nearest(swept, found)

    def _what_came(self, connection: Connection, run: Run, revisit: Revisit) -> _Came:
        """Give the keys that came so far; pages read before are not read again."""
        of = (run.source, run.id, revisit)
        if self._came.of != of:
            self._came = _Came(of=of, absent=self._absent(connection, run.source, revisit))
        query = select(PAGE.c.id, PAGE.c.identities).where(
            PAGE.c.source == run.source, PAGE.c.run == run.id, PAGE.c.id > self._came.through
        )
        for row in connection.execution_options(yield_per=100).execute(query.order_by(PAGE.c.id)):
            (text,) = self._read_bodies(connection, [row.identities])
            for its_kind, its_way, keys in json.decode(text):
                if (its_kind, its_way) == (revisit.kind, revisit.way):
                    self._came.keys.update(keys)
            self._came.through = row.id
        return self._came

    def _absent(self, connection: Connection, source: str, revisit: Revisit) -> Sequence[AnyRow]:
        """Give the objects whose documents are not held, by key; looked for once, as it takes reading all objects."""
        if not revisit.rows:
            return ()
        held = DOCUMENT.alias()
        is_held = and_(held.c.source == source, held.c.kind == revisit.kind, held.c.key == DOCUMENT.c.key)
        query = select(DOCUMENT.c.key, DOCUMENT.c.stirred).where(
            DOCUMENT.c.source == source, DOCUMENT.c.kind == revisit.rows, ~select(held.c.key).where(is_held).exists()
        )
        return connection.execute(query.order_by(DOCUMENT.c.key)).all()


def _turns(run: Run, revisit: Revisit, days: range) -> _Turns:
    return _Turns(
        revisit=revisit,
        slow=frozenset(day % revisit.slow for day in days[: revisit.slow]),
        sweep=frozenset(day % revisit.sweep for day in days[: revisit.sweep]),
        fresh=day_number(run.as_of.date()) - revisit.fresh,
    )


def _first(connection: Connection, keys: Select[Any], after: str, is_due: _IsDue) -> str | None:
    """Give the first key past `after` that is due; the further it lies, the longer the strides."""
    size = _FIRST_LOOK
    while True:
        found = connection.execute(keys.where(DOCUMENT.c.key > after).limit(size)).all()
        for row in found:
            if is_due(row):
                return str(row.key)
        if len(found) < size:
            return None
        after, size = found[-1].key, min(2 * size, _LONGEST_LOOK)


def _next_absent(came: _Came, after: str, is_due: _IsDue) -> str | None:
    rows = came.absent
    begins = bisect_right(rows, after, key=lambda row: row.key)
    return next((row.key for row in rows[begins:] if row.key not in came.keys and is_due(row)), None)


def _nearest(*keys: str | None) -> str | None:
    return min((key for key in keys if key is not None), default=None)


def _turn(key: str, among: int) -> int:
    """Give the day, of a number of them, on which a key has its turn; the same on every machine."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % among
