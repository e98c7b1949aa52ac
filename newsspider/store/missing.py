"""Articles that their site has no more: flagged as gone when the site said so twice, a day apart, and never deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from newsspider.items import Outcome
from newsspider.store.database import Transaction
from newsspider.store.rows import micros, moment
from newsspider.store.schema import addresses, articles, frontier

MISSING = ("http_404", "http_410")  # the reasons of a visit by which a site says that it has no such page
GONE_AFTER = timedelta(hours=24)
FOUND = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE)

_OF_ADDRESS = select(addresses.c.article_id).where(addresses.c.url_key == bindparam("of_key")).scalar_subquery()
_SINCE = (
    select(frontier.c.missing_since, articles.c.id)
    .select_from(
        frontier.join(addresses, addresses.c.url_key == frontier.c.url_key).join(articles, articles.c.id == addresses.c.article_id)
    )
    .where(frontier.c.url_key == bindparam("of_key"))
)
_BEGIN = update(frontier).where(frontier.c.url_key == bindparam("of_key")).values(missing_since=bindparam("now"))
_GONE = update(articles).where(articles.c.id == bindparam("of_id")).values(gone_at=func.coalesce(articles.c.gone_at, bindparam("now")))
_BACK = update(articles).where(articles.c.id == _OF_ADDRESS, articles.c.gone_at.is_not(None)).values(gone_at=None)


def note_missing(tx: Transaction, key: str, now: datetime) -> datetime | None:
    """The site answered an address with 404 or 410. When to look again, if there is an article at it that is not known to be gone."""
    row = tx.run(_SINCE, of_key=key).fetchone()
    if row is None:
        return None
    since, article_id = row
    if since is None:
        tx.run(_BEGIN, of_key=key, now=micros(now))
        return now + GONE_AFTER
    if now - moment(since) < GONE_AFTER:
        return moment(since) + GONE_AFTER
    tx.run(_GONE, of_id=article_id, now=micros(now))
    return None


def note_found(tx: Transaction, key: str) -> None:
    """The address was answered with a page."""
    tx.run(_BACK, of_key=key)
