"""What records were made from is kept until they are made again, and what a portal no longer has is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MAPPED = """
UPDATE record SET mapped = (SELECT max(run.sequence) FROM run WHERE run.source = record.source)
WHERE NOT EXISTS (SELECT 1 FROM pending WHERE pending.source = record.source AND pending.process = record.process)
AND NOT EXISTS (
  SELECT 1 FROM finding
  WHERE finding.source = record.source AND finding.process = record.process AND finding.quarantined
)
"""


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    """Make the tables, empty; records that wait for nothing were made of what there is now."""
    op.create_table(
        "document_before",
        *map(_word, ("source", "kind", "key", "way")),
        sa.Column("until", sa.Integer(), nullable=False),
        _word("process", nullable=True),
        _word("family", nullable=True),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("retrieved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("offset", sa.BigInteger(), nullable=True),
        _word("changed_run"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "key", "way", "until"),
    )
    op.create_index("document_before_process", "document_before", ["source", "process"])
    op.create_index("document_before_family", "document_before", ["source", "family"])
    op.add_column("record", sa.Column("mapped", sa.Integer(), nullable=True))
    op.add_column("record", sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "unseen",
        *map(_word, ("source", "process")),
        sa.Column("crawls", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        _word("run"),
        sa.PrimaryKeyConstraint("source", "process"),
    )
    op.create_table(
        "removal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            primary_key=True,
        ),
        *map(_word, ("source", "ocid", "op", "cause", "run")),
        sa.Column("facts", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("removal_source", "removal", ["source", "id"])
    op.create_index("removal_ocid", "removal", ["ocid", "id"])
    op.execute(_MAPPED)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE document_before ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Forget all of it."""
    for table in ("removal", "unseen", "document_before"):
        op.drop_table(table)
    op.drop_column("record", "gone")
    op.drop_column("record", "mapped")
