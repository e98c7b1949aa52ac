"""The spider: takes due addresses from the frontier, hands discovery pages to `discovery` and article pages to `extract`.

`scrapy crawl news -a source=NAME`, or `newsspider crawl NAME`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from newsspider import clock
from newsspider.config import Config
from newsspider.errors import ConfigError, RunActive, StoreError
from newsspider.extract import Extraction, Hints, Page, Reason
from newsspider.extract.workers import NotRead, Workers
from newsspider.indexing import IndexWorker
from newsspider.items import Article, Outcome
from newsspider.middlewares.failures import reason_of
from newsspider.middlewares.resolver import is_installed
from newsspider.session import CrawlSession, Progress
from newsspider.sources import Source, load_sources
from newsspider.spiders.discovery import READING_TIMES, Discovered, parse_discovery
from newsspider.spiders.period import Period, backfill, daily
from newsspider.store import Field, FrontierRow, Store, Validators

logger = logging.getLogger(__name__)

PREFETCH = 4  # rows under way for each request at once; half of them are claimed anew together, as each claim is a transaction
FIELDLESS = {Reason.TOO_SHORT, Reason.NO_TITLE}  # what an article is taken for when its site has changed its layout
UNREADABLE = {Reason.UNDECODABLE, Reason.TOO_COMPLEX}  # what these pages are cannot be told


class NewsSpider(scrapy.Spider):
    """One run of one source. Every claimed frontier row ends with one outcome, whatever happens to its request."""

    name = "news"
    session: CrawlSession

    def __init__(
        self, session: CrawlSession, workers: Workers, period: Period, *, reaches_back: bool, index: IndexWorker | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.session = session
        self.period = period
        self.reaches_back = reaches_back  # everything of the period is wanted, not only what is new since the last run
        self.workers = workers
        self.index = index  # the process's, where it has one
        self.source = session.source

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *args: Any,
        source: Source | str = "",
        since: str = "",
        until: str = "",
        store: Store | None = None,
        after: str | None = None,
        report: Callable[[Progress], None] = lambda progress: None,
        workers: Workers | None = None,
        index: IndexWorker | None = None,
        **kwargs: Any,
    ) -> Self:
        config = crawler.settings["NEWSSPIDER_CONFIG"]
        if not isinstance(config, Config):
            raise ConfigError("the Scrapy settings lack NEWSSPIDER_CONFIG; use newsspider.settings (scrapy.cfg names it)")
        if not source:
            raise ConfigError("say which source: scrapy crawl news -a source=NAME (`newsspider sources list` shows them)")
        found = source if isinstance(source, Source) else load_sources(config.sources).named(source)
        for key, value in _settings(found).items():
            crawler.settings.set(key, value, priority="spider")
        period = backfill(found, since, until)
        found = period.source if period else found
        session = CrawlSession(config, found, report, store=store, after=after)
        if workers is None:  # `scrapy crawl`
            workers = Workers(config.crawl.extract_workers, config.crawl.extract_timeout)
            crawler.signals.connect(workers.close, signals.spider_closed)
        spider = cls(session, workers, period or daily(found, config.crawl), reaches_back=period is not None, index=index, **kwargs)
        spider._set_crawler(crawler)
        return spider

    def accepts_host(self, host: str) -> bool:
        """True when the source's pages may be fetched from `host` (with its port, if it is not the scheme's own)."""
        return self.source.accepts_host(host)

    async def start(self) -> AsyncIterator[Request]:
        if not is_installed():
            raise ConfigError("the address guard is not on the reactor; start crawls through `newsspider crawl` or `scrapy crawl`")
        try:
            self.session.seed()
            async for row in self._due_rows():
                yield self._request(row)
        except (StoreError, RunActive) as e:  # what is left stays due for the next run, or is another's by now
            self.session.fail(e)

    async def _due_rows(self) -> AsyncIterator[FrontierRow]:
        """Every due row of the run, a few ahead of the downloader, until nothing is due and nothing under way can lead to more."""
        session = self.session
        window = PREFETCH * session.config.crawl.concurrency
        most = self.source.limits.max_pages or session.config.crawl.max_pages
        while session.claimed < most:
            rows = []
            if session.under_way() <= window // 2:
                rows = session.claim(min(window - session.under_way(), most - session.claimed))
            for row in rows:
                yield row
            if not rows:
                if session.idle:
                    return
                await session.change()

    def _request(self, row: FrontierRow) -> Request:
        discovery = row.kind == "discovery"
        meta: dict[str, Any] = {"row": row, "read": partial(self.read_discovery if discovery else self.read_article, row)}
        # A site that says 304 for ever is not believed for ever.
        if row.was_read_within(self.session.config.crawl.full_fetch_days) and not (discovery and self.reaches_back):
            meta |= {"handle_httpstatus_list": [304], "etag": row.etag, "last_modified": row.last_modified}
        return Request(
            row.url,
            callback=self.parse_discovery if discovery else self.parse_article,
            errback=self.failed,
            priority=1 if discovery else 0,
            meta=meta,
        )

    async def read_discovery(self, row: FrontierRow, response: Response) -> Discovered:
        """What a discovery page leads to; called by middlewares.reading. In a process of its own: a sitemap may hold 50,000 addresses, and there are
        feeds that feedparser would need hours for."""
        reading = partial(
            parse_discovery,
            row.discovery_kind or "listing",
            response.body,
            response.url,
            source=self.source,
            encoding=_charset(response),
            depth=row.depth,
        )
        try:
            return await self.workers.read(row.url, reading, times=READING_TIMES)
        except NotRead as e:
            return Discovered(problem=str(e).removeprefix(f"{row.url}: "))

    async def parse_discovery(self, response: Response) -> None:
        row: FrontierRow = response.meta["row"]
        validators: Validators | None = (_header(response, "ETag"), _header(response, "Last-Modified"))
        if response.status == 304:
            await self.session.finish_discovery(row, Outcome.UNCHANGED, "not_modified", (), (), None)
            return
        found: Discovered = response.meta["reading"].result()
        if found.problem:
            self.logger.warning("%s: %s", row.url, found.problem)
            await self.session.finish_discovery(row, Outcome.REJECTED, "unreadable", self.period.of(found.links), (), (None, None))
        else:
            links = self.period.of(found.links)
            following = () if self.period.is_past(found.links) else found.next
            if self.reaches_back:  # what was read in part counts as not read
                links, validators = [replace(link, changed_at=None) for link in links], None
            await self.session.finish_discovery(row, Outcome.NEW, "read", links, following, validators, follow=self.reaches_back)

    async def read_article(self, row: FrontierRow, response: Response) -> tuple[Page, Extraction]:
        """What an article's page says; called by middlewares.reading. A page on which reading fails is kept."""
        page = Page(response.body, response.url, _headers(response), clock.now())
        try:
            return page, await self.workers.extract(page, Hints.of(self.source, page.fetched_at, row.link))
        except Exception:
            self.session.keep(page, failed=True)
            raise

    def parse_article(self, response: Response) -> Article | None:
        row: FrontierRow = response.meta["row"]
        if response.status == 304:
            self.session.finish(row.key, Outcome.UNCHANGED, "not_modified")
            return None
        try:
            page, extraction = response.meta["reading"].result()
        except NotRead as e:
            self.logger.warning("%s", e)
            self.session.finish(row.key, Outcome.REJECTED, e.reason)
            return None
        self.session.fetched(row, _header(response, "ETag"), _header(response, "Last-Modified"))
        if not extraction.is_article:
            outcome = Outcome.REJECTED if extraction.reason in UNREADABLE else Outcome.NOT_ARTICLE
            had = (Field.TITLE if extraction.article.title else Field(0)) if extraction.reason in FIELDLESS else None
            self.session.finish(row.key, outcome, extraction.reason, fields=had)
            return None
        article: Article = extraction.article
        article.frontier_key = row.key
        article.archive = self.session.keep(page)
        return article

    def failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        assert error
        if isinstance(error, StoreError):
            raise error  # nothing of the address: the ledger ends the run
        outcome, reason = reason_of(error)
        if reason == "stopped":
            return  # never sent: the session gives the row back
        self.logger.info("%s: %s (%s)", request.url, reason, error)
        self.session.finish(request.meta["row"].key, outcome, reason, next_try=getattr(error, "next_try", None))


def _settings(source: Source) -> dict[str, Any]:
    """What the source file says of how its site is visited, over the configuration."""
    limits = source.limits
    wanted = {
        "DOWNLOAD_DELAY": limits.delay,
        "AUTOTHROTTLE_START_DELAY": limits.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": limits.concurrency,
    }
    if not source.verify_certificates:
        logger.warning("%s: TLS certificates are not verified (verify_certificates in its source file)", source.name)
        wanted["DOWNLOAD_VERIFY_CERTIFICATES"] = False
    return {key: value for key, value in wanted.items() if value is not None}


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _headers(response: Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}


def _charset(response: Response) -> str | None:
    content_type = _header(response, "Content-Type") or ""
    _, _, charset = content_type.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None
