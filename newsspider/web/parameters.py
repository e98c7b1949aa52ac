"""The parameters of a search in an address: the same for the API, the feeds and the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from newsspider.search import Match, Query, Sort, parse_query

PAGE_SIZE = 10


def _day(value: Any) -> date | None:
    """Raises ValueError for anything but YYYY-MM-DD; nothing at all is no limit, as a form sends it."""
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as e:
        raise ValueError("must be a day such as 2025-01-31") from e


Day = Annotated[date | None, BeforeValidator(_day)]
Names = Annotated[list[str], Field(max_length=100)]


class SearchParameters(BaseModel):
    """What to search for. Days are days of publication, both included."""

    q: str = Field("", description='Words, "phrases" and -exclusions; nothing: every article.')
    source: Names = Field([], description="Only these sources.")
    section: Names = Field([], description="Only these sections.")
    first_day: Day = Field(None, alias="from", description="Published on this day or later.")
    last_day: Day = Field(None, alias="to", description="Published on this day or before.")
    sort: Sort = Field(Sort.RELEVANCE, description="Order of the hits.")
    match: Match = Field(Match.AUTO, description="How many of the words a hit must have.")
    page: int = Field(1, ge=1, le=10_001, description="Which page, from 1.")
    limit: int = Field(PAGE_SIZE, ge=1, le=100, description="Hits on a page.")

    def query(self) -> Query:
        """Raises QueryError."""
        return replace(
            parse_query(self.q),
            sources=tuple(filter(None, self.source)),
            sections=tuple(filter(None, self.section)),
            day_from=self.first_day,
            day_to=self.last_day,
            sort=self.sort,
            match=self.match,
            limit=self.limit,
            offset=(self.page - 1) * self.limit,
        )
