"""Articles are found by samples of their shingles; families have a first member that exists; the unused similarity goes."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from newsspider.dedupe import sketch

revision = "0008"
down_revision = "0007"
PAGE = 500

_ARTICLES = sa.table("articles", *map(sa.column, ("id", "family_id", "first_seen_at", "body")))
_SHINGLES = sa.table("shingles", sa.column("hash"), sa.column("article_id"))


def upgrade() -> None:
    for table in ("articles", "revisions"):
        op.drop_column(table, "similarity")
    op.create_index("articles_family", "articles", ["family_id", "first_seen_at", "id"])
    op.create_table(
        "shingles",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "article_id"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for page in _pages(connection):
        rows = [{"hash": value, "article_id": row.id} for row in page for value in sketch(row.body)]
        if rows:
            connection.execute(sa.insert(_SHINGLES), rows)
    _give_heads(connection)


def _pages(connection: sa.Connection) -> Iterator[Sequence[sa.Row[Any, Any]]]:
    wanted = sa.select(_ARTICLES.c.id, _ARTICLES.c.body).order_by(_ARTICLES.c.id).limit(PAGE)
    page = connection.execute(wanted).all()
    while page:
        yield page
        page = connection.execute(wanted.where(_ARTICLES.c.id > page[-1].id)).all()


def _give_heads(connection: sa.Connection) -> None:
    """Families whose first member was deleted are named after the next."""
    head = _ARTICLES.alias()
    orphans = (
        sa.select(_ARTICLES.c.family_id, _ARTICLES.c.id)
        .where(~sa.exists().where(head.c.id == _ARTICLES.c.family_id))
        .order_by(_ARTICLES.c.first_seen_at.desc(), _ARTICLES.c.id.desc())
    )
    for family_id, article_id in {
        row.family_id: row.id for row in connection.execute(orphans)
    }.items():  # of each the last row: the first seen
        connection.execute(sa.update(_ARTICLES).where(_ARTICLES.c.family_id == family_id).values(family_id=article_id))
