"""The tables, as the newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)


def in_utc(moment: datetime) -> datetime:
    """Bring a time to UTC.

    Raises:
        ValueError: the time has no zone, so it may mean any hour of a day.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    return moment.astimezone(UTC)


class Moment(TypeDecorator[datetime]):
    """An instant, kept in UTC; read back, it is aware and in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Bring the time to UTC."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the time its zone: SQLite hands it back without one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Byte order, so that both databases sort keys the way Python does.
Word = Text().with_variant(Text(collation="C"), "postgresql")
Serial = BigInteger().with_variant(Integer, "sqlite")

METADATA = MetaData()

DICTIONARY = Table(
    "dictionary",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("source", Word, nullable=False),
    Column("form", Word, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("dictionary_form", "source", "form", "id"),
)

RUN = Table(
    "run",
    METADATA,
    Column("source", Word),
    Column("id", Word),
    Column("sequence", Integer, nullable=False),
    Column("request", Text, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("state", Word, nullable=False),
    PrimaryKeyConstraint("source", "id"),
    UniqueConstraint("source", "sequence", name="run_sequence"),
)

RUN_STEP = Table(
    "run_step",
    METADATA,
    Column("source", Word),
    Column("run", Word),
    Column("step", Word),
    Column("number", Integer, nullable=False),
    Column("report", Text, nullable=False),
    PrimaryKeyConstraint("source", "run", "step"),
)

LISTING = Table(
    "listing",
    METADATA,
    Column("source", Word),
    Column("run", Word),
    Column("name", Word),
    Column("position", Text, nullable=False),
    Column("lowest", BigInteger),
    Column("pages", Integer, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("kept", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("state", Word, nullable=False),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("source", "run", "name"),
)

PAGE = Table(
    "page",
    METADATA,
    Column("id", Serial, Identity(always=False), primary_key=True),
    Column("source", Word, nullable=False),
    Column("run", Word, nullable=False),
    Column("listing", Word, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("identities", LargeBinary, nullable=False),
    Index("page_run", "source", "run", "id"),
    sqlite_autoincrement=True,
)

DOCUMENT = Table(
    "document",
    METADATA,
    Column("source", Word),
    Column("kind", Word),
    Column("way", Word),
    Column("key", Word),
    Column("process", Word),
    Column("family", Word),
    Column("wants", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("stirred", Integer),
    Column("digest", LargeBinary, nullable=False),
    Column("url", Text, nullable=False),
    Column("retrieved_at", Moment, nullable=False),
    Column("segment", Text),
    Column("offset", BigInteger),
    Column("changed_run", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # The key before the way: an entity is often looked for by whichever way it came.
    PrimaryKeyConstraint("source", "kind", "key", "way"),
)
Index("document_process", DOCUMENT.c.source, DOCUMENT.c.process, DOCUMENT.c.kind)
HAS_FAMILY = DOCUMENT.c.family.is_not(None)
Index(
    "document_family",
    DOCUMENT.c.source,
    DOCUMENT.c.family,
    sqlite_where=HAS_FAMILY,
    postgresql_where=HAS_FAMILY,
)
# The key last: what is open is gone through in its order.
Index(
    "document_open",
    DOCUMENT.c.source,
    DOCUMENT.c.kind,
    DOCUMENT.c.way,
    DOCUMENT.c.key,
    # As queries spell it: SQLite compares the words, not their meaning.
    sqlite_where=text("open = 1"),
    postgresql_where=text("open"),
)

DOCUMENT_BEFORE = Table(
    "document_before",
    METADATA,
    Column("source", Word),
    Column("kind", Word),
    Column("key", Word),
    Column("way", Word),
    Column("until", Integer),
    Column("process", Word),
    Column("family", Word),
    Column("wants", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("url", Text, nullable=False),
    Column("retrieved_at", Moment, nullable=False),
    Column("segment", Text),
    Column("offset", BigInteger),
    Column("changed_run", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "kind", "key", "way", "until"),
    Index("document_before_process", "source", "process"),
    Index("document_before_family", "source", "family"),
)

WANT = Table(
    "want",
    METADATA,
    Column("source", Word),
    Column("process", Word),
    Column("kind", Word),
    Column("key", Word),
    PrimaryKeyConstraint("source", "process", "kind", "key"),
    Index("want_key", "source", "kind", "key", "process"),
    sqlite_with_rowid=False,
)

PENDING = Table(
    "pending",
    METADATA,
    Column("source", Word),
    Column("process", Word),
    PrimaryKeyConstraint("source", "process"),
    sqlite_with_rowid=False,
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("source", Word),
    Column("payload", LargeBinary),
    Column("url", Text, nullable=False),
    Column("retrieved_at", Moment, nullable=False),
    Column("record_id", Text, nullable=False),
    PrimaryKeyConstraint("source", "payload"),
)

SEGMENT = Table(
    "segment",
    METADATA,
    Column("source", Word),
    Column("name", Word),
    Column("run", Word, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("source", "name"),
    Index("segment_run", "source", "run"),
)

RELEASE = Table(
    "release",
    METADATA,
    Column("seq", Serial, Identity(always=False), primary_key=True),
    Column("source", Word, nullable=False),
    Column("ocid", Word, nullable=False),
    Column("id", Word, nullable=False),
    Column("date", Moment, nullable=False),
    Column("tag", Text, nullable=False),
    Column("run", Word, nullable=False),
    Column("cause", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("ocid", "id", name="release_ocid_id"),
    Index("release_source", "source", "seq"),
    sqlite_autoincrement=True,
)

RECORD = Table(
    "record",
    METADATA,
    Column("source", Word),
    Column("process", Word),
    Column("ocid", Word, nullable=False),
    Column("year", Integer, nullable=False),
    Column("date", Moment, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("state_digest", LargeBinary, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    Column("mapped", Integer),
    Column("gone", Boolean, nullable=False, server_default=false()),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "process"),
    UniqueConstraint("ocid", name="record_ocid"),
    Index("record_year", "source", "year", "ocid"),
)

UNSEEN = Table(
    "unseen",
    METADATA,
    Column("source", Word),
    Column("process", Word),
    Column("crawls", Integer, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("last_seen", Moment),
    Column("run", Word, nullable=False),
    PrimaryKeyConstraint("source", "process"),
)

REMOVAL = Table(
    "removal",
    METADATA,
    Column("id", Serial, Identity(always=False), primary_key=True),
    Column("source", Word, nullable=False),
    Column("ocid", Word, nullable=False),
    Column("op", Word, nullable=False),
    Column("cause", Word, nullable=False),
    Column("run", Word, nullable=False),
    Column("facts", Text, nullable=False),
    Index("removal_source", "source", "id"),
    Index("removal_ocid", "ocid", "id"),
    sqlite_autoincrement=True,
)

REDACTION = Table(
    "redaction",
    METADATA,
    Column("id", Serial, Identity(always=False), primary_key=True),
    Column("source", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("ocid", Word),
    Column("what", Text, nullable=False),
    Column("alias", Text, nullable=False),
    Column("texts", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("state", Word, nullable=False),
    Index("redaction_source", "source", "id"),
    sqlite_autoincrement=True,
)

FINDING = Table(
    "finding",
    METADATA,
    Column("source", Word),
    Column("process", Word),
    Column("ocid", Word),
    Column("quarantined", Boolean, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "process"),
)

PROBLEM = Table(
    "problem",
    METADATA,
    Column("source", Word),
    Column("process", Word),
    Column("number", Integer),
    Column("path", Text, nullable=False),
    Column("rule", Word, nullable=False),
    Column("reason", Text, nullable=False),
    Column("severity", Word, nullable=False),
    Column("document", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("source", "process", "number"),
)

EDITION = Table(
    "edition",
    METADATA,
    Column("source", Word),
    Column("run", Word),
    Column("id", Word, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("mark", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    Column("state", Word, nullable=False),
    PrimaryKeyConstraint("source", "run"),
    Index("edition_sequence", "source", "sequence"),
)
