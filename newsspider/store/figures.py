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
from newsspider.store.schema import articles, deliveries, ledger, runs

A_DAY = timedelta(days=1)
MICROSECONDS = 1_000_000  # of a second
NEWS_AGE = timedelta(days=3)  # what was published longer before it was first seen comes from an archive, and says nothing of delays
MOST_DELAYS = 100  # articles of a source that are measured
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

    def stored_by_day(self, since: datetime, offsets: Mapping[str, timedelta]) -> dict[str, dict[date, int]]:
        """How many articles of each source were first seen on each day since then; `offsets` are those of the sources' zones from UTC."""
        counts: dict[str, dict[date, int]] = {source: {} for source in offsets}
        a_day = A_DAY // MICROSECOND
        with self._database.read() as tx:
            for offset in set(offsets.values()):
                alike = [source for source, of_source in offsets.items() if of_source == offset]
                day = (articles.c.first_seen_at + offset // MICROSECOND) // a_day
                counted = select(articles.c.source, day, func.count()).group_by(articles.c.source, day)
                wanted = counted.where(articles.c.source.in_(alike), articles.c.first_seen_at >= micros(since))
                for source, number, count in tx.connection.execute(wanted):
                    counts[source][(EPOCH + int(number) * A_DAY).date()] = count
        return counts

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

    def delays(self, sources: Sequence[str], since: datetime, index_id: str) -> dict[str, list[float]]:
        """How many seconds after their publication articles of each source, first seen since then, were delivered to the index, in ascending order.

        Only of articles whose publication is known to the minute and that were seen soon after it, the MOST_DELAYS newest.
        """
        newest = func.row_number().over(partition_by=articles.c.source, order_by=articles.c.first_seen_at.desc())
        measured = (
            select(articles.c.source, articles.c.published_at, articles.c.change_no, newest.label("place"))
            .where(
                articles.c.source.in_(sources),
                articles.c.first_seen_at >= micros(since),
                articles.c.revision == 1,  # later ones have another change number
                articles.c.precision.in_([Precision.SECOND.value, Precision.MINUTE.value]),
                articles.c.published_at.between(articles.c.first_seen_at - NEWS_AGE // MICROSECOND, articles.c.first_seen_at),
            )
            .subquery()
        )
        wanted = select(measured.c.source, measured.c.published_at, measured.c.change_no).where(measured.c.place <= MOST_DELAYS)
        found: dict[str, list[float]] = {source: [] for source in sources}
        with self._database.read() as tx:
            rows = tx.connection.execute(wanted).all()
            first = min((row.change_no for row in rows), default=0)
            of_index = deliveries.c.index_id == index_id, deliveries.c.change_no >= first
            delivered = select(deliveries.c.change_no, deliveries.c.at).where(*of_index).order_by(deliveries.c.change_no)
            steps = tx.connection.execute(delivered).all() if rows else []
        upto = [step.change_no for step in steps]
        for source, published_at, change_no in rows:
            place = bisect_left(upto, change_no)
            if place < len(steps):
                found[source].append((steps[place].at - published_at) / MICROSECONDS)
        return {source: sorted(delays) for source, delays in found.items()}

    def troubles(self, run_ids: Sequence[str]) -> dict[str, list[Trouble]]:
        """What failed or was rejected in these runs, by source and reason, the most frequent first."""
        columns = (runs.c.source, ledger.c.kind, ledger.c.outcome, ledger.c.reason)
        counted = (
            select(*columns, func.count().label("number"), func.max(ledger.c.url).label("url"), func.max(ledger.c.at).label("last_at"))
            .join(runs, runs.c.id == ledger.c.run_id)
            .where(ledger.c.run_id.in_(run_ids), ledger.c.outcome.in_([outcome.value for outcome in WRONG]))
            .group_by(*columns)
            .order_by(func.count().desc(), *columns)
        )
        found: dict[str, list[Trouble]] = {}
        with self._database.read() as tx:
            for row in tx.connection.execute(counted):
                trouble = Trouble(row.kind, Outcome(row.outcome), row.reason, row.number, row.url, moment(row.last_at))
                found.setdefault(row.source, []).append(trouble)
        return found
