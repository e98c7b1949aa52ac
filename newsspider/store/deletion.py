"""Deleting an article with all that hangs on it."""

from __future__ import annotations

from sqlalchemy import delete, update

from newsspider.store.changes import move_change
from newsspider.store.database import Transaction
from newsspider.store.families import leave
from newsspider.store.schema import articles, changes, dead_letters


def delete_article(tx: Transaction, article_id: str) -> int | None:
    """Delete an article with its revisions and dead letters; the change number of its deletion, None when there is no such article.

    Its family goes on without it.
    """
    leave(tx, article_id)
    if not tx.connection.execute(delete(articles).where(articles.c.id == article_id)).rowcount:
        return None
    number = move_change(tx, article_id)
    tx.connection.execute(update(changes).where(changes.c.article_id == article_id).values(deleted=True))
    tx.connection.execute(delete(dead_letters).where(dead_letters.c.article_id == article_id))
    return number
