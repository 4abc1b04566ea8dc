"""Documents that are asked for again until they end."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark which documents are open: none, until their links are found again."""
    op.add_column("document", sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "document_open",
        "document",
        ["source", "kind", "way", "key"],
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )


def downgrade() -> None:
    """Forget which documents are open."""
    op.drop_index("document_open", "document")
    op.drop_column("document", "open")
