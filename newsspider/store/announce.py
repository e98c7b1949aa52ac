"""Announcements: which of the addresses that a page named a run has to visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, exists, insert, select, update

from newsspider import clock
from newsspider.items import DateEvidence, EvidenceKind, Link, Outcome
from newsspider.store.database import Transaction
from newsspider.store.forgotten import all_names
from newsspider.store.ledger import RUNNING
from newsspider.store.rows import MICROSECOND, link_from, link_json, micros, plain
from newsspider.store.schema import frontier, ledger, runs
from newsspider.urls import domains, url_key

MOST_EVIDENCE = 16  # of one address; a feed that invents a new date at each fetch must not grow a row without end
BELIEVED = timedelta(days=1)  # so long a sitemap that says it has not changed is not read again
CHUNK = 500  # keys in one look-up
TOLD = (EvidenceKind.FEED, EvidenceKind.SITEMAP)
RETRIED = (Outcome.FAILED, Outcome.SKIPPED)


@dataclass(slots=True, frozen=True)
class Announced:
    """How many of the announced addresses the run was given to visit, how many it need not, and which were no addresses at all.

    `fresh` counts those that no earlier run knew and no listing of this one has shown: the new ones, and those that a feed or sitemap told first.
    `unknown` counts those that were never announced before.
    """

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()
    fresh: int = field(default=0, compare=False)
    unknown: int = field(default=0, compare=False)

    def __add__(self, other: Announced) -> Announced:
        return Announced(
            self.new + other.new,
            self.known + other.known,
            self.refused + other.refused,
            self.fresh + other.fresh,
            self.unknown + other.unknown,
        )


NOTHING = Announced()

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


class Announcement(NamedTuple):
    """By which run, and on which page of what depth, addresses were announced; `force` visits known ones, too."""

    run_id: str
    source: str
    depth: int
    force: bool
    found_on: str | None


class Wanted(NamedTuple):
    """What a page announced, each address once: how many were `repeated`, and which texts were no addresses."""

    by_key: dict[str, Link]  # what was said of one address together
    repeated: int
    refused: tuple[str, ...]


def announce(tx: Transaction, said: Announcement, wanted: Wanted) -> Announced:
    """`Frontier.announce` within a transaction."""
    kept_out = all_names(tx)
    links = {key: link for key, link in wanted.by_key.items() if not kept_out or kept_out.isdisjoint((key, *domains(link.url)))}
    now = micros(clock.now())
    known = _look_up(tx, said.run_id, list(links))
    given: list[tuple[str, Link]] = []
    new: list[dict[str, Any]] = []
    told_before = 0
    for at, (key, link) in enumerate(links.items(), now - len(links) + 1):  # a microsecond apart, so that they keep their order
        row = known.get(key)
        if row is None:
            new.append(_new_row(said, key, link, at))
        elif _is_due_again(row, link, said, now):
            tx.run(_REVIVE, **_revived(said, row, link, at))
        else:
            told_before += row.run_id == said.run_id and any(e.kind in TOLD for e in _link(row).evidence)
            _enrich(tx, row, link, said)
            continue
        given.append((key, link))
    tx.many(_INSERT, new)
    tx.many(_GIVE, [_ledger_row(said, key, link, known.get(key)) for key, link in given])
    count = len(wanted.by_key) - len(given) + wanted.repeated
    tx.run(_KNOWN, of_run=said.run_id, more=count)
    return Announced(len(given), count, wanted.refused, len(given) + told_before, len(new))


def by_key(links: Sequence[Link]) -> Wanted:
    """The links put together by their addresses' keys."""
    found: dict[str, Link] = {}
    refused: list[str] = []
    for link in links:
        try:
            key = url_key(link.url)
        except ValueError:
            refused.append(link.url)
            continue
        found[key] = _merged(found[key], link) if key in found else link
    return Wanted(found, len(links) - len(refused) - len(found), tuple(refused))


def _look_up(tx: Transaction, run_id: str, keys: Sequence[str]) -> Mapping[str, Any]:
    """The rows of these addresses; `given` is False for one that the run was not given yet, though another source's may have it by now."""
    columns = (
        frontier.c.url_key,
        frontier.c.url,
        frontier.c.run_id,
        frontier.c.state,
        frontier.c.outcome,
        frontier.c.next_try,
        frontier.c.read_at,
    )
    of_run = exists().where(ledger.c.run_id == run_id, ledger.c.url_key == frontier.c.url_key).correlate(frontier)
    more = (frontier.c.discovery_kind, frontier.c.depth, frontier.c.link, runs.c.state.label("run_state"), of_run.label("given"))
    wanted = select(*columns, *more).outerjoin(runs, runs.c.id == frontier.c.run_id)
    found: dict[str, Any] = {}
    for start in range(0, len(keys), CHUNK):
        chunk = _among(keys[start : start + CHUNK], tx.connection.dialect.name)
        for row in tx.connection.execute(wanted.where(frontier.c.url_key.in_(chunk))):
            found[row.url_key] = row
    return found


def _among(keys: Sequence[str], dialect: str) -> BindParameter[str]:
    """What a key is to be one of. SQLite's driver keeps each connection's last statements, 100 kB for one of 500 keys: so there is one for each power
    of two, and keys are repeated up to it. For PostgreSQL they are written out: of so many parameters it makes a plan that compares each with every
    row, once it has prepared the statement."""
    if dialect == "sqlite":
        keys = [*keys, *[keys[-1]] * ((1 << (len(keys) - 1).bit_length()) - len(keys))]
    return bindparam("keys", keys, expanding=True, literal_execute=dialect != "sqlite")


def _is_due_again(row: Any, link: Link, said: Announcement, now: int) -> bool:
    if row.given:
        return False
    if row.state != "done":
        return bool(row.run_state != RUNNING)  # else another source's run visits it
    if said.force:
        return True
    if link.discovery:
        return not _read_since(row, link, now)
    if row.discovery_kind is not None:
        return False
    if row.next_try is not None and row.next_try <= now:
        return True
    if row.outcome in RETRIED:
        return row.next_try is None
    return bool(_other_dates(_link(row), link))


def _read_since(row: Any, link: Link, now: int) -> bool:
    """Whether a page was read after its last change, as its index tells; not believed for longer than a day, nor of a clock that was set
    back since."""
    if row.read_at is None or link.changed_at is None or row.outcome in RETRIED:
        return False
    return bool(micros(link.changed_at) < row.read_at <= now < row.read_at + BELIEVED // MICROSECOND)


def _other_dates(old: Link, new: Link) -> list[DateEvidence]:
    """The dates that a feed or sitemap tells in `new` and none told before."""
    told = {(e.kind, e.role, e.raw) for e in old.evidence}
    return [e for e in new.evidence if e.kind in TOLD and (e.kind, e.role, e.raw) not in told]


def _merged(old: Link, new: Link) -> Link:
    """All that was said of an address; of a repeated fact, what was said first."""
    return replace(
        old,
        title=old.title or new.title,
        section=old.section or new.section,
        authors=old.authors or new.authors,
        evidence=tuple(dict.fromkeys((*old.evidence, *new.evidence)))[-MOST_EVIDENCE:],
    )


def _enrich(tx: Transaction, row: Any, link: Link, said: Announcement) -> None:
    """Add what is said of a row still to be visited by this run. A visited one keeps its link, so that the next run sees what is new in it."""
    if row.run_id != said.run_id or row.state == "done" or link.discovery:
        return
    text = link_json(_merged(_link(row), link))
    if text != row.link:
        tx.run(_ENRICH, of_key=row.url_key, new_link=text)


def _new_row(said: Announcement, key: str, link: Link, due_at: int) -> dict[str, Any]:
    return {
        "url_key": key, "url": plain(link.url), "source": said.source, "rank": int(not link.discovery),
        "discovery_kind": link.kind if link.discovery else None, "depth": said.depth, "found_on": said.found_on, "run_id": said.run_id,
        "state": "due", "due_at": due_at, "leased_until": None, "owner": None, "attempts": 0, "outcome": None, "next_try": None,
        "etag": None, "last_modified": None, "distrusted_at": None, "link": link_json(link), "read_at": None, "missing_since": None,
    }  # fmt: skip


def _revived(said: Announcement, row: Any, link: Link, due_at: int) -> dict[str, Any]:
    kind = link.kind if link.discovery else row.discovery_kind
    return {
        "of_key": row.url_key, "to_run": said.run_id, "to_source": said.source, "new_rank": int(kind is None), "new_kind": kind,
        "new_depth": said.depth, "new_page": said.found_on, "new_due": due_at, "new_link": link_json(_merged(_link(row), link)),
    }  # fmt: skip


def _ledger_row(said: Announcement, key: str, link: Link, row: Any | None) -> dict[str, Any]:
    discovery = link.discovery or (row is not None and row.discovery_kind is not None)
    return {
        "run_id": said.run_id,
        "url_key": key,
        "url": row.url if row else plain(link.url),
        "kind": "discovery" if discovery else "article",
    }


def _link(row: Any) -> Link:
    return link_from(row.url, row.discovery_kind, row.link)
