"""What the API answers and the pages show: the items that cross the house, every text of them printable."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError, to_json

from newsspider.items import Precision
from newsspider.search import Facet, Interval, Level, Notice, Results
from newsspider.store import Alert
from newsspider.text.printable import printable
from newsspider.urls import join


def _printable(value: Any) -> Any:
    return printable(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_printable)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class Located(View):
    """Anything with an address."""

    url: Text

    @property
    def link(self) -> str | None:
        """The address where it is one of the web, in ASCII, and may stand in a link; else None (javascript:, data:, user names in it)."""
        return join("", self.url)


class SegmentView(View):
    text: Text
    marked: bool


class HitView(Located):
    id: Text
    source: Text
    title: list[SegmentView]
    snippet: list[SegmentView]
    score: float
    family_id: Text
    first_seen_at: datetime
    published_at: datetime | None
    published_day: date | None
    precision: Precision | None
    country: Text | None
    language: Text | None
    section: Text | None
    authors: list[Text]
    tags: list[Text]
    image_url: Text | None
    family_size: int


class ResultsView(View):
    """One page of hits. `total` counts all of them, folded or not; `notice` says that hits have fewer of the words than asked for; `took` is in
    seconds. `cursor` leads to the next page, null after the last. `partial`: a part of the index did not answer in time. `did_you_mean` is given
    where nothing was found."""

    total: int
    notice: Notice | None
    took: float
    cursor: str | None
    partial: bool
    folded: bool
    hits: list[HitView]
    did_you_mean: Text | None = None


_RESULTS = TypeAdapter(Results)
_ESCAPED = re.compile(r"\\[bfru]")  # what JSON cannot hold as it is; or a backslash before such a letter


def results_json(results: Results) -> bytes:
    """The results as a ResultsView has them, in JSON. Some hundred pieces of text, each looked at by itself, would take longer than many a search."""
    with suppress(PydanticSerializationError):  # which a lone surrogate is to JSON
        written = _RESULTS.dump_json(results)
        text = written.decode()
        if printable(text) == text and not _ESCAPED.search(text):
            return written
    return to_json(ResultsView.model_validate(results))


class CountView(View):
    value: Text
    count: int


class FacetsView(View):
    """The most frequent values among the hits, by what they are counted by."""

    facets: dict[Facet, list[CountView]]


class SuggestionView(View):
    text: Text
    kind: Facet | None
    count: int
    article_id: Text | None


class SuggestionsView(View):
    suggestions: list[SuggestionView]


class MatchedView(View):
    asked: Text
    field: Text
    level: Level
    found: list[Text]


class WhyView(View):
    """Which parts of a search an article has, at which level, and which it misses."""

    hit: bool
    score: float
    matched: list[MatchedView]
    missing: list[Text]


class HitsView(View):
    hits: list[HitView]


class SeriesView(View):
    """One search over time, parallel to the histogram's `starts`. `shares` are of all articles of each interval within the filters, null where
    there are none; all null unless they were asked for."""

    q: Text
    total: int
    undated: int
    counts: list[int]
    shares: list[float | None]


class HistogramView(View):
    """Searches over time. `starts`, such as 2026-04-30T00:00:00, are on the clocks of the sources' zones; `missing` is the share of the
    articles to be expected in each interval that gaps in the sources' coverage have swallowed, from 0 to 1: a low count beside it is no
    silence."""

    interval: Interval
    starts: list[str]
    series: list[SeriesView]
    missing: list[float]


class GapView(View):
    """Days without articles, both included, that are unlikely to be the source's own silence; `pace` is its articles a day around them."""

    first: date
    last: date
    pace: float


class SourceView(View):
    """A source and the articles there are of it. `last_run_at` and `last_run_state` are of its last crawl, null before the first."""

    name: Text
    title: Text
    country: Text | None
    timezone: Text | None
    homepage: Text | None
    articles: int
    undated: int
    first_day: date | None
    last_day: date | None
    gaps: list[GapView]
    last_run_at: datetime | None
    last_run_state: Text | None


class DayCountView(View):
    day: date
    count: int


class SourceDaysView(SourceView):
    """The same, with its articles a day; days without any are left out."""

    days: list[DayCountView]


class SourcesView(View):
    sources: list[SourceView]


class ProblemDetail(View):
    """`at` is the place of a mistake in a search, from 1; `suggestion` the nearest search that works."""

    code: str
    message: Text
    request_id: str
    at: int | None = None
    suggestion: Text | None = None


class ProblemView(View):
    """The one shape of every error."""

    error: ProblemDetail


class StatusView(View):
    status: str


class SavedSearchView(View):
    """A search that is kept. `page`, `atom` and `json_feed` are addresses on this site; whoever has those of the feeds may read them. `filters` are
    named as in the address of a search."""

    id: str
    name: Text
    q: Text
    filters: dict[str, list[str] | str]
    created_at: datetime
    webhook_url: Text | None
    page: str
    atom: str
    json_feed: str


class NewSearchView(SavedSearchView):
    webhook_secret: str | None


class SavedSearchesView(View):
    searches: list[SavedSearchView]


class AlertView(View):
    """An article found for a saved search."""

    id: str
    found_at: datetime
    article_id: Text
    source: Text
    title: Text
    published_at: datetime | None
    published_day: date | None

    @classmethod
    def of(cls, alert: Alert) -> Self:
        article = alert.article
        return cls(
            id=alert.id,
            found_at=alert.found_at,
            article_id=article.id,
            source=article.source,
            title=article.title,
            published_at=article.publication.published_at,
            published_day=article.publication.published_day,
        )


class AlertsView(View):
    alerts: list[AlertView]
