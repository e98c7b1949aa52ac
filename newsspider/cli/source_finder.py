"""What `newsspider sources add` does: looks at a site, tries what may announce its articles, and drafts a source file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

from protego import Protego

from newsspider import urls
from newsspider.cli.source_check import OK, Checked, get, judged
from newsspider.config import Config
from newsspider.errors import FetchError
from newsspider.extract.workers import NotRead, Workers
from newsspider.middlewares.robots import PRODUCT
from newsspider.net import Fetched
from newsspider.sources import Source
from newsspider.sources.draft import UNKNOWN_ZONE, Draft, name_of
from newsspider.sources.homepage import Homepage, read_homepage
from newsspider.text.amounts import amount

FEED_PLACES = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/feed.json", "/ar/rss", "/rss/all.xml")
SITEMAP_PLACES = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
MOST_NAMED = 12  # addresses of one kind that a site names itself and that are tried
NEWS_NAMESPACE = b"schemas/sitemap-news/"
SERVER_ERROR = 500


@dataclass(slots=True)
class Finder:
    """One look at a site. `tried` is what was found at each address, in order; whatever robots.txt forbids is not fetched."""

    config: Config
    workers: Workers
    say: Callable[[str], None]
    tried: list[Checked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def draft(self, address: str, name: str | None) -> Draft:
        """A draft with everything that announces articles. Raises FetchError when the site cannot be looked at, or nothing announces any."""
        url = urls.join("", address if "://" in address else f"https://{address}")
        if url is None:
            raise FetchError(f"{address}: is not the address of a web page")
        robots = self._robots(url)
        if not robots.can_fetch(url, PRODUCT):
            raise FetchError(f"{url}: robots.txt forbids it")
        home = self._home(url)
        if not urls.same_site(url, home.url):
            self.notes.append(f"{url} leads to another site, {home.url}: that one is described here.")
            robots = self._robots(home.url)
        homepage = urls.origin(home.url) + ("/" if urlsplit(home.url).path in ("", "/") else urlsplit(home.url).path)
        page = self._read(home)
        draft = Draft(name or name_of(homepage), homepage.rstrip("/"), page)
        draft = replace(draft, feeds=self._feeds(draft, robots))
        draft = self._with_sitemaps(draft, robots)
        if not (draft.feeds or draft.news_sitemaps or draft.sitemaps):
            draft = replace(draft, listings=self._listings(draft, home))
        if not (draft.feeds or draft.news_sitemaps or draft.sitemaps or draft.listings):
            raise FetchError(
                f"{homepage}: nothing that announces articles was found; write a file with [[listings]] (docs/how-to-add-a-source.md)"
            )
        return replace(draft, notes=tuple(self.notes))

    def _robots(self, url: str) -> Protego:
        """RFC 9309: what cannot be had for the server's fault forbids everything."""
        answer = self._get(f"{urls.origin(url)}/robots.txt")
        if answer.status >= SERVER_ERROR:
            raise FetchError(f"{answer.url}: answers with HTTP status {answer.status}, so nothing of the site may be fetched now")
        return Protego.parse(answer.body[: 500 << 10].decode("utf-8", "replace") if answer.status == OK else "")

    def _home(self, url: str) -> Fetched:
        home = self._get(url)
        if home.status != OK:
            raise FetchError(f"{url}: answers with HTTP status {home.status}")
        return home

    def _get(self, url: str) -> Fetched:
        self.say(url)
        return get(url, self.config)

    def _read(self, home: Fetched) -> Homepage:
        try:
            return self.workers.read_now(home.url, partial(read_homepage, home.body, home.url, home.headers.get("content-type")))
        except NotRead as e:
            raise FetchError(str(e)) from e

    def _feeds(self, draft: Draft, robots: Protego) -> list[tuple[str, str]]:
        named = list(self._good(draft, "feed", draft.page.feeds[:MOST_NAMED], robots))
        return named or list(self._good(draft, "feed", self._places(draft, FEED_PLACES), robots, most=1))

    def _with_sitemaps(self, draft: Draft, robots: Protego) -> Draft:
        of_robots = [url for text in robots.sitemaps if (url := urls.join(draft.homepage, text))]  # many are written without the host
        named = [*of_robots, *draft.page.sitemaps][:MOST_NAMED]
        found = list(self._good(draft, "sitemap", named, robots)) or list(
            self._good(draft, "sitemap", self._places(draft, SITEMAP_PLACES), robots, most=2)
        )
        news = [item.url for item in self.tried if item.kind == "news_sitemap"]
        return replace(
            draft,
            news_sitemaps=[(url, what) for url, what in found if url in news],
            sitemaps=[(url, what) for url, what in found if url not in news],
        )

    def _listings(self, draft: Draft, home: Fetched) -> list[tuple[str, str]]:
        item = judged(_provisional(draft, "listing", draft.homepage), "listing", draft.homepage, home, self.workers)
        self.tried.append(item)
        return [] if item.problem else [(draft.homepage, _described(item))]

    @staticmethod
    def _places(draft: Draft, paths: tuple[str, ...]) -> list[str]:
        return [urls.origin(draft.homepage) + path for path in paths]

    def _good(
        self, draft: Draft, kind: str, addresses: list[str] | tuple[str, ...], robots: Protego, most: int = MOST_NAMED
    ) -> Iterator[tuple[str, str]]:
        """Those of the addresses that hold articles of the site, with what they hold; no more than `most`."""
        for url in addresses:
            key = urls.url_key(url)
            if most and key not in self._seen:
                self._seen.add(key)
                item = self._tried(draft, kind, url, robots)
                self.tried.append(item)
                if item.problem is None:
                    most -= 1
                    yield url, _described(item)

    def _tried(self, draft: Draft, kind: str, url: str, robots: Protego) -> Checked:
        if urls.origin(url) == urls.origin(draft.homepage) and not robots.can_fetch(url, PRODUCT):
            return Checked(draft.name, kind, url, problem="robots.txt forbids it")
        try:
            page = self._get(url)
        except FetchError as e:
            return Checked(draft.name, kind, url, problem=str(e).removeprefix(f"{url}: "))
        if kind == "sitemap" and (NEWS_NAMESPACE in page.body or "news" in urlsplit(url).path.lower()):
            kind = "news_sitemap"
        return judged(_provisional(draft, kind, url), kind, url, page, self.workers)


def _provisional(draft: Draft, kind: str, url: str) -> Source:
    """A source that has only this to announce its articles."""
    key, value = {"feed": ("feeds", url), "listing": ("listings", {"url": url})}.get(kind, (f"{kind}s", url))
    zone = (*draft.page.zones, UNKNOWN_ZONE)[0]
    return Source.model_validate(
        {"name": draft.name, "title": draft.page.title, "homepage": draft.homepage, "timezone": zone, "country": draft.page.country,
         "language": draft.page.language or "ar", key: [value]}
    )  # fmt: skip


def _described(item: Checked) -> str:
    newest = f", the newest of {item.newest}" if item.newest else ""
    return f"{amount(item.wanted, 'entry', 'entries')}{newest}"
