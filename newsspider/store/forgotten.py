"""Takedowns: what was removed on request and is neither visited nor stored again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import idna
from sqlalchemy import Table, bindparam, delete, exists, or_, select, update

from newsspider import clock
from newsspider.items import Change, Outcome
from newsspider.store.database import Part, Transaction
from newsspider.store.deletion import delete_article
from newsspider.store.rows import micros, moment
from newsspider.store.schema import addresses, alerts, changes, forgotten, frontier, ledger, messages, notices, searches
from newsspider.urls import canonical_url, domains, url_key

CHUNK = 500  # keys in one statement
FORGOTTEN = "forgotten"  # the reason in ledgers, and what stands there in an address's place

_ANY = select(exists().where(forgotten.c.name.is_not(None)))
_NAMED = select(forgotten.c.name).where(forgotten.c.name == bindparam("of_name"))
_AT = select(addresses.c.article_id).where(addresses.c.url_key == bindparam("of_key"))
_ADDRESSES = select(addresses.c.url_key).where(addresses.c.article_id == bindparam("of_id"))
_OF_ARTICLE = alerts.c.article_id == bindparam("of_id")
_OF_FAMILY = alerts.c.search_id.in_(select(searches.c.id)) & (alerts.c.family_id == bindparam("of_id"))
_UNSAY = (  # a message has the id of its alert, and names the article and its family
    delete(messages).where(messages.c.id.in_(select(alerts.c.id).where(_OF_ARTICLE))),
    delete(messages).where(messages.c.id.in_(select(alerts.c.id).where(_OF_FAMILY))),
    delete(alerts).where(_OF_ARTICLE),
)


@dataclass(slots=True, frozen=True)
class Takedown:
    """An address or domain that was asked to be forgotten, when, and how many articles it took."""

    asked: str
    at: datetime
    articles: int


class Forgotten(Part):
    def forget(self, asked: str) -> list[Change]:
        """Remove the article at an address, or all articles of a domain and the hosts below it, and keep them out; one transaction.

        Their revisions, addresses, dead letters and alerts go, messages and notices that name them, and their addresses in the frontier and
        the ledgers. What is returned are the deletions of all articles that this ever took, for delivery: doing it again takes what has
        come since, and gives them again. Raises ValueError for what is neither an http address nor a domain.
        """
        asked = name_of(asked)
        now = micros(clock.now())
        with self._database.write() as tx:
            of_keys = {key: _article_at(tx, key) for key in _keys(tx, asked)}
            ids = {article_id for article_id in of_keys.values() if article_id}
            for article_id in ids:
                of_keys |= {key: article_id for (key,) in tx.run(_ADDRESSES, of_id=article_id).fetchall()}
            _keep_out(tx, asked, of_keys, now)
            for article_id in ids:
                delete_article(tx, article_id)
                for unsay in _UNSAY:
                    tx.run(unsay, of_id=article_id)
            keys = list(of_keys)
            for start in range(0, len(keys), CHUNK):
                _withdraw(tx, keys[start : start + CHUNK], now)
            _unsay_notices(tx, asked, keys)
            return _deletions(tx, asked)

    def takedowns(self) -> list[Takedown]:
        """All that was forgotten, the newest first."""
        rows: dict[str, tuple[int, set[str]]] = {}
        with self._database.read() as tx:
            for row in tx.connection.execute(select(forgotten)):
                at, ids = rows.setdefault(row.asked, (row.at, set()))
                rows[row.asked] = (max(at, row.at), ids | ({row.article_id} if row.article_id else set()))
        found = [Takedown(asked, moment(at), len(ids)) for asked, (at, ids) in rows.items()]
        return sorted(found, key=lambda one: (one.at, one.asked), reverse=True)

    def is_forgotten(self, url: str) -> bool:
        """True for an address that was forgotten, or is of a domain that was. Raises ValueError for what is no web address."""
        with self._database.read() as tx:
            return kept_out(tx, (url_key(url),), (url,))

    def count_of(self, asked: str) -> int:
        """How many articles `forget` would remove. Raises ValueError as it does."""
        with self._database.read() as tx:
            return len({found for key in _keys(tx, name_of(asked)) if (found := _article_at(tx, key))})


def name_of(asked: str) -> str:
    """What is to be forgotten in one spelling: an address where it has a scheme, else a domain. Raises ValueError."""
    if "://" in asked:
        return canonical_url(asked)
    if "/" not in asked:
        with suppress(ValueError):
            return domains(f"http://{asked}")[0]
    raise ValueError(f"{asked!r} is neither an address (https://site.example/story) nor a domain (site.example)")


def covers(asked: str, url: str) -> bool:
    """True when `url` is of what `name_of` named. False for what is no web address."""
    try:
        return url_key(asked) == url_key(url) if "://" in asked else asked in domains(url)
    except ValueError:
        return False


def kept_out(tx: Transaction, keys: Sequence[str], urls: Sequence[str]) -> bool:
    """Whether one of the keys, or the domain of one of the addresses, was forgotten."""
    if not tx.run(_ANY).fetchone()[0]:
        return False
    names = [*keys, *(domain for url in urls for domain in domains(url))]
    return any(tx.run(_NAMED, of_name=name).fetchone() for name in names)


def all_names(tx: Transaction) -> set[str]:
    """The keys and domains that are kept out."""
    return set(tx.connection.scalars(select(forgotten.c.name)))


def _keys(tx: Transaction, asked: str) -> Iterator[str]:
    """The keys of what is known of an address or a domain."""
    if "://" in asked:
        yield url_key(asked)
        return
    spellings = {asked, idna.decode(asked) if "xn--" in asked else asked}
    tables: tuple[Table, ...] = (addresses, frontier, ledger)
    for table in tables:
        likely = or_(*(table.c.url.icontains(spelling, autoescape=True) for spelling in spellings))
        for key, url in tx.connection.execute(select(table.c.url_key, table.c.url).where(likely)):
            if covers(asked, url):
                yield key


def _article_at(tx: Transaction, key: str) -> str | None:
    row = tx.run(_AT, of_key=key).fetchone()
    return row[0] if row else None


def _keep_out(tx: Transaction, asked: str, of_keys: dict[str, str | None], now: int) -> None:
    rows = [{"name": key, "asked": asked, "article_id": article_id, "at": now} for key, article_id in of_keys.items()]
    if "://" not in asked:
        rows.append({"name": asked, "asked": asked, "article_id": None, "at": now})
    known = all_names(tx)
    if new := [row for row in rows if row["name"] not in known]:
        tx.connection.execute(forgotten.insert(), new)


def _withdraw(tx: Transaction, keys: Sequence[str], now: int) -> None:
    """Take addresses out of the frontier and the ledgers; a visit under way ends by itself."""
    due = exists().where(frontier.c.url_key == ledger.c.url_key, frontier.c.run_id == ledger.c.run_id, frontier.c.state == "due")
    ended = {"outcome": Outcome.REJECTED.value, "reason": FORGOTTEN, "at": now}
    tx.connection.execute(update(ledger).where(ledger.c.url_key.in_(keys), ledger.c.outcome.is_(None), due).values(ended))
    tx.connection.execute(update(ledger).where(ledger.c.url_key.in_(keys)).values(url=f"({FORGOTTEN})"))
    for table in (frontier, addresses):
        tx.connection.execute(delete(table).where(table.c.url_key.in_(keys)))


def _unsay_notices(tx: Transaction, asked: str, keys: Collection[str]) -> None:
    """Take back the notices of forgotten addresses, and their messages."""
    wanted = select(notices.c.id, notices.c.subject).where(notices.c.subject.contains("://"))
    for notice_id, url in tx.connection.execute(wanted).all():
        if covers(asked, url) or url_key(url) in keys:
            tx.connection.execute(delete(messages).where(messages.c.id.startswith(notice_id, autoescape=True)))
            tx.connection.execute(delete(notices).where(notices.c.id == notice_id))


def _deletions(tx: Transaction, asked: str) -> list[Change]:
    wanted = (
        select(changes.c.change_no, changes.c.article_id)
        .where(changes.c.deleted.is_(True), changes.c.article_id.in_(select(forgotten.c.article_id).where(forgotten.c.asked == asked)))
        .order_by(changes.c.change_no)
    )
    return [Change(row.change_no, row.article_id, None) for row in tx.connection.execute(wanted)]
