"""What was taken out of published data: the rules, and releases, records and problems rewritten by them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, insert, select, update

from ocds_pipeline.store.forms import OCDS
from ocds_pipeline.store.history import History, Releases
from ocds_pipeline.store.rows import AnyRow
from ocds_pipeline.store.tables import PROBLEM, RECORD, REDACTION, RELEASE
from ocds_pipeline.store.unseen import REDACT, Unseen
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.redaction import Redaction
from ocds_schema.release import Record
from ocds_schema.run import Run

NOTED, PUBLISHED, DONE = "noted", "published", "done"
"""How far a redaction has come: into the rules, into the newest edition, and into all that was published before."""
_TEXTS = ("reason", "document", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRedaction:
    """A redaction with its number, how far it has come, and what is published of it."""

    id: int
    rule: Redaction
    state: str
    facts: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A record and its releases without what was taken out; releases by their sequence numbers.

    `base` is the digest of the record as it was last published, or nothing where it was not.
    """

    record: Record
    releases: Mapping[int, bytes]
    base: str | None


class Redactions(Unseen, History):
    """The redactions of every source."""

    def redactions(self, source: str) -> list[StoredRedaction]:
        """Give a source's redactions, the first one first."""
        query = select(REDACTION).where(REDACTION.c.source == source).order_by(REDACTION.c.id)
        with self._reading() as connection:
            return [_read(row) for row in connection.execute(query)]

    def note_redaction(self, source: str, rule: Redaction, facts: Json) -> StoredRedaction:
        """Keep a redaction: from now on nothing that is mapped has what it takes out. The same one is kept once."""
        for known in self.redactions(source):
            if (known.rule.kind, known.rule.what, known.rule.ocid) == (rule.kind, rule.what, rule.ocid):
                return known
        row = {
            "source": source,
            "kind": rule.kind,
            "ocid": rule.ocid,
            "what": rule.what,
            "alias": rule.alias,
            "texts": json.encode(rule.texts).decode(),
            "facts": json.encode(facts).decode(),
            "state": NOTED,
        }
        with self._writing() as connection:
            connection.execute(insert(REDACTION).values(row))
        return self.redactions(source)[-1]

    def settle_redaction(self, redaction: StoredRedaction, state: str, facts: Json) -> None:
        """Say how far a redaction has come, and what is published of it now."""
        with self._writing() as connection:
            this = REDACTION.c.id == redaction.id
            connection.execute(update(REDACTION).where(this).values(state=state, facts=json.encode(facts).decode()))

    def whole_history(self, source: str, ocid: str | None) -> Iterator[tuple[Record, Releases]]:
        """Give records with all their releases, by ocid, gone or not; those of one ocid, or of the whole source."""
        wanted = [RECORD.c.source == source]
        if ocid is not None:
            wanted.append(RECORD.c.ocid == ocid)
        return self._by_ocid(*wanted)

    def rewrite(self, run: Run, redaction: StoredRedaction, rewritten: Sequence[Rewritten]) -> None:
        """Put records and releases in the place of what they were, in one transaction, and tell the next edition."""
        with self._writing() as connection:
            for each in rewritten:
                self._rewrite(connection, run, redaction, each)

    def mask_problems(self, source: str, rule: Redaction, process: str | None) -> int:
        """Take what a redaction takes out also out of the problems that are kept, and say how many had it."""
        query = select(PROBLEM).where(PROBLEM.c.source == source)
        query = query if process is None else query.where(PROBLEM.c.process == process)
        count = 0
        with self._writing() as connection:
            for row in connection.execute(query).all():
                held = {name: getattr(row, name) for name in _TEXTS}
                told = {name: rule.mask(text) for name, text in held.items()}
                if rule.kind == "path":
                    told["value"] = ""
                if told != held:
                    this = and_(PROBLEM.c.source == source, PROBLEM.c.process == row.process)
                    connection.execute(update(PROBLEM).where(this, PROBLEM.c.number == row.number).values(told))
                    count += 1
        return count

    def _rewrite(self, connection: Connection, run: Run, redaction: StoredRedaction, each: Rewritten) -> None:
        bodies = [each.record.body, *each.releases.values()]
        frame, *frames = self._write_bodies(connection, run.source, OCDS, bodies)
        for seq, body in zip(each.releases, frames, strict=True):
            connection.execute(update(RELEASE).where(RELEASE.c.seq == seq).values(body=body))
        values = {
            "digest": bytes.fromhex(each.record.digest),
            "state_digest": bytes.fromhex(each.record.state_digest),
            "body": frame,
        }
        this = and_(RECORD.c.source == run.source, RECORD.c.process == each.record.process)
        connection.execute(update(RECORD).where(this).values(values))
        facts = {"base": each.base, "redaction": redaction.id}
        self.remove(connection, run, each.record.ocid, op=REDACT, cause="redaction", facts=facts)


def _read(row: AnyRow) -> StoredRedaction:
    texts = tuple(json.decode(row.texts))
    rule = Redaction(kind=row.kind, what=row.what, ocid=row.ocid, alias=row.alias, texts=texts)
    return StoredRedaction(id=row.id, rule=rule, state=row.state, facts=json.decode(row.facts))
