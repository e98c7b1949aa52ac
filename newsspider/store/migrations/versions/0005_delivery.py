"""What was taken down and stays out, and why a delivery left changes pending."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("checkpoints", sa.Column("problem", sa.Text()))
    op.create_table(
        "forgotten",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )
    op.create_index("forgotten_asked", "forgotten", ["asked"])
