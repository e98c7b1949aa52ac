"""How many requests of a run were sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("runs", sa.Column("retries", sa.Integer(), nullable=False, server_default="0"))
