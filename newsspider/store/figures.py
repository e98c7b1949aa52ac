"""Figures for operators: how many articles came each day, how long they took, and what went wrong, with an address to look at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from newsspider.items import Outcome, Precision
from newsspider.store.database import Part
from newsspider.store.rows import EPOCH, MICROSECOND, micros, moment
from newsspider.store.schema import articles, deliveries, ledger

A_DAY = timedelta(days=1)
MICROSECONDS = 1_000_000  # of a second
NEWS_AGE = timedelta(days=3)  # what was published longer before it was first seen comes from an archive, and says nothing of delays
MOST_DELAYS = 2_000  # articles that are measured
WRONG = (Outcome.FAILED, Outcome.REJECTED)


@dataclass(slots=True, frozen=True)
class Trouble:
    """How many addresses of some runs ended so, one of them to look at, and when the last did."""

    kind: str
    outcome: Outcome
    reason: str
    count: int
    url: str
    last_at: datetime


class Figures(Part):
    def totals(self) -> dict[str, int]:
        """How many articles are stored of each source."""
        with self._database.read() as tx:
            found = tx.connection.execute(select(articles.c.source, func.count()).group_by(articles.c.source))
            return {str(source): int(number) for source, number in found}

    def stored_by_day(self, source: str, since: datetime, offset: timedelta = timedelta()) -> Mapping[date, int]:
        """How many articles of a source were first seen on each day since then; `offset` is that of the days' zone from UTC."""
        a_day, shift = A_DAY // MICROSECOND, offset // MICROSECOND
        day = (articles.c.first_seen_at + shift) // a_day
        counted = select(day, func.count()).where(articles.c.source == source, articles.c.first_seen_at >= micros(since)).group_by(day)
        with self._database.read() as tx:
            return {(EPOCH + int(number) * A_DAY).date(): count for number, count in tx.connection.execute(counted)}

    def stored_windows(self, source: str, now: datetime, count: int) -> list[int]:
        """How many articles of a source were first seen in each of the last `count` days before `now`, the latest first.

        What was published long before it was seen comes from an archive and does not count. Shorter where the source is not known for so long.
        """
        a_day, end = A_DAY // MICROSECOND, micros(now)
        age = (end - articles.c.first_seen_at) // a_day
        is_news = or_(articles.c.published_at.is_(None), articles.c.published_at >= articles.c.first_seen_at - NEWS_AGE // MICROSECOND)
        of_source = articles.c.source == source, articles.c.first_seen_at <= end
        counted = select(age, func.count()).where(*of_source, articles.c.first_seen_at > end - count * a_day, is_news).group_by(age)
        with self._database.read() as tx:
            first = tx.connection.scalar(select(func.min(articles.c.first_seen_at)).where(*of_source))
            found = {int(back): int(number) for back, number in tx.connection.execute(counted)}
        known = 0 if first is None else (end - first) // a_day + 1
        return [found.get(back, 0) for back in range(min(count, known))]

    def repeated_texts(self, run_ids: Sequence[str], at_least: int) -> list[tuple[str, int]]:
        """The articles whose text stood under at least so many other addresses in these runs: an address of each, and how many there are."""
        number = func.count().label("number")
        repeated = (
            select(ledger.c.article_id, number)
            .where(ledger.c.run_id.in_(run_ids), ledger.c.outcome == Outcome.DUPLICATE.value, ledger.c.article_id.is_not(None))
            .group_by(ledger.c.article_id)
            .having(func.count() >= at_least)
            .subquery()
        )
        wanted = select(articles.c.url, repeated.c.number).join(repeated, repeated.c.article_id == articles.c.id)
        with self._database.read() as tx:
            return [(str(url), int(found)) for url, found in tx.connection.execute(wanted.order_by(articles.c.url))]

    def delays(self, source: str, since: datetime, index_id: str) -> list[float]:
        """How many seconds after their publication articles of a source, first seen since then, were delivered to the index, in ascending order.

        Only of articles whose publication is known to the minute and that were seen soon after it, at most MOST_DELAYS of the newest.
        """
        wanted = (
            select(articles.c.published_at, articles.c.change_no)
            .where(
                articles.c.source == source,
                articles.c.first_seen_at >= micros(since),
                articles.c.revision == 1,  # later ones have another change number
                articles.c.precision.in_([Precision.SECOND.value, Precision.MINUTE.value]),
                articles.c.published_at.between(articles.c.first_seen_at - NEWS_AGE // MICROSECOND, articles.c.first_seen_at),
            )
            .order_by(articles.c.first_seen_at.desc())
            .limit(MOST_DELAYS)
        )
        with self._database.read() as tx:
            rows = tx.connection.execute(wanted).all()
            first = min((row.change_no for row in rows), default=0)
            delivered = select(deliveries.c.change_no, deliveries.c.at).where(
                deliveries.c.index_id == index_id, deliveries.c.change_no >= first
            )
            steps = tx.connection.execute(delivered.order_by(deliveries.c.change_no)).all() if rows else []
        upto = [step.change_no for step in steps]
        places = [(bisect_left(upto, row.change_no), row.published_at) for row in rows]
        return sorted((steps[place].at - published_at) / MICROSECONDS for place, published_at in places if place < len(steps))

    def troubles(self, run_ids: Sequence[str]) -> list[Trouble]:
        """What failed or was rejected in these runs, by reason, the most frequent first."""
        columns = (ledger.c.kind, ledger.c.outcome, ledger.c.reason)
        counted = (
            select(*columns, func.count().label("number"), func.max(ledger.c.url).label("url"), func.max(ledger.c.at).label("last_at"))
            .where(ledger.c.run_id.in_(run_ids), ledger.c.outcome.in_([outcome.value for outcome in WRONG]))
            .group_by(*columns)
            .order_by(func.count().desc(), *columns)
        )
        with self._database.read() as tx:
            return [
                Trouble(row.kind, Outcome(row.outcome), row.reason, row.number, row.url, moment(row.last_at))
                for row in tx.connection.execute(counted)
            ]
