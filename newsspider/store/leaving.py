"""Removing users, with what was theirs: a search that nobody owns would go on telling whoever has its addresses, and be found by the next user
of that name."""

from __future__ import annotations

from sqlalchemy import delete, update

from newsspider.errors import StoreError
from newsspider.store.database import Part
from newsspider.store.schema import searches, users
from newsspider.store.searches import SavedSearch, new_feed_key, searches_of
from newsspider.store.users import require_user


class Leaving(Part):
    def remove_user(self, name: str, heir: str | None = None) -> list[SavedSearch]:
        """Remove a user, and the user's saved searches or, with an `heir`, give them to that user; the searches, as they were.

        Feeds that are handed over get other addresses, for the user knows the old ones; webhooks go on. Raises StoreError when there is no
        such user or heir.
        """
        with self._database.write() as tx:
            if not tx.connection.execute(delete(users).where(users.c.name == name)).rowcount:
                raise StoreError(f"there is no user {name}")
            left = searches_of(tx, name)
            if heir is None:
                tx.connection.execute(delete(searches).where(searches.c.owner == name))
                return left
            require_user(tx, heir)
            for search in left:
                given = update(searches).where(searches.c.id == search.id)
                tx.connection.execute(given.values(owner=heir, feed_key=new_feed_key()))
            return left
