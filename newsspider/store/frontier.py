"""The frontier: one row for each address, with when it is due, who visits it, and what was said of it where it was found.

A row that is due or leased belongs to one run, which has it in its ledger; a run is given an address at most once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Case, bindparam, case, func, select, update

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Link, Outcome
from newsspider.store.announce import NOTHING, RETRIED, Announced, Announcement, announce, by_key
from newsspider.store.database import Part, Transaction
from newsspider.store.fields import Field
from newsspider.store.ledger import end_row
from newsspider.store.missing import FOUND, MISSING, note_found, note_missing
from newsspider.store.owner import Owner
from newsspider.store.rows import link_from, maybe_micros, maybe_moment, micros, moment, plain
from newsspider.store.runs import hold_run, open_rows
from newsspider.store.schema import frontier, runs
from newsspider.urls import url_key

LEASE = timedelta(days=1)  # within a live run, where rows wait for hours on a slow site; a dead run's leases end when it is taken over

UNREADABLE = "unreadable"  # the reason of a discovery page that is none: that it was fetched does not make the visit a good one
TIRED_AFTER = 30  # visits in a row without a good one: then a discovery page rests, for about as long as it has failed, at most RETIRED
TIRED, RETIRED = timedelta(hours=1), timedelta(days=7)

Validators = tuple[str | None, str | None]  # ETag, Last-Modified


@dataclass(slots=True, frozen=True)
class FrontierRow:
    """An address to visit. `attempts` counts visits since the last good one, this one included."""

    key: str
    url: str
    source: str
    kind: str  # article, discovery
    discovery_kind: str | None
    depth: int
    link: Link
    attempts: int
    etag: str | None
    last_modified: str | None
    found_on: str | None  # the discovery page that named it first
    read_at: datetime | None = None  # when it was last fetched whole, not answered with 304

    def was_read_within(self, days: float) -> bool:
        """False, too, of a time in the future: the clock was set back since."""
        now = clock.now()
        return self.read_at is not None and now - timedelta(days=days) < self.read_at <= now


@dataclass(slots=True, frozen=True)
class RestingPage:
    """A discovery page that is not visited until `next_try`, after so many attempts that failed."""

    key: str
    url: str
    attempts: int
    next_try: datetime


_ROW_COLUMNS = (
    frontier.c.url_key,
    frontier.c.url,
    frontier.c.source,
    frontier.c.discovery_kind,
    frontier.c.depth,
    frontier.c.link,
    frontier.c.attempts,
    frontier.c.etag,
    frontier.c.last_modified,
    frontier.c.found_on,
    frontier.c.read_at,
)
_SOURCE = select(runs.c.source).where(runs.c.id == bindparam("of_run"))
_EXPIRED = (
    select(frontier.c.url_key)
    .where(*open_rows(bindparam("of_source"), "leased"), frontier.c.leased_until < bindparam("now"))
    .with_for_update(skip_locked=True)
)
_EXPIRE = update(frontier).where(frontier.c.url_key.in_(_EXPIRED)).values(state="due", leased_until=None, owner=None)
_DUE = (
    select(*_ROW_COLUMNS)
    .where(*open_rows(bindparam("of_source"), "due"), frontier.c.run_id == bindparam("of_run"))
    .order_by(frontier.c.rank, frontier.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"))
    .values(state="leased", owner=bindparam("to_owner"), leased_until=bindparam("until"), attempts=frontier.c.attempts + 1)
)


def _believed(name: str) -> Case[str | None]:
    return case((frontier.c.distrusted_at.is_(None), bindparam(name)), else_=None)


_DONE = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"), frontier.c.run_id == bindparam("of_run"))
    .values(
        state="done", due_at=None, leased_until=None, owner=None,
        outcome=bindparam("ended"), next_try=bindparam("again"), attempts=frontier.c.attempts * bindparam("keep"),
        missing_since=case((bindparam("was_there") == 1, None), else_=frontier.c.missing_since),
    )
)  # fmt: skip
_DONE_WHOLE = _DONE.values(etag=_believed("new_etag"), last_modified=_believed("new_modified"), read_at=bindparam("now"))
_ANNOUNCED = select(frontier.c.url, frontier.c.discovery_kind, frontier.c.link).where(frontier.c.url_key == bindparam("of_key"))
_DISTRUST = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"))
    .values(etag=None, last_modified=None, distrusted_at=func.coalesce(frontier.c.distrusted_at, bindparam("now")))
)
_LEASED = (
    select(frontier.c.url_key)
    .where(frontier.c.url_key == bindparam("of_key"), frontier.c.run_id == bindparam("of_run"), frontier.c.state == "leased")
    .with_for_update(skip_locked=True)
)
_RELEASE = (
    update(frontier)
    .where(frontier.c.url_key.in_(_LEASED))
    .values(state="due", leased_until=None, owner=None, attempts=frontier.c.attempts - 1)
)


def rest(attempts: int) -> timedelta | None:
    """How long a discovery page rests after so many attempts that failed; None for not at all."""
    return None if attempts < TIRED_AFTER else min(TIRED * 2 ** min(attempts - TIRED_AFTER, 10), RETIRED)


def end_visit(
    tx: Transaction, run_id: str, key: str, outcome: Outcome, reason: str, *,
    article_id: str | None = None, next_try: datetime | None = None, validators: Validators | None = None, fields: Field | None = None,
) -> bool:  # fmt: skip
    """End a frontier row's visit and its ledger row. False: it had ended so already, and nothing is changed. Raises StoreError as `end_row`.

    `validators` are given, though they may be None each, of what was fetched whole.
    """
    now = clock.now()
    if not end_row(tx, run_id, key, outcome, reason, micros(now), article_id, fields):
        return False
    if reason in MISSING:
        next_try = note_missing(tx, key, now) or next_try
    there = outcome in FOUND
    if there and outcome is not Outcome.NEW:
        note_found(tx, key)
    again, keep = maybe_micros(next_try), int(outcome in RETRIED or reason == UNREADABLE)
    done = {"of_key": key, "of_run": run_id, "ended": outcome.value, "again": again, "keep": keep, "was_there": int(there)}
    if validators is None:
        tx.run(_DONE, **done)
    else:
        etag, last_modified = (plain(value) if value else None for value in validators)
        tx.run(_DONE_WHOLE, **done, new_etag=etag, new_modified=last_modified, now=micros(now))
    return True


class Frontier(Part):
    def announce(
        self, run_id: str, source: str, links: Sequence[Link], *,
        depth: int = 0, force: bool = False, found_on: str | None = None, owner: Owner | None = None,
    ) -> Announced:  # fmt: skip
        """Make the addresses that have to be visited due for this run, and count the others as known; one transaction.

        Due are: new addresses; discovery pages; articles that failed or were skipped in an earlier run, unless they wait for a later try;
        articles of which a feed or sitemap now tells another date; with `force`, all. None twice in one run. Raises RunActive when the run is no
        longer the `owner`'s, where one is given.
        """
        wanted = by_key(links)
        with self._database.write() as tx:
            if owner:
                hold_run(tx, run_id, owner, micros(clock.now()))
            return announce(tx, Announcement(run_id, source, depth, force, found_on), wanted)

    def claim(self, run_id: str, owner: Owner, limit: int) -> list[FrontierRow]:
        """Up to `limit` due rows, leased to `owner`: discovery pages first, then in the order they became due. Raises RunActive."""
        with self._database.write(own_rows=True) as tx:
            now = clock.now()
            hold_run(tx, run_id, owner, micros(now))
            source = tx.run(_SOURCE, of_run=run_id).fetchone()[0]
            tx.run(_EXPIRE, of_source=source, now=micros(now))
            found = tx.run(_DUE, of_source=source, of_run=run_id, most=limit).fetchall()
            lease = {"to_owner": str(owner), "until": micros(now + LEASE)}
            tx.many(_LEASE, [{"of_key": row[0], **lease} for row in found])
            return [_frontier_row(row) for row in found]

    def finish(
        self,
        run_id: str,
        key: str,
        outcome: Outcome,
        reason: str,
        *,
        next_try: datetime | None = None,
        fields: Field | None = None,
    ) -> None:
        """End an address without an article. Doing it again with the same outcome changes nothing; with another raises StoreError.

        At `next_try`, or later, the next run visits it again. `fields` are those of a page that should have been an article.
        """
        of_article = reason in MISSING or outcome in FOUND  # which is marked as gone, or as back
        with self._database.write(own_rows=not of_article) as tx:
            end_visit(tx, run_id, key, outcome, reason, next_try=next_try, fields=fields)

    def finish_discovery(
        self, run_id: str, key: str, outcome: Outcome, reason: str, links: Sequence[Link], *,
        depth: int, following: Sequence[Link] = (), follow: bool = False, validators: Validators | None = None, next_try: datetime | None = None,
        before: Announced = NOTHING,
    ) -> Announced:  # fmt: skip
        """End a discovery page and announce what it led to, in one transaction; `before` is what of it was announced already.

        `following` (the listing's next pages) are announced only when something of the page was fresh, or with `follow`. Validators that are
        those of the last time, though something unknown was found, are not believed from then on.
        """
        wanted, wanted_next = by_key(links), by_key(following)
        columns = (frontier.c.source, frontier.c.url, frontier.c.etag, frontier.c.last_modified)
        with self._database.write() as tx:
            row = tx.connection.execute(select(*columns).where(frontier.c.url_key == key)).first()
            if row is None:
                raise StoreError(f"there is no address with key {key} in the frontier")
            end_visit(tx, run_id, key, outcome, reason, validators=validators, next_try=next_try)
            announcement = Announcement(run_id, row.source, depth, force=False, found_on=row.url)
            first = announce(tx, announcement, wanted)
            if (
                (before.unknown or first.unknown)
                and validators is not None
                and any(validators)
                and validators == (row.etag, row.last_modified)
            ):
                tx.run(_DISTRUST, of_key=key, now=micros(clock.now()))
            second = announce(tx, announcement, wanted_next) if before.fresh or first.fresh or follow else NOTHING
            return first + second

    def announced(self, url: str) -> Link | None:
        """What was said of an address where it was found; None for one that was never announced."""
        with self._database.read() as tx:
            row = tx.run(_ANNOUNCED, of_key=url_key(url)).fetchone()
            return link_from(*row) if row else None

    def resting(self, source: str) -> list[RestingPage]:
        """The discovery pages that rest because they have not been readable for long, by address."""
        wanted = select(frontier.c.url_key, frontier.c.url, frontier.c.attempts, frontier.c.next_try).where(
            frontier.c.source == source,
            frontier.c.next_try > micros(clock.now()),
            frontier.c.discovery_kind.is_not(None),
            frontier.c.attempts >= TIRED_AFTER,
        )
        with self._database.read() as tx:
            return [
                RestingPage(row.url_key, row.url, row.attempts, moment(row.next_try))
                for row in tx.connection.execute(wanted.order_by(frontier.c.url))
            ]

    def distrusted(self, source: str) -> list[str]:
        """The addresses of the source whose validators are not believed."""
        wanted = select(frontier.c.url).where(frontier.c.source == source, frontier.c.distrusted_at.is_not(None)).order_by(frontier.c.url)
        with self._database.read() as tx:
            return list(tx.connection.scalars(wanted))

    def release(self, run_id: str, keys: Iterable[str]) -> None:
        """Give leased rows back unvisited; they stay due. What another process has in hand, which took the run over, is its affair."""
        with self._database.write(own_rows=True) as tx:
            tx.many(_RELEASE, [{"of_key": key, "of_run": run_id} for key in keys])


def _frontier_row(row: Sequence[Any]) -> FrontierRow:
    key, url, source, discovery_kind, depth, link, attempts, etag, last_modified, found_on, read_at = row
    kind = "article" if discovery_kind is None else "discovery"
    return FrontierRow(
        key, url, source, kind, discovery_kind, depth, link_from(url, discovery_kind, link), attempts + 1, etag, last_modified, found_on,
        maybe_moment(read_at),
    )  # fmt: skip
