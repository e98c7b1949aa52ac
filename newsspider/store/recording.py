"""Recording: what becomes of an article that was found, decided and stored in one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from newsspider import clock
from newsspider.dedupe import same_authors
from newsspider.items import Article, ArticleKeys, Outcome, Publication, Recorded
from newsspider.store.changes import move_change, next_change
from newsspider.store.database import Part, Transaction
from newsspider.store.families import settle_again, settle_new
from newsspider.store.fields import Field, fields_of
from newsspider.store.forgotten import FORGOTTEN, kept_out
from newsspider.store.frontier import Validators, end_visit
from newsspider.store.ledger import LedgerConflict
from newsspider.store.rows import micros, plain, publication_from, publication_row, to_json, version_row
from newsspider.store.schema import VERSION_COLUMNS, addresses, articles, changes, frontier, revisions
from newsspider.urls import url_key

REASONS = (
    "first_seen",
    "reprint",
    "text_changed",
    "date_improved",
    "authors_changed",
    "read_again",
    "same_text",
    "same_text_elsewhere",
    "deleted",
    FORGOTTEN,
)
REVISITED = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED)


class _Known(NamedTuple):
    """What is compared of a stored article; `id` alone when the article was deleted."""

    id: str
    deleted: bool
    revision: int
    content_hash: str
    authors: list[str]
    publication: Publication


_DATES = ("timezone", "published_at", "precision", "published_day", "modified_at", "confidence", "date_reason", "winner", "rejected")
_AT_ADDRESS = (
    select(
        changes.c.article_id,
        changes.c.deleted,
        articles.c.revision,
        articles.c.content_hash,
        articles.c.authors,
        *(articles.c[name] for name in _DATES),
    )
    .select_from(
        addresses.join(changes, changes.c.article_id == addresses.c.article_id).outerjoin(articles, articles.c.id == changes.c.article_id)
    )
    .where(addresses.c.url_key == bindparam("of_key"))
)
_SAME_TEXT = (
    select(articles.c.id, articles.c.source, articles.c.family_id)
    .where(articles.c.content_hash == bindparam("of_hash"))
    .order_by(articles.c.first_seen_at, articles.c.id)
)
_NEW_CHANGE = insert(changes)
_NEW_ARTICLE = insert(articles)
_NEW_ADDRESS = insert(addresses)
_FRONTIER_URL = select(frontier.c.url).where(frontier.c.url_key == bindparam("of_key"))
_KEEP_VERSION = insert(revisions).from_select(
    ["article_id", "superseded_at", *VERSION_COLUMNS],
    select(articles.c.id, bindparam("now"), *(articles.c[name] for name in VERSION_COLUMNS)).where(articles.c.id == bindparam("of_id")),
)
_REPLACE_VERSION = (
    update(articles).where(articles.c.id == bindparam("of_id")).values({name: bindparam(f"new_{name}") for name in VERSION_COLUMNS})
)


class Recording(Part):
    def record(
        self, article: Article, *, run_id: str | None = None, next_try: datetime | None = None, validators: Validators | None = None
    ) -> Recorded:
        """Decide whether the article is new, updated, unchanged or a duplicate, and store it so; one transaction, on disk when this returns.

        With `run_id`, the visit of `article.frontier_key` ends with that outcome, and the next one is at `next_try`, or later, unless the article is
        a duplicate. What was deleted or forgotten stays so: rejected.
        Raises ValueError for an article without keys or with a timezone that does not exist.
        """
        if article.keys is None or not article.keys.url_keys:
            raise ValueError(f"{article.url}: the article has no keys; `intake.fingerprint` computes them")
        now = clock.now()
        with self._database.write() as tx:
            recorded, known_keys = _decide(tx, article, article.keys, now)
            if recorded.outcome is not Outcome.REJECTED:
                new_keys = [key for key in dict.fromkeys(article.keys.url_keys) if key not in known_keys]
                _add_addresses(tx, article, recorded.article_id, new_keys, now)
            if run_id is not None and article.frontier_key is not None:
                again = next_try if recorded.outcome in REVISITED else None
                _end_visit(tx, run_id, article.frontier_key, recorded, again, validators, fields_of(article))
            return recorded


def _decide(tx: Transaction, article: Article, keys: ArticleKeys, now: datetime) -> tuple[Recorded, set[str]]:
    """What becomes of the article, done, and which of its keys have an article already."""
    if kept_out(tx, keys.url_keys, [url for url in (article.url, article.canonical_url) if url]):
        return Recorded(Outcome.REJECTED, FORGOTTEN, "", None), set()
    found = {key: known for key in keys.url_keys if (known := _at_address(tx, key))}
    if found:
        return _meet(tx, article, keys, next(iter(found.values())), now), set(found)
    same_text = tx.run(_SAME_TEXT, of_hash=keys.content_hash).fetchall()
    for known_id, source, _ in same_text:
        if source == article.source:
            return Recorded(Outcome.DUPLICATE, "same_text_elsewhere", known_id, None), set()
    article_id = hashlib.sha256(keys.url_keys[0].encode()).hexdigest()[:32]
    family_id = settle_new(tx, article_id, article.source, article.body, keys.sketch)
    if family_id is None and same_text:  # too short to be compared, but the same
        family_id = same_text[0][2]
    return _store_new(tx, article, keys, article_id, family_id, now), set()


def _at_address(tx: Transaction, key: str) -> _Known | None:
    row = tx.run(_AT_ADDRESS, of_key=key).fetchone()
    if row is None:
        return None
    article_id, deleted, revision, content_hash, authors, *dates = row
    if deleted:
        return _Known(article_id, True, 0, "", [], Publication())
    return _Known(article_id, False, revision, content_hash, json.loads(authors), publication_from(dict(zip(_DATES, dates, strict=True))))


def _meet(tx: Transaction, article: Article, keys: ArticleKeys, known: _Known, now: datetime) -> Recorded:
    """An article at an address that has one."""
    if known.deleted:
        return Recorded(Outcome.REJECTED, "deleted", known.id, None)
    publication = better(known.publication, article.publication or Publication())
    if known.content_hash != keys.content_hash:
        reason = "text_changed"
    elif publication.published_at != known.publication.published_at or publication.published_day != known.publication.published_day:
        reason = "date_improved"
    elif article.authors and not same_authors(known.authors, article.authors):
        reason = "authors_changed"
    else:
        return Recorded(Outcome.UNCHANGED, "same_text", known.id, None)
    if reason == "text_changed":
        settle_again(tx, known.id, article.source, article.body, keys.sketch)
    number = keep_version(tx, known.id, now)
    row = version_row(article, keys, now) | publication_row(publication) | {"revision": known.revision + 1, "change_no": number}
    row["authors"] = to_json(article.authors or known.authors)  # a name that is not printed any more has still written it
    tx.run(_REPLACE_VERSION, of_id=known.id, **{f"new_{name}": value for name, value in row.items()})
    return Recorded(Outcome.UPDATED, reason, known.id, number)


def keep_version(tx: Transaction, article_id: str, now: datetime) -> int:
    """Keep the present version as a revision, before another takes its place; the change number of that other one."""
    tx.run(_KEEP_VERSION, of_id=article_id, now=micros(now))
    return move_change(tx, article_id)


def better(old: Publication, new: Publication) -> Publication:
    """The date to believe of an article found again: the old one, unless it had none or the new one is surer. A new time of modification counts."""
    if new.published_at is not None and (old.published_at is None or new.confidence > old.confidence):
        return new
    if old.published_at is None:
        return new
    return replace(old, modified_at=new.modified_at or old.modified_at)


def _store_new(tx: Transaction, article: Article, keys: ArticleKeys, article_id: str, family_id: str | None, now: datetime) -> Recorded:
    number = next_change(tx)
    tx.run(_NEW_CHANGE, article_id=article_id, change_no=number, deleted=False)
    row = version_row(article, keys, now) | publication_row(article.publication or Publication())
    identity = {
        "id": article_id,
        "family_id": family_id or article_id,
        "source": article.source,
        "url": plain(article.url),
        "first_seen_at": micros(now),
        "gone_at": None,
    }
    tx.run(_NEW_ARTICLE, **row, **identity, revision=1, change_no=number)
    return Recorded(Outcome.NEW, "reprint" if family_id else "first_seen", article_id, number)


def _add_addresses(tx: Transaction, article: Article, article_id: str, new_keys: list[str], now: datetime) -> None:
    for key in new_keys:
        tx.run(_NEW_ADDRESS, url_key=key, article_id=article_id, url=plain(_url_of(tx, article, key)), first_seen_at=micros(now))


def _url_of(tx: Transaction, article: Article, key: str) -> str:
    """Which of the addresses the article came with has this key: the fetched one, the canonical one, or, after a redirect, the one asked for."""
    if article.keys and len(article.keys.url_keys) == 1:  # as of most: no other address is looked into
        return article.url
    if article.canonical_url and url_key(article.canonical_url) == key:
        return article.canonical_url
    if key == article.frontier_key and key != url_key(article.url) and (row := tx.run(_FRONTIER_URL, of_key=key).fetchone()):
        return str(row[0])
    return article.url


def _end_visit(
    tx: Transaction, run_id: str, key: str, recorded: Recorded, next_try: datetime | None, validators: Validators | None, fields: Field
) -> None:
    try:
        end_visit(
            tx, run_id, key, recorded.outcome, recorded.reason,
            article_id=recorded.article_id or None, next_try=next_try, validators=validators, fields=fields,
        )  # fmt: skip
    except LedgerConflict:
        if recorded.outcome is not Outcome.UNCHANGED:  # visited twice within one run with the same text: the first outcome stands
            raise
