"""What the API answers and the pages show: the items that cross the house, every text of them printable."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from newsspider.dedupe import Kind, changed_fields, differences
from newsspider.items import Precision, StoredArticle
from newsspider.search import Facet, Interval, Level, Notice
from newsspider.store import Address, Alert, Revision
from newsspider.store.families import Family
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
    """Searches over time. `starts`, such as 2026-04-30T00:00:00, are on the clocks of the sources' zones; `missing` is the share of the articles to be expected in each
    interval that gaps in the sources' coverage have swallowed, from 0 to 1: a low count beside it is no silence."""

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


class EvidenceView(View):
    kind: Text
    raw: Text
    place: Text
    role: Text
    in_article: bool | None


class RejectionView(View):
    evidence: EvidenceView
    reason: Text
    value: Text | None


class PublicationView(View):
    """The decision on the date. All its times are null when nothing could be trusted; `reason` says why in any case."""

    published_at: datetime | None
    published_day: date | None
    precision: Precision | None
    modified_at: datetime | None
    confidence: float
    reason: Text
    winner: EvidenceView | None
    rejected: list[RejectionView]


class AddressView(Located):
    first_seen_at: datetime


class StretchView(View):
    """A piece of text that two versions have both (`same`), or only the older (`removed`) or the newer one (`added`)."""

    kind: Kind
    text: Text


class ChangesView(View):
    """What the next version changed in this one, word by word."""

    title: list[StretchView]
    text: list[StretchView]

    @property
    def paragraphs(self) -> list[list[StretchView]]:
        """The text's stretches, cut where paragraphs end."""
        cut: list[list[StretchView]] = [[]]
        for stretch in self.text:
            first, *others = stretch.text.split("\n\n")
            cut[-1].append(StretchView(kind=stretch.kind, text=first))
            cut += [[StretchView(kind=stretch.kind, text=part)] for part in others]
        return [[stretch for stretch in paragraph if stretch.text] for paragraph in cut]


class VersionView(View):
    """A version of an article that was superseded; `changes` are the next version's, `changed` names the fields that it changed in more than
    trifles."""

    revision: int
    superseded_at: datetime
    title: Text
    text: Text
    publication: PublicationView
    changes: ChangesView
    changed: list[str]


class MemberView(Located):
    """An article of the same story. `changed` is how many per cent of its words differ from the first-seen member's, from 0 to 100."""

    article_id: Text
    source: Text
    title: Text
    first_seen_at: datetime
    publication: PublicationView
    changed: float


class FamilyView(View):
    """The articles that tell the same story in nearly the same words, in the order of their times; `agency` is the one that they name as theirs."""

    id: Text
    agency: Text | None
    members: list[MemberView]


class ArticleView(Located):
    """An article as the store holds it now. `text` is paragraphs parted by a blank line."""

    id: Text
    source: Text
    title: Text
    text: Text = Field(validation_alias="body")
    summary: Text | None
    authors: list[Text]
    section: Text | None
    tags: list[Text]
    image_url: Text | None
    canonical_url: Text | None
    signature: Text | None
    language: Text | None
    country: Text | None
    timezone: Text
    first_seen_at: datetime
    fetched_at: datetime
    updated_at: datetime
    revision: int
    family_id: Text
    publication: PublicationView
    revisions: list[VersionView] = []
    addresses: list[AddressView] = []
    family: FamilyView

    @classmethod
    def of(cls, article: StoredArticle, revisions: list[Revision], addresses: list[Address], family: Family) -> Self:
        versions = [*(old.article for old in revisions), article]
        known = {name: getattr(article, name) for name in StoredArticle.__slots__}
        return cls.model_validate(
            known
            | {
                "revisions": [_version(old, new) for old, new in zip(revisions, versions[1:], strict=True)],
                "addresses": addresses,
                "family": family,
            }
        )


def _version(old: Revision, new: StoredArticle) -> VersionView:
    was = old.article
    return VersionView(
        revision=was.revision,
        superseded_at=old.superseded_at,
        title=was.title,
        text=was.body,
        publication=PublicationView.model_validate(was.publication),
        changes=ChangesView(title=_stretches(was.title, new.title), text=_stretches(was.body, new.body)),
        changed=changed_fields(was, new),
    )


def _stretches(old: str, new: str) -> list[StretchView]:
    return [StretchView.model_validate(stretch) for stretch in differences(old, new)]


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
