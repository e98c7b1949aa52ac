"""Visits of known articles, what a run read of its pages, and files of the archive that can be dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("frontier", sa.Column("read_at", sa.BigInteger()))
    op.add_column("frontier", sa.Column("missing_since", sa.BigInteger()))
    op.add_column("articles", sa.Column("gone_at", sa.BigInteger()))
    op.add_column("ledger", sa.Column("fields", sa.Integer()))
    for table in ("articles", "revisions"):
        where = sa.text("archive_file IS NOT NULL")
        op.create_index(f"{table}_archive", table, ["archive_file"], sqlite_where=where, postgresql_where=where)
