"""What the API answers and the pages show: the items that cross the house, every text of them printable."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from newsspider.items import Precision, StoredArticle
from newsspider.search import Notice
from newsspider.store import Address, Revision
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


class ResultsView(View):
    """One page of hits. `total` counts all of them; `notice` says that hits have fewer of the words than asked for; `took` is in seconds."""

    total: int
    notice: Notice | None
    took: float
    hits: list[HitView]


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


class VersionView(View):
    """A version of an article that was superseded."""

    revision: int
    superseded_at: datetime
    title: Text
    text: Text
    publication: PublicationView


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

    @classmethod
    def of(cls, article: StoredArticle, revisions: list[Revision], addresses: list[Address]) -> Self:
        versions = [
            VersionView(
                revision=old.article.revision,
                superseded_at=old.superseded_at,
                title=old.article.title,
                text=old.article.body,
                publication=PublicationView.model_validate(old.article.publication),
            )
            for old in revisions
        ]
        places = [AddressView.model_validate(address) for address in addresses]
        return cls.model_validate(article).model_copy(update={"revisions": versions, "addresses": places})


class ProblemDetail(View):
    code: str
    message: Text
    request_id: str


class ProblemView(View):
    """The one shape of every error."""

    error: ProblemDetail


class StatusView(View):
    status: str
