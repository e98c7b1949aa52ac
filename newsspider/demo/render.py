"""What a demo site answers to one request: an edition of its pages, at an origin and a moment, put through its templates."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from newsspider.demo.content import DemoPage, Kind
from newsspider.demo.sites import Site

NEWS_SITEMAP_SIZE = 10
AMP = "/amp"

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
templates.filters["rfc822"] = format_datetime
templates.filters["iso"] = datetime.isoformat
templates.filters["utc"] = lambda moment: moment.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `missing` bytes are promised by Content-Length and never sent."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    last_modified: datetime | None = None
    missing: int = 0


class View:
    """One edition of `site` as it stands at `origin`; `now` (aware) is what its header calls today."""

    def __init__(self, site: Site, edition: int, origin: str, now: datetime) -> None:
        self.site = site
        self.edition = edition
        self.origin = origin
        self.now = now.astimezone(site.timezone)
        self.articles = site.articles(edition)

    def answer(self, target: str) -> Answer:
        """The response to `target`, the path and query of a request line. An unknown path is a 404, unknown parameters are ignored."""
        path = unquote(target.partition("?")[0])
        listing = re.fullmatch(re.escape(self.site.listing).replace(r"\{\}", r"(\d{1,6})"), path)
        if fixed := self._fixed().get(path):
            return fixed()
        if listing or path == "/":
            return self._listing(int(listing[1]) if listing else 1)
        if picture := re.fullmatch(r"/media/(\d{1,6})\.svg", path):
            return Answer(_picture(int(picture[1])).encode(), "image/svg+xml")
        if path.startswith("/section/"):
            return self._section(path.removeprefix("/section/"))
        addresses = self._addresses()
        found = unquote(target) if unquote(target) in addresses else path
        return self._page(addresses[found], found) if found in addresses else self._nothing()

    def source_file(self) -> str:
        """The source file that fits the site."""
        return self._render("source.toml")

    def _fixed(self) -> dict[str, Callable[[], Answer]]:
        site = self.site
        fixed = {site.feed: self._feed}
        if site.robots is not None:
            robots = site.robots.format(origin=self.origin).encode()
            fixed["/robots.txt"] = lambda: Answer(robots, "text/plain; charset=utf-8")
        if site.sitemaps:
            fixed |= {
                "/sitemap.xml": self._sitemap_index,
                "/sitemap-news.xml": self._news_sitemap,
                "/sitemap-archive.xml.gz": self._sitemap,
            }
        return fixed

    def _addresses(self) -> dict[str, DemoPage]:
        pages = [page for page in self.site.pages(self.edition) if page.kind is not Kind.GONE]
        addresses = {path: page for page in pages for path in (page.path, *page.also)}
        return addresses | ({AMP + page.path: page for page in self.articles} if self.site.amp else {})

    def _feed(self) -> Answer:
        pages = self.site.fed(self.edition)
        changed = _newest(pages)
        text = self._render("feed.xml", pages=pages, changed=changed)
        return Answer(text.encode(), f"{self.site.feed_type}; charset=utf-8", last_modified=changed)

    def _sitemap_index(self) -> Answer:
        text = self._render("sitemap-index.xml", news=_newest(self.articles[:NEWS_SITEMAP_SIZE]), archive=_newest(self._archived()))
        return Answer(text.encode(), "application/xml", last_modified=_newest(self.articles))

    def _news_sitemap(self) -> Answer:
        pages = self.articles[:NEWS_SITEMAP_SIZE]
        return Answer(self._render("sitemap-news.xml", pages=pages).encode(), "application/xml", last_modified=_newest(pages))

    def _sitemap(self) -> Answer:
        pages = self._archived()
        text = self._render("sitemap.xml", pages=pages)
        return Answer(gzip.compress(text.encode(), mtime=0), "application/gzip", last_modified=_newest(pages))

    def _archived(self) -> list[DemoPage]:
        return self.articles[NEWS_SITEMAP_SIZE:] + [page for page in self.site.pages(self.edition) if "sitemap" in page.announced]

    def _listing(self, number: int) -> Answer:
        listed, size = self.site.listed(self.edition), self.site.page_size
        last = ceil(len(listed) / size)
        if number < 1 or (number > last and not self.site.endless):
            return self._nothing()
        start = (min(number, last) - 1) * size
        following = self.url(self.site.listing.format(number + 1)) if number < last or self.site.endless else None
        return self._html("listing.html", title="آخر الأخبار", items=listed[start : start + size], following=following)

    def _section(self, name: str) -> Answer:
        items = [(page.path, page) for page in self.articles if page.section == name]
        return self._html("listing.html", title=name, items=items, following=None) if items else self._nothing()

    def _page(self, page: DemoPage, path: str) -> Answer:
        if page.kind not in (Kind.ARTICLE, Kind.CUT):
            return self._html("special.html", page=page, title=page.title)
        answer = self._html("article.html", page=page, title=page.title, amp=path.startswith(AMP + "/"), charset=page.charset)
        if page.kind is Kind.CUT:
            half = len(answer.body) // 2
            return replace(answer, body=answer.body[:half], missing=len(answer.body) - half)
        if page.damage == "unclosed":
            return replace(answer, body=answer.body.partition(str(escape(page.paragraphs[-1])).encode())[0].rstrip()[:-1])
        if page.damage == "mislabelled":
            return replace(answer, body=answer.body.decode().encode("windows-1256", "xmlcharrefreplace"))
        if page.charset != "utf-8":
            encoded = answer.body.decode().encode(page.charset, "xmlcharrefreplace")
            return replace(answer, body=encoded, content_type=f"text/html; charset={page.charset}")
        return answer

    def _nothing(self) -> Answer:
        page = DemoPage(path="/", title="الصفحة غير موجودة", kind=Kind.GONE, body="تعذر العثور على الصفحة المطلوبة.")
        return self._html("special.html", 404, page=page, title=page.title)

    def _html(self, template: str, status: int = 200, /, *, title: str, charset: str = "utf-8", **context: Any) -> Answer:
        return Answer(self._render(template, title=title, charset=charset, **context).encode(), status=status)

    def _render(self, template: str, **context: Any) -> str:
        return templates.get_template(f"{self.site.name}/{template}").render(view=self, site=self.site, origin=self.origin, **context)

    # What the templates ask for.

    def url(self, path: str) -> str:
        return self.origin + quote(path, safe="/?=")

    @property
    def today(self) -> str:
        return self.site.header.print(self.now)

    @property
    def sections(self) -> list[str]:
        return list(dict.fromkeys(page.section for page in self.articles))

    def date(self, page: DemoPage) -> str:
        return self.site.styles[page.style].print(page.published) if page.published else ""

    def modified(self, page: DemoPage) -> str:
        return self.site.modified.print(page.modified) if self.site.modified and page.modified else ""

    def others(self, page: DemoPage | None = None, count: int = 4) -> list[DemoPage]:
        """Articles beside `page`: those that follow it in the list, round to its beginning."""
        start = self.articles.index(page) + 1 if page in self.articles else 0
        return [*self.articles[start:], *self.articles[:start]][:count]

    def graph(self, page: DemoPage) -> dict[str, Any]:
        """The page as JSON-LD of schema.org, its article one node among others, as common plugins write it. Times are in UTC."""
        address, video = self.url(page.path), page.kind is Kind.VIDEO
        story: dict[str, Any] = {"@type": "VideoObject" if video else "NewsArticle", "@id": f"{address}#story"}
        story |= {"name" if video else "headline": page.title, "mainEntityOfPage": {"@id": address}, "inLanguage": "ar"}
        if page.published and page.changed:
            story["uploadDate" if video else "datePublished"] = page.published.astimezone(UTC).isoformat()
            story |= {} if video else {"dateModified": page.changed.astimezone(UTC).isoformat()}
        if page.kind is Kind.LOGIN:
            story["isAccessibleForFree"] = False
        if name := page.author or page.agency:
            story["author"] = {"@type": "Person" if page.author else "Organization", "name": name}
        story |= {"articleSection": page.section, "keywords": list(page.tags)} if page.section else {}
        site = {"@type": "WebSite", "@id": f"{self.origin}/#website", "url": f"{self.origin}/", "name": self.site.title}
        trail = [{"@type": "ListItem", "position": 1, "name": self.site.title, "item": f"{self.origin}/"}]
        return {"@context": "https://schema.org", "@graph": [site, {"@type": "BreadcrumbList", "itemListElement": trail}, story]}


def _newest(pages: list[DemoPage]) -> datetime | None:
    return max((page.changed for page in pages if page.changed), default=None)


def _picture(number: int) -> str:
    """A landscape in colours of its own for every number."""
    hue, sun = number * 47 % 360, 120 + number * 83 % 560
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 380"><defs><linearGradient id="sky" x2="0" y2="1">'
        f'<stop stop-color="hsl({hue},45%,38%)"/><stop offset="1" stop-color="hsl({(hue + 40) % 360},60%,80%)"/></linearGradient></defs>'
        f'<rect width="800" height="380" fill="url(#sky)"/><circle cx="{sun}" cy="150" r="46" fill="hsl({(hue + 50) % 360},80%,90%)"/>'
        f'<path d="M0 300 Q150 190 320 280 T800 240 V380 H0Z" fill="hsl({hue},35%,34%)"/>'
        f'<path d="M0 340 Q260 270 480 330 T800 310 V380 H0Z" fill="hsl({hue},40%,22%)"/></svg>'
    )
