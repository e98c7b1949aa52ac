"""Which notices operators have been told of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("notices", sa.Column("told_at", sa.BigInteger()))
    untold = sa.text("told_at IS NULL")
    op.create_index("notices_untold", "notices", ["first_at"], sqlite_where=untold, postgresql_where=untold)
