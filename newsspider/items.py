"""All that crosses a stage: plain dataclasses, no response and no tree.

The spider and `extract` fill an Article's page fields and its date evidence; the dates stage adds `publication`, the dedupe stage `keys`;
`Store.record` takes it from there. docs/outcomes.md lists the outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a discovered URL. Each ends in exactly one, with a reason."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    NOT_ARTICLE = "not_article"
    REJECTED = "rejected"
    FAILED = "failed"
    SKIPPED = "skipped"


class Role(StrEnum):
    """What a user of the web may do: READER search and take results along, OPERATOR also what changes the house."""

    READER = "reader"
    OPERATOR = "operator"


class Secret(StrEnum):
    """What keeps others out of a saved search: the addresses of its feeds, and what signs the messages to its webhook."""

    FEEDS = "feeds"
    WEBHOOK = "webhook"


class EvidenceKind(StrEnum):
    """Where a date stood, from the most to the least telling."""

    JSONLD = "jsonld"
    META = "meta"
    TIME = "time"  # <time datetime> or microdata
    VISIBLE = "visible"  # text a reader sees
    FEED = "feed"
    SITEMAP = "sitemap"
    URL = "url"
    HEADER = "header"  # HTTP Last-Modified
    GIVEN = "given"  # stated by the user: an import or a selector of the source file
    SELECTOR = "selector"


class EvidenceRole(StrEnum):
    PUBLISHED = "published"
    MODIFIED = "modified"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exactly a date is known. WEEK and longer come from nominal units ("منذ شهر")."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(slots=True, frozen=True)
class DateEvidence:
    """One date as it stood somewhere, not yet believed.

    `place` says where for a person ("NewsArticle.datePublished", "meta article:published_time", "header > div.date", "feed entry").
    `in_article` is False when the text stands in the page's chrome (header, navigation, sidebar, footer, lists of other articles), None
    when it has no position (meta, feed, URL). `distance` orders visible candidates: 0 is nearest to the title.
    """

    kind: EvidenceKind
    raw: str
    place: str
    role: EvidenceRole = EvidenceRole.UNKNOWN
    in_article: bool | None = None
    distance: int = 0


@dataclass(slots=True, frozen=True)
class Rejection:
    """Evidence that was not believed, and why (a word from docs/dates.md)."""

    evidence: DateEvidence
    reason: str
    value: str | None = None  # ISO form, where it could be read


@dataclass(slots=True, frozen=True)
class Publication:
    """The decision on an article's date.

    `published_at` is aware, in the source's zone; for precision DAY or coarser it is that day's midnight there. `published_day` is the day
    in the source's zone. All three are None when nothing could be trusted. `confidence` is from 0 to 1.
    """

    published_at: datetime | None = None
    precision: Precision | None = None
    published_day: date | None = None
    modified_at: datetime | None = None
    confidence: float = 0.0
    winner: DateEvidence | None = None
    reason: str = "no_evidence"
    rejected: tuple[Rejection, ...] = ()


@dataclass(slots=True, frozen=True)
class ArticleKeys:
    """What the dedupe stage looks up.

    `url_keys` are `urls.url_key` of the fetched and, where believed, the canonical address, without repeats, the identity first.
    `content_hash` is of title and body, folded, without what is trivial. `sketch` is the sample of the body's shingles that nearly equal texts
    are found by (none for a body too short to compare).
    """

    url_keys: tuple[str, ...]
    content_hash: str
    sketch: tuple[int, ...]


@dataclass(slots=True, frozen=True)
class ArchiveRef:
    """Where the fetched page lies: a WARC file's name within the archive folder, and the record's byte offset."""

    file: str
    offset: int


@dataclass(slots=True)
class Article:
    """One article as found at one URL at one time. `body` is paragraphs parted by a blank line."""

    url: str
    source: str
    fetched_at: datetime
    title: str
    body: str = field(repr=False)  # not into logs: Scrapy shows a whole item there
    timezone: str = "UTC"
    country: str | None = None
    language: str | None = None
    summary: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image_url: str | None = None
    canonical_url: str | None = None
    signature: str | None = None  # the agency or site that signs the text
    evidence: list[DateEvidence] = field(default_factory=list)
    archive: ArchiveRef | None = None
    frontier_key: str | None = None  # the frontier row this fetch was for; None for imports
    publication: Publication | None = None
    keys: ArticleKeys | None = None


@dataclass(slots=True, frozen=True)
class Link:
    """An address that a discovery page announced, with what was said of it there."""

    url: str
    title: str | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    evidence: tuple[DateEvidence, ...] = ()
    discovery: bool = False  # True: another discovery page (a sitemap of an index, a "next" page)
    kind: str = "article"  # for discovery pages: feed, sitemap, listing
    changed_at: datetime | None = None  # for discovery pages: when its index says that it last changed, at the latest


@dataclass(slots=True, frozen=True)
class Recorded:
    """What `Store.record` decided. `change_no` is None where nothing changed."""

    outcome: Outcome
    reason: str
    article_id: str
    change_no: int | None


@dataclass(slots=True)
class StoredArticle:
    """An article as the store holds it now: the shape that engines, search results, exports and pages read.

    `published_at`, `published_day` and `precision` are those of the decision; `first_seen_at` and `updated_at` are aware, in UTC. `revision` counts
    from 1. `family_id` is the id of the family's first-seen member. `gone_at` is when it was seen that the site has the article no more.
    """

    id: str
    change_no: int
    revision: int
    family_id: str
    url: str
    source: str
    title: str
    body: str
    timezone: str
    first_seen_at: datetime
    fetched_at: datetime
    updated_at: datetime
    country: str | None = None
    language: str | None = None
    summary: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image_url: str | None = None
    canonical_url: str | None = None
    signature: str | None = None
    publication: Publication = field(default_factory=Publication)
    archive: ArchiveRef | None = None
    evidence: list[DateEvidence] = field(default_factory=list)
    gone_at: datetime | None = None


@dataclass(slots=True, frozen=True)
class Change:
    """One entry of the change feed: an article's newest change number and its present state, None once it was deleted."""

    change_no: int
    article_id: str
    article: StoredArticle | None


class Delivery(StrEnum):
    """What an engine said of one change."""

    INDEXED = "indexed"
    PENDING = "pending"
    DEAD = "dead"


@dataclass(slots=True, frozen=True)
class Delivered:
    change_no: int
    article_id: str
    delivery: Delivery
    error_type: str = ""
    reason: str = ""
