"""The frontier: one row for each address, with when it is due, who visits it, and what was said of it where it was found.

A row that is due or leased belongs to one run, which has it in its ledger; a run is given an address at most once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, insert, select, update

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import DateEvidence, EvidenceKind, Link, Outcome
from newsspider.store.database import Part, Transaction
from newsspider.store.owner import Owner
from newsspider.store.rows import link_from, link_json, maybe_micros, micros, plain
from newsspider.store.runs import RUNNING, end_row, hold_run
from newsspider.store.schema import frontier, ledger, runs
from newsspider.urls import url_key

LEASE = timedelta(minutes=30)  # within a live run; a dead run's leases end when it is taken over
MOST_EVIDENCE = 16  # of one address; a feed that invents a new date at each fetch must not grow a row without end
CHUNK = 500  # keys in one look-up
RETRIED = (Outcome.FAILED, Outcome.SKIPPED)

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


@dataclass(slots=True, frozen=True)
class Announced:
    """How many of the announced addresses the run was given to visit, how many it need not, and which were no addresses at all."""

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()


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
)
_INSERT = insert(frontier)
_GIVE = insert(ledger).values({name: bindparam(name) for name in ("run_id", "url_key", "url", "kind")})
_REVIVE = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"))
    .values(
        state="due", leased_until=None, owner=None, next_try=None,
        run_id=bindparam("to_run"), source=bindparam("to_source"), rank=bindparam("new_rank"), discovery_kind=bindparam("new_kind"),
        depth=bindparam("new_depth"), found_on=bindparam("new_page"), due_at=bindparam("new_due"), link=bindparam("new_link"),
    )
)  # fmt: skip
_ENRICH = update(frontier).where(frontier.c.url_key == bindparam("of_key")).values(link=bindparam("new_link"))
_KNOWN = update(runs).where(runs.c.id == bindparam("of_run")).values(known=runs.c.known + bindparam("more"))
_SOURCE = select(runs.c.source).where(runs.c.id == bindparam("of_run"))
_EXPIRE = (
    update(frontier)
    .where(frontier.c.source == bindparam("of_source"), frontier.c.state == "leased", frontier.c.leased_until < bindparam("now"))
    .values(state="due", leased_until=None, owner=None)
)
_DUE = (
    select(*_ROW_COLUMNS)
    .where(frontier.c.source == bindparam("of_source"), frontier.c.state == "due", frontier.c.run_id == bindparam("of_run"))
    .order_by(frontier.c.rank, frontier.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"))
    .values(state="leased", owner=bindparam("to_owner"), leased_until=bindparam("until"), attempts=frontier.c.attempts + 1)
)
_DONE = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"), frontier.c.run_id == bindparam("of_run"))
    .values(
        state="done", leased_until=None, owner=None,
        outcome=bindparam("ended"), next_try=bindparam("again"), attempts=frontier.c.attempts * bindparam("keep"),
    )
)  # fmt: skip
_VALIDATORS = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"))
    .values(etag=bindparam("new_etag"), last_modified=bindparam("new_modified"))
)
_RELEASE = (
    update(frontier)
    .where(frontier.c.url_key == bindparam("of_key"), frontier.c.run_id == bindparam("of_run"), frontier.c.state == "leased")
    .values(state="due", leased_until=None, owner=None, attempts=frontier.c.attempts - 1)
)


def end_visit(
    tx: Transaction, run_id: str, key: str, outcome: Outcome, reason: str, *,
    article_id: str | None = None, next_try: datetime | None = None, validators: Validators | None = None,
) -> bool:  # fmt: skip
    """End a frontier row's visit and its ledger row. False: it had ended so already, and nothing is changed. Raises StoreError as `end_row`."""
    if not end_row(tx, run_id, key, outcome, reason, micros(clock.now()), article_id):
        return False
    tx.run(_DONE, of_key=key, of_run=run_id, ended=outcome.value, again=maybe_micros(next_try), keep=int(outcome in RETRIED))
    if validators is not None:
        etag, last_modified = (plain(value) if value else None for value in validators)
        tx.run(_VALIDATORS, of_key=key, new_etag=etag, new_modified=last_modified)
    return True


class Frontier(Part):
    def announce(
        self, run_id: str, source: str, links: Sequence[Link], *, depth: int = 0, force: bool = False, found_on: str | None = None
    ) -> Announced:
        """Make the addresses that have to be visited due for this run, and count the others as known; one transaction.

        Due are: new addresses; discovery pages; articles that failed or were skipped in an earlier run, unless they wait for a later try;
        articles of which a feed or sitemap now tells another date; with `force`, all. None twice in one run.
        """
        wanted = _by_key(links)
        with self._database.write() as tx:
            return _announce(tx, _Announcement(run_id, source, depth, force, found_on), wanted)

    def claim(self, run_id: str, owner: Owner, limit: int) -> list[FrontierRow]:
        """Up to `limit` due rows, leased to `owner`: discovery pages first, then in the order they became due. Raises RunActive."""
        now = clock.now()
        with self._database.write() as tx:
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
        validators: Validators | None = None,
    ) -> None:
        """End an address without an article. Doing it again with the same outcome changes nothing; with another raises StoreError.

        At `next_try`, or later, the next run visits it again.
        """
        with self._database.write() as tx:
            end_visit(tx, run_id, key, outcome, reason, next_try=next_try, validators=validators)

    def finish_discovery(
        self, run_id: str, key: str, outcome: Outcome, reason: str, links: Sequence[Link], *,
        depth: int, following: Sequence[Link] = (), validators: Validators | None = None,
    ) -> Announced:  # fmt: skip
        """End a discovery page and announce what it led to, in one transaction.

        `following` (the listing's next pages) are announced only when something among `links` was new.
        """
        wanted, wanted_next = _by_key(links), _by_key(following)
        with self._database.write() as tx:
            row = tx.connection.execute(select(frontier.c.source, frontier.c.url).where(frontier.c.url_key == key)).first()
            if row is None:
                raise StoreError(f"there is no address with key {key} in the frontier")
            end_visit(tx, run_id, key, outcome, reason, validators=validators)
            announcement = _Announcement(run_id, row.source, depth, force=False, found_on=row.url)
            first = _announce(tx, announcement, wanted)
            second = _announce(tx, announcement, wanted_next) if first.new else Announced()
            return Announced(first.new + second.new, first.known + second.known, first.refused + second.refused)

    def release(self, run_id: str, keys: Iterable[str]) -> None:
        """Give leased rows back unvisited; they stay due."""
        with self._database.write() as tx:
            tx.many(_RELEASE, [{"of_key": key, "of_run": run_id} for key in keys])


class _Announcement(NamedTuple):
    run_id: str
    source: str
    depth: int
    force: bool
    found_on: str | None


class _Wanted(NamedTuple):
    by_key: dict[str, Link]  # what was said of one address together
    repeated: int
    refused: tuple[str, ...]


def _announce(tx: Transaction, said: _Announcement, wanted: _Wanted) -> Announced:
    links = wanted.by_key
    now = micros(clock.now())
    known = _look_up(tx, list(links))
    given: list[tuple[str, Link]] = []
    for at, (key, link) in enumerate(links.items(), now - len(links) + 1):  # a microsecond apart, so that they keep their order
        row = known.get(key)
        if row is None:
            tx.run(_INSERT, **_new_row(said, key, link, at))
        elif _is_due_again(row, link, said, now):
            tx.run(_REVIVE, **_revived(said, row, link, at))
        else:
            _enrich(tx, row, link, said)
            continue
        given.append((key, link))
    tx.many(_GIVE, [_ledger_row(said, key, link, known.get(key)) for key, link in given])
    count = len(links) - len(given) + wanted.repeated
    tx.run(_KNOWN, of_run=said.run_id, more=count)
    return Announced(len(given), count, wanted.refused)


def _by_key(links: Sequence[Link]) -> _Wanted:
    found: dict[str, Link] = {}
    refused: list[str] = []
    for link in links:
        try:
            key = url_key(link.url)
        except ValueError:
            refused.append(link.url)
            continue
        found[key] = _merged(found[key], link) if key in found else link
    return _Wanted(found, len(links) - len(refused) - len(found), tuple(refused))


def _look_up(tx: Transaction, keys: Sequence[str]) -> Mapping[str, Row[Any]]:
    columns = (frontier.c.url_key, frontier.c.url, frontier.c.run_id, frontier.c.state, frontier.c.outcome, frontier.c.next_try)
    more = (frontier.c.discovery_kind, frontier.c.depth, frontier.c.link, runs.c.state.label("run_state"))
    wanted = select(*columns, *more).outerjoin(runs, runs.c.id == frontier.c.run_id)
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(keys), CHUNK):
        for row in tx.connection.execute(wanted.where(frontier.c.url_key.in_(keys[start : start + CHUNK]))):
            found[row.url_key] = row
    return found


def _is_due_again(row: Row[Any], link: Link, said: _Announcement, now: int) -> bool:
    if row.run_id == said.run_id:
        return False
    if row.state != "done":
        return bool(row.run_state != RUNNING)  # else another source's run visits it
    if said.force or link.discovery:
        return True
    if row.discovery_kind is not None:
        return False
    if row.next_try is not None:
        return bool(row.next_try <= now)
    return row.outcome in RETRIED or bool(_other_dates(_link(row), link))


def _other_dates(old: Link, new: Link) -> list[DateEvidence]:
    """The dates that a feed or sitemap tells in `new` and none told before."""
    told = {(e.kind, e.role, e.raw) for e in old.evidence}
    return [e for e in new.evidence if e.kind in (EvidenceKind.FEED, EvidenceKind.SITEMAP) and (e.kind, e.role, e.raw) not in told]


def _merged(old: Link, new: Link) -> Link:
    """All that was said of an address; of a repeated fact, what was said first."""
    return replace(
        old,
        title=old.title or new.title,
        section=old.section or new.section,
        authors=old.authors or new.authors,
        evidence=tuple(dict.fromkeys((*old.evidence, *new.evidence)))[-MOST_EVIDENCE:],
    )


def _enrich(tx: Transaction, row: Row[Any], link: Link, said: _Announcement) -> None:
    """Add what is said of a row still to be visited by this run. A visited one keeps its link, so that the next run sees what is new in it."""
    if row.run_id != said.run_id or row.state == "done" or link.discovery:
        return
    text = link_json(_merged(_link(row), link))
    if text != row.link:
        tx.run(_ENRICH, of_key=row.url_key, new_link=text)


def _new_row(said: _Announcement, key: str, link: Link, due_at: int) -> dict[str, Any]:
    return {
        "url_key": key, "url": plain(link.url), "source": said.source, "rank": int(not link.discovery),
        "discovery_kind": link.kind if link.discovery else None, "depth": said.depth, "found_on": said.found_on, "run_id": said.run_id,
        "state": "due", "due_at": due_at, "leased_until": None, "owner": None, "attempts": 0, "outcome": None, "next_try": None,
        "etag": None, "last_modified": None, "link": link_json(link),
    }  # fmt: skip


def _revived(said: _Announcement, row: Row[Any], link: Link, due_at: int) -> dict[str, Any]:
    kind = link.kind if link.discovery else row.discovery_kind
    return {
        "of_key": row.url_key, "to_run": said.run_id, "to_source": said.source, "new_rank": int(kind is None), "new_kind": kind,
        "new_depth": said.depth, "new_page": said.found_on, "new_due": due_at, "new_link": link_json(_merged(_link(row), link)),
    }  # fmt: skip


def _ledger_row(said: _Announcement, key: str, link: Link, row: Row[Any] | None) -> dict[str, Any]:
    discovery = link.discovery or (row is not None and row.discovery_kind is not None)
    return {
        "run_id": said.run_id,
        "url_key": key,
        "url": row.url if row else plain(link.url),
        "kind": "discovery" if discovery else "article",
    }


def _link(row: Row[Any]) -> Link:
    return link_from(row.url, row.discovery_kind, row.link)


def _frontier_row(row: Sequence[Any]) -> FrontierRow:
    key, url, source, discovery_kind, depth, link, attempts, etag, last_modified = row
    kind = "article" if discovery_kind is None else "discovery"
    return FrontierRow(
        key, url, source, kind, discovery_kind, depth, link_from(url, discovery_kind, link), attempts + 1, etag, last_modified
    )
