"""Saved searches of users who are no more: the owner's, with feed addresses that nobody else knows."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    connection = op.get_bind()
    orphans = sa.text("SELECT id FROM searches WHERE owner <> 'owner' AND owner NOT IN (SELECT name FROM users)")
    given = sa.text("UPDATE searches SET owner = 'owner', feed_key = :feed_key WHERE id = :id")
    for search_id in connection.scalars(orphans).all():
        connection.execute(given, {"id": search_id, "feed_key": secrets.token_urlsafe(32)})
