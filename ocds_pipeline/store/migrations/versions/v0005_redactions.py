"""What was taken out of published data is kept, so that no later mapping brings it back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "redaction",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            primary_key=True,
        ),
        _word("source"),
        _word("kind"),
        _word("ocid", nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        _word("state"),
        sqlite_autoincrement=True,
    )
    op.create_index("redaction_source", "redaction", ["source", "id"])


def downgrade() -> None:
    """Forget all of it."""
    op.drop_table("redaction")
