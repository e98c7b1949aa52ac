"""The newest run of each source and the interval learned for it, which schedules go by."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("learned_interval", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source"),
    )
    op.execute(
        "INSERT INTO schedules (source, run_id, started_at) SELECT source, id, started_at FROM runs "
        "WHERE NOT EXISTS (SELECT 1 FROM runs later WHERE later.source = runs.source "
        "AND (later.started_at > runs.started_at OR (later.started_at = runs.started_at AND later.id > runs.id)))"
    )
