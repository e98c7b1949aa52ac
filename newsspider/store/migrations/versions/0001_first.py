"""The first schema. `store.schema` says what the tables are for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from newsspider.store.sqlite import no_zeros

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    _work()
    _articles()
    _delivery()
    op.bulk_insert(sa.table("counters", sa.column("name"), sa.column("value")), [{"name": "change", "value": 0}])


def _work() -> None:
    op.create_table(
        "runs",
        *_texts("id", "source", "state", "note", "host"),
        *_integers("pid"),
        *_texts("started"),
        *_bigs("started_at", "heartbeat_at"),
        *_bigs("ended_at", nullable=True),
        *_integers("resumed", "known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_newest", "runs", ["started_at"])
    _partial_index("runs_running", "runs", ["source"], "state = 'running'", unique=True)
    op.create_table(
        "ledger",
        *_texts("run_id", "url_key", "url", "kind"),
        *_texts("outcome", "reason", nullable=True),
        *_bigs("at", nullable=True),
        *_texts("article_id", nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"]),
        sa.PrimaryKeyConstraint("run_id", "url_key"),
        sqlite_with_rowid=False,
    )
    _partial_index("ledger_open", "ledger", ["run_id"], "outcome IS NULL")
    op.create_table(
        "frontier",
        *_texts("url_key", "url", "source"),
        *_integers("rank"),
        *_texts("discovery_kind", nullable=True),
        *_integers("depth"),
        *_texts("found_on", nullable=True),
        *_texts("run_id", "state"),
        *_bigs("due_at", "leased_until", nullable=True),
        *_texts("owner", nullable=True),
        *_integers("attempts"),
        *_texts("outcome", nullable=True),
        *_bigs("next_try", nullable=True),
        *_texts("etag", "last_modified", nullable=True),
        *_texts("link"),
        sa.PrimaryKeyConstraint("url_key"),
    )
    _partial_index("frontier_due", "frontier", ["source", "state", "rank", "due_at"], "due_at IS NOT NULL")
    _partial_index("frontier_retry", "frontier", ["source", "next_try"], "next_try IS NOT NULL")


def _articles() -> None:
    op.create_table("counters", *_texts("name"), *_bigs("value"), sa.PrimaryKeyConstraint("name"), sqlite_with_rowid=False)
    op.create_table(
        "changes",
        *_texts("article_id"),
        *_bigs("change_no"),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("article_id"),
        sa.UniqueConstraint("change_no"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "articles",
        *_texts("id", "family_id", "source", "url"),
        *_bigs("first_seen_at"),
        *_integers("revision"),
        *_version(),
        sa.ForeignKeyConstraint(["id"], ["changes.article_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("articles_content", "articles", ["content_hash", "source"])
    op.create_index("articles_source", "articles", ["source", "id"])
    op.create_index("articles_day", "articles", ["published_day", "id"])
    op.create_table(
        "revisions",
        *_texts("article_id"),
        *_integers("revision"),
        *_bigs("superseded_at"),
        *_version(),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "revision"),
    )
    op.create_table(
        "addresses",
        *_texts("url_key", "article_id", "url"),
        *_bigs("first_seen_at"),
        sa.ForeignKeyConstraint(["article_id"], ["changes.article_id"]),
        sa.PrimaryKeyConstraint("url_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("addresses_article", "addresses", ["article_id"])


def _delivery() -> None:
    op.create_table("checkpoints", *_texts("index_id"), *_bigs("change_no", "at"), sa.PrimaryKeyConstraint("index_id"))
    op.create_table(
        "leases",
        *_texts("name", "host"),
        *_integers("pid"),
        *_texts("started"),
        *_bigs("taken_at", "leased_until"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "dead_letters",
        *_texts("index_id", "article_id"),
        *_bigs("change_no"),
        *_texts("error_type", "reason"),
        *_bigs("at"),
        sa.PrimaryKeyConstraint("index_id", "article_id"),
    )


def _version() -> list[sa.schema.SchemaItem]:
    return [
        *_bigs("change_no"),
        *_texts("title"),
        *_texts("summary", nullable=True),
        *_texts("authors"),
        *_texts("section", nullable=True),
        *_texts("tags"),
        *_texts("image_url", "canonical_url", "signature", nullable=True),
        *_texts("timezone"),
        *_texts("country", "language", nullable=True),
        *_bigs("published_at", nullable=True),
        *_texts("precision", "published_day", nullable=True),
        *_bigs("modified_at", nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        *_texts("date_reason", "content_hash"),
        *_bigs("similarity", "fetched_at", "updated_at"),
        *_texts("archive_file", nullable=True),
        *_bigs("archive_offset", nullable=True),
        *_texts("winner", nullable=True),
        *_texts("rejected", "evidence", "body"),
        no_zeros("title", "authors", "tags", "rejected", "evidence", "body"),
    ]


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _integers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _bigs(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _partial_index(name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
