"""Which searches an article was found for."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("alerts_article", "alerts", ["article_id", "search_id"])
