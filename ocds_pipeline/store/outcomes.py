"""Outcomes: releases, records and problems of a batch of processes, saved in one transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, and_, delete, or_, select

from ocds_pipeline.store.bulk import Row, insert_rows
from ocds_pipeline.store.forms import OCDS, Forms
from ocds_pipeline.store.rows import (
    RECORD_COLUMNS,
    RELEASE_COLUMNS,
    AnyRow,
    read_record,
    record_row,
    release_row,
    run_number,
)
from ocds_pipeline.store.tables import FINDING, PENDING, PROBLEM, RECORD, RELEASE
from ocds_schema import json
from ocds_schema.outcome import Outcome
from ocds_schema.problems import Problem
from ocds_schema.release import Record, Release
from ocds_schema.run import Run

_FINDING_COLUMNS = ("source", "process", "ocid", "quarantined", "digest")
_PROBLEM_COLUMNS = (
    "source",
    "process",
    "number",
    "path",
    "rule",
    "reason",
    "severity",
    "document",
    "fields",
    "value",
)


class Outcomes(Forms):
    """What became of every process."""

    def records(self, source: str, processes: Sequence[str]) -> dict[str, Record]:
        """Give the records of those of the processes that have one."""
        query = select(RECORD).where(RECORD.c.source == source, self._among(RECORD.c.process, processes))
        with self._reading() as connection:
            rows = connection.execute(query).all()
            bodies = self._read_bodies(connection, [row.body for row in rows])
        return {row.process: read_record(row, body) for row, body in zip(rows, bodies, strict=True)}

    def save_outcomes(self, run: Run, outcomes: Sequence[Outcome]) -> Counter[str]:
        """Keep a batch of outcomes in one transaction, take their processes off `pending`, and count what was written.

        A release held already is not written again. An ocid that another process has is not shared: that outcome is
        quarantined, with a problem of the rule `ocid_taken`; so is a process whose ocid has changed (`ocid_changed`).
        Of a quarantined outcome only the problems are kept, and what new code made of the documents before.

        Returns:
            How many `processes` there were, how many of them `quarantined`; how many `releases` and `records` were
            written; how many `problems` there are now.
        """
        last = {outcome.process: outcome for outcome in outcomes}
        with self._writing() as connection:
            held = self._held_records(connection, run.source, last.values())
            judged = _judge(run.source, last.values(), held)
            good = [outcome for outcome in judged if not outcome.quarantined or outcome.remapped]
            counts = Counter(processes=len(judged), quarantined=sum(outcome.quarantined for outcome in judged))
            releases = [release for outcome in good for release in outcome.releases]
            counts["releases"] = self._save_releases(connection, run, releases)
            counts["records"] = self._save_records(connection, run, good, held)
            counts["problems"] = sum(len(outcome.problems) for outcome in judged)
            self._save_problems(connection, run.source, judged)
            done = self._among(PENDING.c.process, last)
            connection.execute(delete(PENDING).where(PENDING.c.source == run.source, done))
        self._learn(run.source, OCDS, counts["releases"])
        return counts

    def problems(self, source: str) -> Iterator[tuple[str, str | None, bool, list[Problem]]]:
        """Give every process that has problems or is quarantined: process, ocid, whether quarantined, its problems."""
        after = ""
        while True:
            with self._reading() as connection:
                found = self._some_problems(connection, source, after)
            if not found:
                return
            yield from found
            after = found[-1][0]

    def _held_records(self, connection: Connection, source: str, outcomes: Iterable[Outcome]) -> Sequence[AnyRow]:
        """Give, without bodies, the records of the outcomes' processes and those that have the ocids they claim."""
        outcomes = list(outcomes)
        ocids = [outcome.record.ocid for outcome in outcomes if outcome.record]
        processes = self._among(RECORD.c.process, [outcome.process for outcome in outcomes])
        theirs = or_(self._among(RECORD.c.ocid, ocids), and_(RECORD.c.source == source, processes))
        names = ("source", "process", "ocid", "digest", "state_digest", "inputs", "mapped", "gone")
        columns = [RECORD.c[name] for name in names]
        return connection.execute(select(*columns).where(theirs)).all()

    def _save_releases(self, connection: Connection, run: Run, releases: Sequence[Release]) -> int:
        # By ocid alone: asked for both, SQLite tries every id with every ocid.
        if not releases:
            return 0
        ocids = self._among(RELEASE.c.ocid, [release.ocid for release in releases])
        query = select(RELEASE.c.ocid, RELEASE.c.id).where(ocids)
        held = {(row.ocid, row.id) for row in connection.execute(query).all()}
        new = [release for release in releases if (release.ocid, release.id) not in held]
        frames = self._write_bodies(connection, run.source, OCDS, [release.body for release in new])
        rows = [release_row(release, run.source, run.id, frame) for release, frame in zip(new, frames, strict=True)]
        insert_rows(connection, RELEASE, RELEASE_COLUMNS, rows)
        return len(new)

    def _save_records(
        self, connection: Connection, run: Run, outcomes: Sequence[Outcome], held_rows: Sequence[AnyRow]
    ) -> int:
        held = {row.process: row for row in held_rows if row.source == run.source}
        found = [(outcome.record, outcome.quarantined) for outcome in outcomes if outcome.record]
        new = [
            (record, is_held_back)
            for record, is_held_back in found
            if record.process not in held
            or _digests(held[record.process]) != (record.digest, record.state_digest, record.inputs)
        ]
        stale = [record.process for record, _ in new if record.process in held]
        if stale:
            of_stale = self._among(RECORD.c.process, stale)
            connection.execute(delete(RECORD).where(RECORD.c.source == run.source, of_stale))
        frames = self._write_bodies(connection, run.source, OCDS, [record.body for record, _ in new])
        rows = []
        for (record, is_held_back), frame in zip(new, frames, strict=True):
            before = held.get(record.process)
            mapped = before.mapped if is_held_back and before else run_number(run.id)
            gone = bool(before and before.gone)
            rows.append(record_row(record, run.source, frame, mapped=mapped, gone=gone))
        insert_rows(connection, RECORD, RECORD_COLUMNS, rows)
        return len(new)

    def _save_problems(self, connection: Connection, source: str, outcomes: Sequence[Outcome]) -> None:
        processes = [outcome.process for outcome in outcomes]
        query = select(FINDING).where(FINDING.c.source == source, self._among(FINDING.c.process, processes))
        held = {row.process: row.digest for row in connection.execute(query).all()}
        findings = {outcome.process: _finding(source, outcome) for outcome in outcomes}
        moved = [
            outcome for outcome in outcomes if held.get(outcome.process) != (findings[outcome.process] or (None,))[-1]
        ]
        stale = [outcome.process for outcome in moved if outcome.process in held]
        for table in (FINDING, PROBLEM):
            if stale:
                of_stale = self._among(table.c.process, stale)
                connection.execute(delete(table).where(table.c.source == source, of_stale))
        new = [row for outcome in moved if (row := findings[outcome.process])]
        insert_rows(connection, FINDING, _FINDING_COLUMNS, new)
        problems = [row for outcome in moved for row in _problem_rows(source, outcome)]
        insert_rows(connection, PROBLEM, _PROBLEM_COLUMNS, problems)

    def _some_problems(
        self, connection: Connection, source: str, after: str
    ) -> list[tuple[str, str | None, bool, list[Problem]]]:
        query = select(FINDING).where(FINDING.c.source == source, FINDING.c.process > after)
        rows = connection.execute(query.order_by(FINDING.c.process).limit(500)).all()
        found: dict[str, list[Problem]] = {row.process: [] for row in rows}
        of_these = select(PROBLEM).where(PROBLEM.c.source == source, self._among(PROBLEM.c.process, found))
        for row in connection.execute(of_these.order_by(PROBLEM.c.process, PROBLEM.c.number)):
            problem = Problem(
                path=row.path,
                rule=row.rule,
                reason=row.reason,
                severity=row.severity,
                document=row.document,
                fields=tuple(json.decode(row.fields)),
                value=row.value,
            )
            found[row.process].append(problem)
        return [(row.process, row.ocid, row.quarantined, found[row.process]) for row in rows]


def _judge(source: str, outcomes: Iterable[Outcome], held: Sequence[AnyRow]) -> list[Outcome]:
    """Quarantine the outcomes that claim an ocid they cannot have."""
    owners = {row.ocid: (row.source, row.process) for row in held}
    ocid_of = {(row.source, row.process): row.ocid for row in held}
    judged = []
    for outcome in outcomes:
        fault = None
        claims = outcome.record and (not outcome.quarantined or outcome.remapped)
        if outcome.record and claims:
            fault = _fault(outcome.record.ocid, (source, outcome.process), owners, ocid_of)
        if outcome.record and claims and not fault:
            owners[outcome.record.ocid] = source, outcome.process
        judged.append(_quarantined(outcome, fault) if fault else outcome)
    return judged


def _fault(
    ocid: str, who: tuple[str, str], owners: dict[str, tuple[str, str]], ocid_of: dict[tuple[str, str], str]
) -> Problem | None:
    owner = owners.get(ocid, who)
    if owner != who:
        reason = f"{ocid} belongs to the process {owner[1]} of {owner[0]}"
        return Problem(path="ocid", rule="ocid_taken", reason=reason, severity="fatal", value=ocid)
    held = ocid_of.get(who, ocid)
    if held != ocid:
        reason = f"the process has been published as {held}, and an ocid is for life"
        return Problem(path="ocid", rule="ocid_changed", reason=reason, severity="fatal", value=ocid)
    return None


def _quarantined(outcome: Outcome, fault: Problem) -> Outcome:
    return replace(
        outcome, remapped=None, release=None, record=None, problems=(*outcome.problems, fault), quarantined=True
    )


def _finding(source: str, outcome: Outcome) -> Row | None:
    """Write a row of `_FINDING_COLUMNS`, ending in the digest of all that is kept; nothing where there is nothing."""
    if not outcome.problems and not outcome.quarantined:
        return None
    content = json.encode([outcome.ocid, outcome.quarantined, outcome.problems])
    digest = bytes.fromhex(json.digest(content))
    return source, outcome.process, outcome.ocid, outcome.quarantined, digest


def _problem_rows(source: str, outcome: Outcome) -> Iterator[Row]:
    for number, problem in enumerate(outcome.problems, 1):
        yield (
            source,
            outcome.process,
            number,
            problem.path,
            problem.rule,
            problem.reason,
            problem.severity,
            problem.document,
            json.encode(problem.fields).decode(),
            problem.value,
        )


def _digests(row: AnyRow) -> tuple[str, str, str]:
    return row.digest.hex(), row.state_digest.hex(), row.inputs.hex()
