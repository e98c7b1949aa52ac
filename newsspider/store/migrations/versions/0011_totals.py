"""How addresses ended, counted over all runs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "outcome_totals",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "kind", "outcome")),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "outcome"),
    )
    op.execute(
        "INSERT INTO outcome_totals (source, kind, outcome, number) SELECT runs.source, ledger.kind, ledger.outcome, count(*) "
        "FROM ledger JOIN runs ON runs.id = ledger.run_id WHERE runs.state <> 'running' AND ledger.outcome IS NOT NULL "
        "GROUP BY runs.source, ledger.kind, ledger.outcome"
    )
