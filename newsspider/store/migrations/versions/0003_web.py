"""What the web reads: its users, and how many articles each source has of each day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "users",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "role", "token_digest")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("articles_coverage", "articles", ["source", "published_day"])
