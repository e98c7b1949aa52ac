"""What happened to one address is found without reading all ledgers."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ledger_address", "ledger", ["url_key"])
