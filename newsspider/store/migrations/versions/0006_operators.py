"""What operators decide and are told: states of sources, requests, notices; and when changes were delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table("source_states", *_texts("source", "state", "note", "set_by"), *_bigs("at"), sa.PrimaryKeyConstraint("source"))
    op.create_table("requests", *_texts("source", "action", "asked_by"), *_bigs("asked_at"), sa.PrimaryKeyConstraint("source", "action"))
    op.create_table(
        "notices",
        *_texts("id", "kind", "source", "subject", "text", "facts"),
        *_bigs("first_at", "last_at"),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_first", "notices", ["first_at"])
    still = sa.text("ended_at IS NULL")
    columns = ["kind", "source", "subject"]
    op.create_index("notices_open", "notices", columns, unique=True, sqlite_where=still, postgresql_where=still)
    op.create_table("deliveries", *_texts("index_id"), *_bigs("change_no", "at"), sa.PrimaryKeyConstraint("index_id", "change_no"))
    op.create_index("runs_source", "runs", ["source", "started_at"])
    op.create_index("articles_seen", "articles", ["source", "first_seen_at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _bigs(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]
