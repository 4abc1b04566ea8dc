"""Runs of a source, and the steps each has finished."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from ocds_pipeline.store.database import Database
from ocds_pipeline.store.tables import RUN, RUN_STEP, in_utc
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.run import Run

_OPEN, _DONE, _ABANDONED = "open", "done", "abandoned"


class Runs(Database):
    """The runs of every source."""

    def begin_run(self, source: str, request: str, as_of: datetime) -> Run:
        """Begin a run, or go on with the unfinished one of the same request.

        A run gone on with keeps its id and its `as_of`. An unfinished run of another request is abandoned.
        """
        as_of = in_utc(as_of)
        with self._writing() as connection:
            open_runs = and_(RUN.c.source == source, RUN.c.state == _OPEN)
            same = select(RUN).where(open_runs, RUN.c.request == request).order_by(RUN.c.sequence.desc())
            begun = connection.execute(same).first()
            if begun:
                return Run(id=begun.id, source=source, as_of=begun.as_of)
            connection.execute(update(RUN).where(open_runs).values(state=_ABANDONED))
            last = connection.scalar(select(func.max(RUN.c.sequence)).where(RUN.c.source == source)) or 0
            run = Run(id=_run_id(as_of, last + 1), source=source, as_of=as_of)
            row = {"source": source, "id": run.id, "sequence": last + 1, "request": request, "as_of": run.as_of}
            connection.execute(insert(RUN).values(row | {"state": _OPEN}))
        return run

    def steps(self, run: Run) -> dict[str, Json]:
        """Give the reports of the steps that a run has finished, in the order they ended."""
        query = select(RUN_STEP).where(_is_step_of(run)).order_by(RUN_STEP.c.number)
        with self._reading() as connection:
            return {row.step: json.decode(row.report) for row in connection.execute(query)}

    def finish_step(self, run: Run, step: str, report: Json) -> None:
        """Keep a step's report; from now on the step is done. Done again, it replaces the report."""
        text = json.encode(report).decode()
        with self._writing() as connection:
            this = and_(_is_step_of(run), RUN_STEP.c.step == step)
            if connection.execute(update(RUN_STEP).where(this).values(report=text)).rowcount:
                return
            done = connection.scalar(select(func.count()).select_from(RUN_STEP).where(_is_step_of(run))) or 0
            row = {"source": run.source, "run": run.id, "step": step, "number": done + 1, "report": text}
            connection.execute(insert(RUN_STEP).values(row))

    def last_step(self, source: str, step: str) -> tuple[Run, Json] | None:
        """Give the newest run of a source that has finished a step, and the step's report."""
        return next(self.all_steps(source, step, at_once=1), None)

    def all_steps(self, source: str, step: str, *, at_once: int = 50) -> Iterator[tuple[Run, Json]]:
        """Give the runs of a source that have finished a step, newest first, each with the step's report."""
        both = and_(RUN.c.source == RUN_STEP.c.source, RUN.c.id == RUN_STEP.c.run)
        query = select(RUN.c.id, RUN.c.as_of, RUN.c.sequence, RUN_STEP.c.report).join(RUN_STEP, both)
        query = query.where(RUN.c.source == source, RUN_STEP.c.step == step).order_by(RUN.c.sequence.desc())
        earlier = query
        while True:
            with self._reading() as connection:
                rows = connection.execute(earlier.limit(at_once)).all()
            for row in rows:
                yield Run(id=row.id, source=source, as_of=row.as_of), json.decode(row.report)
            if len(rows) < at_once:
                return
            earlier = query.where(RUN.c.sequence < rows[-1].sequence)

    def finish_run(self, run: Run) -> None:
        """Close a run: the next one of the same request is a new one."""
        with self._writing() as connection:
            this = and_(RUN.c.source == run.source, RUN.c.id == run.id)
            connection.execute(update(RUN).where(this).values(state=_DONE))


def _run_id(as_of: datetime, sequence: int) -> str:
    return f"{as_of:%Y%m%dT%H%M%SZ}-{sequence:06d}"


def _is_step_of(run: Run) -> ColumnElement[bool]:
    return and_(RUN_STEP.c.source == run.source, RUN_STEP.c.run == run.id)
