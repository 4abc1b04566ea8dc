"""The first tables."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Spelled out, not taken from tables.py: a migration must do tomorrow what it does today.
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, WORD, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _count(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _serial(name: str) -> sa.Column[int]:
    return sa.Column(name, SERIAL, sa.Identity(always=False), primary_key=True)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, MOMENT, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    _make_run_tables()
    _make_harvest_tables()
    _make_document_tables()
    _make_release_tables()
    if op.get_bind().dialect.name == "postgresql":
        _leave_bodies_alone()


def downgrade() -> None:
    """Drop the tables, with everything in them."""
    names = "edition problem finding record release segment answer pending want document page listing run_step run"
    for name in (*names.split(), "dictionary"):
        op.drop_table(name)


def _make_run_tables() -> None:
    op.create_table(
        "run",
        *map(_word, ("source", "id")),
        _number("sequence"),
        _text("request"),
        _moment("as_of"),
        _word("state"),
        sa.PrimaryKeyConstraint("source", "id"),
        sa.UniqueConstraint("source", "sequence", name="run_sequence"),
    )
    op.create_table(
        "run_step",
        *map(_word, ("source", "run", "step")),
        _number("number"),
        _text("report"),
        sa.PrimaryKeyConstraint("source", "run", "step"),
    )
    op.create_table(
        "edition",
        *map(_word, ("source", "run", "id")),
        _number("sequence"),
        _count("mark"),
        _text("facts"),
        _word("state"),
        sa.PrimaryKeyConstraint("source", "run"),
    )
    op.create_index("edition_sequence", "edition", ["source", "sequence"])


def _make_harvest_tables() -> None:
    op.create_table(
        "listing",
        *map(_word, ("source", "run", "name")),
        _text("position"),
        _count("lowest", nullable=True),
        _number("pages"),
        _count("seen"),
        _count("kept"),
        _count("total", nullable=True),
        _word("state"),
        _text("note"),
        sa.PrimaryKeyConstraint("source", "run", "name"),
    )
    op.create_table(
        "page",
        _serial("id"),
        *map(_word, ("source", "run", "listing")),
        _number("documents"),
        _bytes("identities"),
        sqlite_autoincrement=True,
    )
    op.create_index("page_run", "page", ["source", "run", "id"])
    op.create_table(
        "answer",
        _word("source"),
        _bytes("payload"),
        _text("url"),
        _moment("retrieved_at"),
        _text("record_id"),
        sa.PrimaryKeyConstraint("source", "payload"),
    )
    op.create_table(
        "segment",
        *map(_word, ("source", "name", "run")),
        *map(_count, ("records", "bytes")),
        _text("sha256"),
        sa.PrimaryKeyConstraint("source", "name"),
    )
    op.create_index("segment_run", "segment", ["source", "run"])


def _make_document_tables() -> None:
    op.create_table(
        "dictionary",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        *map(_word, ("source", "form")),
        _bytes("content"),
    )
    op.create_index("dictionary_form", "dictionary", ["source", "form", "id"])
    op.create_table(
        "document",
        *map(_word, ("source", "kind", "way", "key")),
        _word("process", nullable=True),
        _word("family", nullable=True),
        _text("wants"),
        _bytes("digest"),
        _text("url"),
        _moment("retrieved_at"),
        _text("segment", nullable=True),
        _count("offset", nullable=True),
        _word("changed_run"),
        _bytes("body"),
        sa.PrimaryKeyConstraint("source", "kind", "key", "way"),
    )
    op.create_index("document_process", "document", ["source", "process", "kind"])
    has_family = sa.text("family IS NOT NULL")
    op.create_index(
        "document_family", "document", ["source", "family"], sqlite_where=has_family, postgresql_where=has_family
    )
    op.create_table(
        "want",
        *map(_word, ("source", "process", "kind", "key")),
        sa.PrimaryKeyConstraint("source", "process", "kind", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("want_key", "want", ["source", "kind", "key", "process"])
    op.create_table(
        "pending",
        *map(_word, ("source", "process")),
        sa.PrimaryKeyConstraint("source", "process"),
        sqlite_with_rowid=False,
    )


def _make_release_tables() -> None:
    op.create_table(
        "release",
        _serial("seq"),
        *map(_word, ("source", "ocid", "id")),
        _moment("date"),
        _text("tag"),
        *map(_word, ("run", "cause")),
        _bytes("body"),
        sa.UniqueConstraint("ocid", "id", name="release_ocid_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("release_source", "release", ["source", "seq"])
    op.create_table(
        "record",
        *map(_word, ("source", "process", "ocid")),
        _number("year"),
        _moment("date"),
        *map(_bytes, ("digest", "state_digest", "inputs", "body")),
        sa.PrimaryKeyConstraint("source", "process"),
        sa.UniqueConstraint("ocid", name="record_ocid"),
    )
    op.create_index("record_year", "record", ["source", "year", "ocid"])
    op.create_table(
        "finding",
        *map(_word, ("source", "process")),
        _word("ocid", nullable=True),
        sa.Column("quarantined", sa.Boolean(), nullable=False),
        _bytes("digest"),
        sa.PrimaryKeyConstraint("source", "process"),
    )
    op.create_table(
        "problem",
        *map(_word, ("source", "process")),
        _number("number"),
        _text("path"),
        _word("rule"),
        _text("reason"),
        _word("severity"),
        *map(_text, ("document", "fields", "value")),
        sa.PrimaryKeyConstraint("source", "process", "number"),
    )


def _leave_bodies_alone() -> None:
    # They come compressed: the server should not try again.
    for table in ("document", "release", "record"):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN body SET STORAGE EXTERNAL")
