"""Saved searches, what was found for them, and the messages that tell of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "searches",
        *_texts("id", "name", "owner", "query", "filters", "feed_key"),
        *_texts("webhook_url", "webhook_secret", nullable=True),
        *_bigs("created_at", "change_no"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("searches_owner", "searches", ["owner"])
    op.create_table(
        "alerts",
        *_texts("id", "search_id", "family_id", "article_id"),
        *_bigs("found_at"),
        sa.ForeignKeyConstraint(["search_id"], ["searches.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("search_id", "family_id"),
    )
    op.create_index("alerts_newest", "alerts", ["search_id", "found_at"])
    op.create_table(
        "messages",
        *_texts("id", "channel"),
        *_texts("search_id", nullable=True),
        *_texts("body", "state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_bigs("next_try", nullable=True),
        *_texts("error"),
        *_bigs("created_at"),
        *_bigs("ended_at", nullable=True),
        sa.ForeignKeyConstraint(["search_id"], ["searches.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("messages_search", "messages", ["search_id"])
    op.create_index("messages_state", "messages", ["state", "created_at"])
    due = sa.text("next_try IS NOT NULL")
    op.create_index("messages_due", "messages", ["next_try"], sqlite_where=due, postgresql_where=due)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _bigs(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]
