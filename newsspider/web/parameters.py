"""The parameters of a search in an address: the same for the API, the feeds, exports and the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from newsspider.search import LISTS, Interval, Match, Query, Sort, parse_query
from newsspider.web.invalid import refusal
from newsspider.web.preferences import Preferences

PAGE_SIZE = 10
MAX_COMPARED = 5
FIRST_YEAR, LAST_YEAR = 1000, 2999


def _day(value: Any) -> date | None:
    """Raises PydanticCustomError for anything but YYYY-MM-DD; nothing at all is no limit, as a form sends it."""
    if value == "":
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as e:
        raise PydanticCustomError("day", "must be a day such as 2025-01-31") from e
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("day_year", "must be a day of the years {first} to {last}", {"first": FIRST_YEAR, "last": LAST_YEAR})
    return day


def _given_or(default: Any, given: Any) -> BeforeValidator:
    """What a form sends of a field that was left alone: nothing, which stands for the default."""
    return BeforeValidator(lambda value: default if value == "" else value, json_schema_input_type=given | Literal[""])


Yes = Annotated[bool, _given_or(True, bool)]
No = Annotated[bool, _given_or(False, bool)]
Day = Annotated[
    date | None,
    BeforeValidator(_day),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date", "pattern": f"^[{FIRST_YEAR // 1000}-{LAST_YEAR // 1000}]"},
                {"type": "string", "maxLength": 0},
            ]
        }
    ),
]
# Of a default that is a list itself, pydantic makes a deep copy each time.
Names = Annotated[list[str], Field(default_factory=list, max_length=100, json_schema_extra={"default": []})]


class Filters(BaseModel):
    """Which articles to look at. Of several values of one filter an article has one; days are days of publication, both included."""

    source: Annotated[Names, Field(description="Only these sources.")]
    section: Annotated[Names, Field(description="Only these sections.")]
    tag: Annotated[Names, Field(description="Only these tags.")]
    author: Annotated[Names, Field(description="Only these authors.")]
    country: Annotated[Names, Field(description="Only sources of these countries (ISO 3166, such as SY, or their names).")]
    language: Annotated[Names, Field(description="Only these languages (ISO 639, such as ar, or their names).")]
    first_day: Day = Field(None, alias="from", description="Published on this day or later.")
    last_day: Day = Field(None, alias="to", description="Published on this day or before.")
    match: Match = Field(Match.AUTO, description="How many of the words a hit must have.")

    def query_of(self, text: str, **shown: Any) -> Query:
        """The text as a query with these filters, and with what else is given of a Query. Raises QueryError."""
        lists = {field: getattr(self, name) for name, field in LISTS.items()}
        return parse_query(text, **lists, day_from=self.first_day, day_to=self.last_day, match=self.match, **shown)


class Search(Filters):
    """What to search for."""

    q: str = Field("", description="The search, in the query language (docs/searching.md); nothing: every article.")

    def found(self) -> Query:
        """All that is found, in no order. Raises QueryError."""
        return self.query_of(self.q)


class SearchParameters(Search):
    """What to search for, and which page of it. With `cursor`, the page after the one that gave it."""

    sort: Sort = Field(Sort.RELEVANCE, description="Order of the hits.")
    fold: Yes = Field(True, description="Show each family of the same story once.")
    recency: Yes = Field(True, description="Rank newer articles somewhat higher.")
    page: int = Field(1, ge=1, le=10_001, description="Which page, from 1.")
    limit: int = Field(PAGE_SIZE, ge=1, le=100, description="Hits on a page.")
    cursor: str = Field("", max_length=2_000, description="Where the page before ended, as it said.")

    def query(self) -> Query:
        """Raises QueryError."""
        return self.query_of(
            self.q,
            sort=self.sort,
            fold_families=self.fold,
            recency=self.recency,
            limit=self.limit,
            offset=(self.page - 1) * self.limit,
            cursor=self.cursor or None,
        )


class HistogramParameters(Filters):
    """What to count over time: up to five searches within the same filters."""

    q: Annotated[list[str], Field(max_length=MAX_COMPARED)] = Field([""], description="The searches to compare; nothing: every article.")
    interval: Annotated[Interval | None, _given_or(None, Interval | None)] = Field(
        None, description="What to sum over; nothing: what suits the time that the hits cover."
    )
    normalise: No = Field(False, description="Also give each count as a share of all articles of its interval within the filters.")

    def queries(self) -> list[Query]:
        """Raises QueryError."""
        return [self.query_of(text) for text in self.q or [""]]


KEPT = frozenset({*Preferences.model_fields, *(field.alias or name for name, field in SearchParameters.model_fields.items())})
"""What the links of a page keep of its address, and so any address may have."""


_known: dict[Callable[..., Any], frozenset[str]] = {}  # what each endpoint may be asked with


async def _only_known(request: Request) -> None:
    """Raises RequestValidationError for a parameter that the route does not have: a filter by a wrong name would let everything through."""
    route: APIRoute = request.scope["route"]
    if route.endpoint not in _known:
        _known[route.endpoint] = KEPT.union(field.alias for field in get_flat_params(route.dependant))
    if unknown := request.query_params.keys() - _known[route.endpoint]:
        raise refusal(min(unknown), "extra_forbidden")


ONLY_KNOWN = Depends(_only_known)
