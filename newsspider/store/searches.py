"""Saved searches, and what was found for each: one alert a family."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, delete, exists, func, insert, select, update

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Secret, StoredArticle
from newsspider.store.database import Part, Transaction
from newsspider.store.messages import Receiver, new_message
from newsspider.store.rows import article_from, micros, moment, plain, to_json
from newsspider.store.schema import alerts, articles, changes, checkpoints, searches
from newsspider.store.users import require_user

MOST_SEARCHES = 200  # of one owner


@dataclass(slots=True, frozen=True)
class SavedSearch:
    """A search that somebody keeps. `filters` are those fields of a Query that are not its text, as JSON has them.

    Whoever has `feed_key` may read its feeds. `change_no` is up to which change the articles have been looked at for it: at first, what was
    searchable when it was saved.
    """

    id: str
    name: str
    owner: str
    query: str
    filters: Mapping[str, Any]
    created_at: datetime
    change_no: int
    webhook_url: str | None
    webhook_secret: str | None = field(repr=False)
    feed_key: str = field(repr=False)

    @property
    def feed_paths(self) -> tuple[str, ...]:
        """Where the web serves its feeds, Atom and JSON, to whoever has the address. The key stands in the query, which no log has."""
        return tuple(f"/feeds/{self.id}.{form}?key={self.feed_key}" for form in ("atom", "json"))

    def opens_with(self, key: str) -> bool:
        """Whether `key` is the secret of its feeds."""
        return hmac.compare_digest(self.feed_key.encode(), key.encode("utf-8", "replace"))


@dataclass(slots=True, frozen=True)
class Match:
    """An article found for a saved search; `message` is the body of the message that tells of it."""

    article_id: str
    family_id: str
    message: str


@dataclass(slots=True, frozen=True)
class Alert:
    """An article that a saved search found, as it is now."""

    id: str
    found_at: datetime
    article: StoredArticle


class Searches(Part):
    def save_search(
        self, name: str, query: str, filters: Mapping[str, Any] | None = None, *, owner: str, webhook_url: str | None = None
    ) -> SavedSearch:
        """Keep a search, with secrets of its own for its feeds and its webhook. Raises StoreError when there is no such owner, or one with
        too many."""
        saved = SavedSearch(
            id=secrets.token_hex(8),
            name=plain(name),
            owner=owner,
            query=plain(query),
            filters=filters or {},
            created_at=clock.now(),
            change_no=0,
            webhook_url=webhook_url,
            webhook_secret=new_webhook_secret() if webhook_url else None,
            feed_key=new_feed_key(),
        )
        row = {name: getattr(saved, name) for name in SavedSearch.__slots__}
        with self._database.write() as tx:
            require_user(tx, owner)
            count = tx.connection.scalar(select(func.count()).select_from(searches).where(searches.c.owner == owner)) or 0
            if count >= MOST_SEARCHES:
                raise StoreError(f"{owner} has {count} saved searches, and may have no more; remove one first")
            searchable = tx.connection.scalar(select(func.max(checkpoints.c.change_no))) or 0
            row |= {"filters": to_json(saved.filters), "created_at": micros(saved.created_at), "change_no": searchable}
            tx.connection.execute(insert(searches).values(row))
        return replace(saved, change_no=searchable)

    def searches(self, owner: str | None = None) -> list[SavedSearch]:
        """All saved searches, or one owner's, the oldest first."""
        with self._database.read() as tx:
            return searches_of(tx, owner)

    def search(self, search_id: str) -> SavedSearch | None:
        with self._database.read() as tx:
            row = tx.connection.execute(select(searches).where(searches.c.id == search_id)).first()
            return _search(row) if row else None

    def remove_search(self, search_id: str, owner: str | None = None) -> bool:
        """Forget a search (of that owner) with its alerts and messages; whether there was one."""
        wanted = delete(searches).where(searches.c.id == search_id)
        if owner is not None:
            wanted = wanted.where(searches.c.owner == owner)
        with self._database.write() as tx:
            return bool(tx.connection.execute(wanted).rowcount)

    def rename_search(self, search_id: str, name: str) -> SavedSearch | None:
        """The search by another name; None where there is no such search."""
        return self._changed(search_id, update(searches).where(searches.c.id == search_id).values(name=plain(name)))

    def renew_secret(self, search_id: str, secret: Secret) -> SavedSearch | None:
        """Another address for its feeds, or another secret for its webhook; the old one ends at once. The search as it is now; None where there is
        no such search, or no webhook of it."""
        changed = update(searches).where(searches.c.id == search_id)
        if secret is Secret.FEEDS:
            changed = changed.values(feed_key=new_feed_key())
        else:
            changed = changed.where(searches.c.webhook_url.is_not(None)).values(webhook_secret=new_webhook_secret())
        return self._changed(search_id, changed)

    def _changed(self, search_id: str, change: Update) -> SavedSearch | None:
        with self._database.write() as tx:
            found = tx.connection.execute(change).rowcount
        return self.search(search_id) if found else None

    def changed_ids(self, after: int, upto: int, limit: int) -> list[tuple[int, str]]:
        """Up to `limit` articles whose newest change number is in (after, upto], deleted ones left out: number and id, in ascending order."""
        wanted = (
            select(changes.c.change_no, changes.c.article_id)
            .where(changes.c.change_no > after, changes.c.change_no <= upto, changes.c.deleted.is_(False))
            .order_by(changes.c.change_no)
            .limit(limit)
        )
        with self._database.read() as tx:
            return [(row.change_no, row.article_id) for row in tx.connection.execute(wanted)]

    def note_matches(self, search: SavedSearch, matches: Sequence[Match], upto: int) -> int:
        """Keep what was found among the changes up to `upto`, and move the search there; one transaction. How many families were new.

        A family that is known to the search makes no second alert. Each new one makes a message to the search's webhook, where it has one.
        """
        now = micros(clock.now())
        with self._database.write() as tx:
            moved = update(searches).where(searches.c.id == search.id, searches.c.change_no < upto)
            tx.connection.execute(moved.values(change_no=upto))
            if tx.connection.scalar(select(searches.c.id).where(searches.c.id == search.id)) is None:
                return 0  # removed meanwhile
            new = _new_families(tx, search.id, matches)
            for match in new:
                alert_id = _alert_id(search.id, match.family_id)
                tx.connection.execute(
                    insert(alerts).values(
                        id=alert_id, search_id=search.id, family_id=match.family_id, article_id=match.article_id, found_at=now
                    )
                )
                if search.webhook_url:
                    new_message(tx, alert_id, Receiver("webhook", search.id), match.message)
            return len(new)

    def alerts(self, search_id: str, limit: int = 100) -> list[Alert]:
        """What was found last, the newest first, as the articles are now; deleted ones are left out."""
        wanted = (
            select(alerts.c.id.label("alert_id"), alerts.c.found_at, articles)
            .join(articles, articles.c.id == alerts.c.article_id)
            .where(alerts.c.search_id == search_id)
            .order_by(alerts.c.found_at.desc(), alerts.c.id)
            .limit(limit)
        )
        with self._database.read() as tx:
            rows = tx.connection.execute(wanted).mappings().all()
        return [Alert(row["alert_id"], moment(row["found_at"]), article_from(dict(row))) for row in rows]


def _new_families(tx: Transaction, search_id: str, matches: Sequence[Match]) -> list[Match]:
    """The first match of each family that the search does not know: by the family's id, or by a member, for families join and part."""
    families = {match.family_id for match in matches}
    of_search = alerts.c.search_id == search_id
    by_id = select(alerts.c.family_id).where(of_search, alerts.c.family_id.in_(families))
    told = exists().where(of_search, alerts.c.article_id == articles.c.id)
    by_member = select(articles.c.family_id).where(articles.c.family_id.in_(families), told)
    known = {*tx.connection.scalars(by_id), *tx.connection.scalars(by_member)}
    itself = select(alerts.c.article_id).where(of_search, alerts.c.article_id.in_([match.article_id for match in matches]))
    known_articles = set(tx.connection.scalars(itself))
    new: dict[str, Match] = {}
    for match in matches:
        if match.family_id not in known and match.article_id not in known_articles:
            new.setdefault(match.family_id, match)
    return list(new.values())


def _alert_id(search_id: str, family_id: str) -> str:
    """The same however often it is computed, so that a receiver knows a repeated message."""
    return "msg_" + hashlib.sha256(f"{search_id}/{family_id}".encode()).hexdigest()[:32]


def searches_of(tx: Transaction, owner: str | None) -> list[SavedSearch]:
    """All saved searches, or one owner's, the oldest first."""
    wanted = select(searches).order_by(searches.c.created_at, searches.c.id)
    if owner is not None:
        wanted = wanted.where(searches.c.owner == owner)
    return [_search(row) for row in tx.connection.execute(wanted)]


def new_feed_key() -> str:
    return secrets.token_urlsafe(32)


def new_webhook_secret() -> str:
    """As the Standard Webhooks specification writes a symmetric secret: whsec_ and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _search(row: Row[Any]) -> SavedSearch:
    values = row._asdict()
    return SavedSearch(**values | {"filters": json.loads(row.filters), "created_at": moment(row.created_at)})
