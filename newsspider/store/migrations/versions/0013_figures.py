"""Figures of many sources are read from one index, and the one that it makes superfluous goes."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.drop_index("articles_source", "articles")
    op.drop_index("articles_seen", "articles")
    op.create_index("articles_seen", "articles", ["source", "first_seen_at", "published_at", "precision", "revision", "change_no"])
