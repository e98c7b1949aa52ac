"""How many articles there are of each source and day: what a silence in a chart is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from newsspider.store.database import Part
from newsspider.store.schema import articles


@dataclass(slots=True, frozen=True)
class SourceDays:
    """`days` has the articles by their day of publication in the source's zone, in order; days without any are left out."""

    undated: int
    days: Mapping[date, int]

    @property
    def total(self) -> int:
        return self.undated + sum(self.days.values())


class Coverage(Part):
    def coverage(self) -> dict[str, SourceDays]:
        """By source, for those that have articles. Reads one index, not the articles."""
        counted = select(articles.c.source, articles.c.published_day, func.count()).group_by(articles.c.source, articles.c.published_day)
        undated: dict[str, int] = {}
        days: dict[str, dict[date, int]] = {}
        with self._database.read() as tx:
            for source, day, number in tx.connection.execute(counted.order_by(articles.c.source, articles.c.published_day)):
                of_source = days.setdefault(source, {})
                if day is None:
                    undated[source] = number
                else:
                    of_source[date.fromisoformat(day)] = number
        return {source: SourceDays(undated.get(source, 0), of_source) for source, of_source in days.items()}
