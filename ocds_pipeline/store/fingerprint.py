"""Whether the store still holds what an edition was begun with."""

import hashlib

from sqlalchemy import func, select

from ocds_pipeline.store.database import Database
from ocds_pipeline.store.tables import FINDING, RECORD, RELEASE, REMOVAL


class Fingerprint(Database):
    """What every source would publish, in one digest."""

    def fingerprint(self, source: str) -> str:
        """Give a digest that changes with every release, removal and problem of a source."""
        counts = [
            select(func.max(RELEASE.c.seq)).where(RELEASE.c.source == source),
            select(func.max(REMOVAL.c.id)).where(REMOVAL.c.source == source),
            select(func.count()).select_from(RECORD).where(RECORD.c.source == source),
        ]
        findings = select(FINDING.c.process, FINDING.c.quarantined, FINDING.c.digest).where(FINDING.c.source == source)
        with self._reading() as connection:
            found = hashlib.sha256(repr([connection.scalar(query) for query in counts]).encode())
            for process, quarantined, digest in connection.execute(findings.order_by(FINDING.c.process)):
                found.update(f"{process}\t{quarantined}\t{bytes(digest).hex()}\n".encode())
        return found.hexdigest()
