"""Discovery pages whose validators stay the same though their content changes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("frontier", sa.Column("distrusted_at", sa.BigInteger()))
