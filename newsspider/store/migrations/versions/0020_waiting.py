"""What waits for another try is counted within an index, without a look at each row of the frontier."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

WAITING = sa.text("next_try IS NOT NULL")


def upgrade() -> None:
    op.drop_index("frontier_retry", "frontier")
    op.create_index("frontier_retry", "frontier", ["source", "next_try", "outcome"], sqlite_where=WAITING, postgresql_where=WAITING)
