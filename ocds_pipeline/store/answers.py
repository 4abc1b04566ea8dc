"""What the archive holds: answers seen before, and the segments that are closed."""

from sqlalchemy import select

from extractors.base import SeenAnswer, Segment
from ocds_pipeline.store.bulk import insert_absent
from ocds_pipeline.store.database import Database
from ocds_pipeline.store.tables import ANSWER, SEGMENT
from ocds_schema.run import Run


class Answers(Database):
    """The answers and segments of every source's archive."""

    def answer(self, source: str, payload: str) -> SeenAnswer | None:
        """Say where an answer with this payload digest (SHA-256, hex) was first archived."""
        query = select(ANSWER).where(ANSWER.c.source == source, ANSWER.c.payload == bytes.fromhex(payload))
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return SeenAnswer(url=row.url, retrieved_at=row.retrieved_at, record_id=row.record_id)

    def save_answer(self, source: str, payload: str, seen: SeenAnswer) -> None:
        """Keep where an answer was first archived; one kept before stays."""
        row = (source, bytes.fromhex(payload), seen.url, seen.retrieved_at, seen.record_id)
        with self._writing() as connection:
            insert_absent(connection, ANSWER, row)

    def save_segment(self, run: Run, segment: Segment) -> None:
        """Count a closed segment of a run; one counted before stays."""
        row = (run.source, segment.name, run.id, segment.records, segment.bytes, segment.sha256)
        with self._writing() as connection:
            insert_absent(connection, SEGMENT, row)

    def segments(self, run: Run) -> list[Segment]:
        """Give the closed segments of a run, by name."""
        query = select(SEGMENT).where(SEGMENT.c.source == run.source, SEGMENT.c.run == run.id)
        with self._reading() as connection:
            return [
                Segment(name=row.name, records=row.records, bytes=row.bytes, sha256=row.sha256)
                for row in connection.execute(query.order_by(SEGMENT.c.name))
            ]
