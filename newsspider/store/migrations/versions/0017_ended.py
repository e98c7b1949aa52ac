"""When the end of a notice was told: of those that are over already, it is not."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("notices", sa.Column("end_told_at", sa.BigInteger()))
    op.execute("UPDATE notices SET end_told_at = ended_at")
