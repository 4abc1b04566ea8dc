"""Open documents that nothing stirs any more are asked for less often."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the day on which something last stirred a document: unknown, until its links are found again."""
    op.add_column("document", sa.Column("stirred", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Forget that day."""
    op.drop_column("document", "stirred")
