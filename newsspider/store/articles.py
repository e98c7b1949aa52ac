"""Articles, read back: by id, by address, by source and day; with what they were before, and where they were found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, func, select, tuple_

from newsspider.errors import StoreError
from newsspider.items import StoredArticle
from newsspider.store.database import Part
from newsspider.store.deletion import delete_article
from newsspider.store.rows import article_from, moment
from newsspider.store.schema import addresses, articles, revisions
from newsspider.urls import url_key

PAGE = 200  # articles read at once when all are


@dataclass(slots=True, frozen=True)
class Revision:
    """A version that was superseded, whole; `article.revision` is its number."""

    superseded_at: datetime
    article: StoredArticle


@dataclass(slots=True, frozen=True)
class Address:
    """One of the addresses of an article, and when the article was first found under it."""

    url: str
    first_seen_at: datetime


_FIRST_SEEN = (
    select(articles.c.first_seen_at)
    .join(addresses, addresses.c.article_id == articles.c.id)
    .where(addresses.c.url_key == bindparam("of_key"))
)


class Articles(Part):
    def article(self, id_or_url: str) -> StoredArticle | None:
        """By id, or by any of its addresses."""
        try:
            wanted = (
                select(articles).join(addresses, addresses.c.article_id == articles.c.id).where(addresses.c.url_key == url_key(id_or_url))
            )
        except ValueError:  # not an address
            wanted = select(articles).where(articles.c.id == id_or_url)
        with self._database.read() as tx:
            row = tx.connection.execute(wanted).mappings().first()
            return article_from(dict(row)) if row else None

    def articles(self, source: str | None = None, day_from: date | None = None, day_to: date | None = None) -> Iterator[StoredArticle]:
        """All articles, of one source, or published from one day to another, both included; in no order that means anything.

        They are read a page at a time, so that neither memory nor a long transaction is needed.
        """
        by_day = day_from is not None or day_to is not None
        first = (articles.c.published_day,) if by_day else (articles.c.first_seen_at,) if source is not None else ()
        order = (*first, articles.c.id)  # as an index has them
        wanted = select(articles).order_by(*order).limit(PAGE)
        if source is not None:
            wanted = wanted.where(articles.c.source == source)
        if by_day:
            wanted = wanted.where(articles.c.published_day.between((day_from or date.min).isoformat(), (day_to or date.max).isoformat()))
        page: Select[Any] = wanted
        while True:
            with self._database.read() as tx:
                rows = [dict(row) for row in tx.connection.execute(page).mappings()]
            for row in rows:
                yield article_from(row)
            if len(rows) < PAGE:
                return
            page = wanted.where(tuple_(*order) > tuple_(*(rows[-1][column.name] for column in order)))

    def articles_by_id(self, ids: Iterable[str]) -> Iterator[StoredArticle]:
        """The articles with these ids, in their order, read a page at a time; an id that no article has is passed over."""
        rest = iter(ids)
        while page := list(islice(rest, PAGE)):
            with self._database.read() as tx:
                rows = {row["id"]: dict(row) for row in tx.connection.execute(select(articles).where(articles.c.id.in_(page))).mappings()}
            for article_id in page:
                if article_id in rows:
                    yield article_from(rows[article_id])

    def first_seen(self, url: str) -> datetime | None:
        """When the article at that address was first seen; None when there is none."""
        with self._database.read() as tx:
            found = tx.run(_FIRST_SEEN, of_key=url_key(url)).fetchone()
            return moment(found[0]) if found else None

    def existing(self, article_ids: Sequence[str]) -> set[str]:
        """Which of these articles are stored."""
        with self._database.read() as tx:
            return set(tx.connection.scalars(select(articles.c.id).where(articles.c.id.in_(article_ids))))

    def count(self) -> int:
        """How many articles are stored."""
        with self._database.read() as tx:
            return int(tx.connection.scalar(select(func.count()).select_from(articles)) or 0)

    def revisions(self, article_id: str) -> list[Revision]:
        """The superseded versions, oldest first."""
        wanted = (
            select(revisions, articles.c.id, articles.c.family_id, articles.c.source, articles.c.url, articles.c.first_seen_at)
            .join(articles, articles.c.id == revisions.c.article_id)
            .where(revisions.c.article_id == article_id)
            .order_by(revisions.c.revision)
        )
        with self._database.read() as tx:
            return [Revision(moment(row["superseded_at"]), article_from(dict(row))) for row in tx.connection.execute(wanted).mappings()]

    def addresses(self, article_id: str) -> list[Address]:
        """Every address under which the article was found, the first one first."""
        wanted = select(addresses.c.url, addresses.c.first_seen_at).where(addresses.c.article_id == article_id)
        with self._database.read() as tx:
            found = tx.connection.execute(wanted.order_by(addresses.c.first_seen_at, addresses.c.url_key))
            return [Address(row.url, moment(row.first_seen_at)) for row in found]

    def delete(self, article_id: str) -> int:
        """Delete an article with its revisions; its change number. Its addresses stay known, so that it is not stored again.

        Raises StoreError when there is no such article.
        """
        with self._database.write() as tx:
            if number := delete_article(tx, article_id):
                return number
            raise StoreError(f"there is no article {article_id}")
