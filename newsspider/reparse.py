"""Reading the archive again: extraction, dates and dedupe of what was fetched, without the network (docs/operating.md)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from newsspider import archive, intake
from newsspider.archive import ArchivedPage, Capture
from newsspider.dates import PageDates
from newsspider.errors import ArchiveError
from newsspider.extract import Hints, Page
from newsspider.extract.workers import NotRead, Workers
from newsspider.items import Article, Outcome, StoredArticle
from newsspider.sources import Source
from newsspider.store import Store


class Result(StrEnum):
    """What became of a page that was read again."""

    CHANGED = "changed"
    """Readers see something else now: a new version."""
    UNCHANGED = "unchanged"
    NEW = "new"
    """The page of an address that had no article until now."""
    NOT_ARTICLE = "not_article"
    """It would not be taken for an article now. A stored one stays as it is."""
    NOT_ARCHIVED = "not_archived"
    """The article's page is not in the archive."""
    UNREADABLE = "unreadable"
    """The archive's record is damaged, its file is missing, or reading takes too long or fails."""


@dataclass(slots=True, frozen=True)
class Reread:
    """One page. `detail` is the reason or the error, `changed` the fields that differ; `article_id` is None where there is no article."""

    url: str
    result: Result
    detail: str = ""
    changed: tuple[str, ...] = ()
    article_id: str | None = None


class Reparse:
    """Reads the pages of the archive in `folder` with the sources' present files. With `dry_run` nothing is stored."""

    def __init__(self, store: Store, sources: Mapping[str, Source], folder: Path, workers: Workers, *, dry_run: bool = False) -> None:
        self._store, self._sources, self._folder, self._workers, self._dry_run = store, sources, folder, workers, dry_run
        self._pages: dict[str, deque[PageDates]] = defaultdict(lambda: deque(maxlen=intake.PAGES))

    def run(self, source: str | None = None) -> Iterator[Reread]:
        """Every stored article, of one source or of all; then the pages of addresses that have none, as reading them failed."""
        for stored in self._store.articles(source):
            yield self._article(stored)
        newest: dict[str, Capture] = {}
        for capture in archive.captures(self._folder):
            newest[capture.key] = max(newest.get(capture.key, capture), capture, key=lambda one: one.fetched_at)
        for capture in newest.values():
            owner = next((one for one in self._sources.values() if one.accepts_host(urlsplit(capture.url).netloc)), None)
            wanted = owner is not None and source in (None, owner.name) and not self._store.is_forgotten(capture.url)
            if owner and wanted and self._store.article(capture.url) is None:
                yield self._other(capture, owner)

    def _article(self, stored: StoredArticle) -> Reread:
        if stored.archive is None:
            return Reread(stored.url, Result.NOT_ARCHIVED, article_id=stored.id)
        try:
            page = archive.read(self._folder, stored.archive)
        except ArchiveError as e:
            return Reread(stored.url, Result.UNREADABLE, str(e), article_id=stored.id)
        link = self._store.announced(stored.url)
        source = self._sources.get(stored.source)
        hints = (
            Hints.of(source, page.fetched_at, link)
            if source  # else its file was removed
            else Hints(stored.source, stored.timezone, stored.country, stored.language or "ar", None, link)
        )
        try:
            article = self._read(page, hints, first_seen=stored.first_seen_at)
        except intake.Rejected as e:
            return Reread(stored.url, Result.NOT_ARTICLE, e.reason, article_id=stored.id)
        except Exception as e:  # noqa: BLE001 - as in a crawl, it costs only its own page
            return Reread(stored.url, Result.UNREADABLE, _told(e), article_id=stored.id)
        _, changed = self._store.revise(article, stored, dry_run=self._dry_run)
        return Reread(stored.url, Result.CHANGED if changed else Result.UNCHANGED, changed=tuple(changed), article_id=stored.id)

    def _other(self, capture: Capture, source: Source) -> Reread:
        link = self._store.announced(capture.url)
        try:
            page = archive.read(self._folder, capture.ref)
            article = self._read(page, Hints.of(source, page.fetched_at, link))
        except intake.Rejected as e:
            return Reread(capture.url, Result.NOT_ARTICLE, e.reason)
        except Exception as e:  # noqa: BLE001 - as above
            return Reread(capture.url, Result.UNREADABLE, _told(e))
        article.archive = capture.ref
        if self._dry_run:
            return Reread(capture.url, Result.NEW)
        recorded = self._store.record(article)
        result = Result.NEW if recorded.outcome is Outcome.NEW else Result.UNCHANGED
        return Reread(capture.url, result, recorded.reason, article_id=recorded.article_id or None)

    def _read(self, page: ArchivedPage, hints: Hints, first_seen: datetime | None = None) -> Article:
        """The article with its date and keys. Raises intake.Rejected with the gate's reason, too, and what `Workers.extract` raises."""
        extraction = self._workers.extract_now(Page(page.body, page.url, page.headers, page.fetched_at), hints)
        if not extraction.is_article:
            raise intake.Rejected(extraction.reason, f"{page.url}: {extraction.reason}")
        article = intake.validate(extraction.article)
        pages = self._pages[hints.source]
        article.publication = intake.decide(article, first_seen=first_seen, elsewhere=tuple(pages))
        pages.append(PageDates(tuple(article.evidence), article.publication.published_day))
        article.keys = intake.fingerprint(article)
        return article


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, ArchiveError | NotRead) else f"{type(error).__name__}: {error}"
