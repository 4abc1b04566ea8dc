"""The database: documents, runs, releases, records and editions, on SQLite or PostgreSQL.

Everything that changes together is written in one transaction, so that a process killed at any moment leaves a state
that some page or batch ended with.
"""

from ocds_pipeline.store.answers import Answers
from ocds_pipeline.store.before import Before
from ocds_pipeline.store.editions import Edition, Editions
from ocds_pipeline.store.fingerprint import Fingerprint
from ocds_pipeline.store.history import Mark, Moved
from ocds_pipeline.store.listed import ListedDocuments
from ocds_pipeline.store.locks import Locks
from ocds_pipeline.store.origins import Issued, Origins, Published
from ocds_pipeline.store.outcomes import Outcomes
from ocds_pipeline.store.redactions import Redactions, Rewritten, StoredRedaction
from ocds_pipeline.store.revisits import Revisits
from ocds_pipeline.store.runs import Runs

__all__ = ["Edition", "Issued", "Mark", "Moved", "Published", "Rewritten", "Store", "StoredRedaction"]


class Store(
    Answers, Revisits, Redactions, Before, Outcomes, ListedDocuments, Origins, Fingerprint, Runs, Editions, Locks
):
    """An open store. One object serves one process; after a fork the child opens its own."""
