"""What a page states of itself in its head and its JSON-LD: read once, judged elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from lxml.html import HtmlElement

from newsspider import urls
from newsspider.extract import jsonld
from newsspider.extract.wording import alike
from newsspider.text import clean_text

MAX_META = 400
MAX_CONTENT = 20_000  # characters of one meta tag

_NAME_ATTRIBUTES = ("property", "name", "itemprop", "http-equiv")
_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name", "dc.publisher")
_SECTIONS = ("article:section", "parsely-section", "cxenseparse:category", "section", "category", "dc.subject")
_SITE_TYPES = frozenset(("website", "organization", "newsmediaorganization"))


@dataclass(slots=True)
class Metadata:
    """`meta` maps lower-case names to their contents in document order; `article` is the JSON-LD object of this page's article."""

    meta: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, str] = field(default_factory=dict)  # rel → href, the first of each
    page_title: str = ""
    html_language: str = ""
    nodes: list[jsonld.Node] = field(default_factory=list)
    article: jsonld.Node | None = None

    def first(self, *names: str) -> str | None:
        """The first content that any of these meta names has, in the order given."""
        return next((content for name in names for content in self.meta.get(name, ())), None)

    @property
    def types(self) -> set[str]:
        return {name for node in self.nodes for name in jsonld.types(node)}

    @property
    def claims_article(self) -> bool:
        """True when the page calls itself one article, in Open Graph or JSON-LD."""
        return self.article is not None or any(kind.lower().endswith("article") for kind in self.meta.get("og:type", ()))

    def titles(self) -> list[str]:
        """The headline as stated, the most telling first; the browser title last. May hold the site's name."""
        stated = [
            jsonld.text(self.article.get("headline"), "@value") if self.article else None,
            self.first("og:title"),
            self.first("twitter:title", "dc.title", "title", "headline"),
            self.page_title,
        ]
        return list(dict.fromkeys(title for text in stated if text and (title := _line(text))))

    def site_names(self) -> list[str]:
        """Names of the site, as it gives them itself."""
        names = [name for key in _SITE_NAMES for name in self.meta.get(key, ())]
        if self.article:
            names += jsonld.texts(self.article.get("publisher"), "name")
        names += [name for node in self.nodes if jsonld.types(node) & _SITE_TYPES for name in jsonld.texts(node.get("name"))]
        return list(dict.fromkeys(name for text in names if (name := _line(text)) and len(name) < 80))

    def sections(self) -> list[str]:
        """The section as stated, the most telling first."""
        stated = jsonld.texts((self.article or {}).get("articleSection"), "name")
        return [name for text in (*stated, *(content for key in _SECTIONS for content in self.meta.get(key, ()))) if (name := _line(text))]


def read_metadata(root: HtmlElement, url: str) -> Metadata:
    """All of a page's statements; `url` tells its own JSON-LD from that of other pages."""
    data = Metadata(html_language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    for count, element in enumerate(root.iter("meta", "link", "title")):
        if count >= MAX_META:
            break
        if element.tag == "title":
            data.page_title = data.page_title or "".join(element.itertext())
        elif element.tag == "link":
            for relation in (element.get("rel") or "").lower().split():
                data.links.setdefault(relation, element.get("href") or "")
        elif content := (element.get("content") or "").strip():
            for attribute in _NAME_ATTRIBUTES:
                if name := element.get(attribute):
                    data.meta[name.strip().lower()].append(content[:MAX_CONTENT])
    data.nodes = jsonld.nodes(root)
    data.article = _own_article(data, url, ["".join(heading.itertext()) for heading in root.iter("h1")])
    return data


def _own_article(data: Metadata, url: str, headlines: list[str]) -> jsonld.Node | None:
    """The article object that is about this page: by address, by headline, or because there is no other."""
    articles = [node for node in data.nodes if jsonld.types(node) & jsonld.ARTICLE_TYPES]
    own_url = _path(data.links.get("canonical") or url)
    titles = [title for title in (data.first("og:title"), data.page_title, *headlines) if title]
    for node in articles:
        addresses = [*jsonld.texts(node.get("url")), *jsonld.texts(node.get("mainEntityOfPage"), "@id", "url")]
        headline = jsonld.text(node.get("headline")) or jsonld.text(node.get("name"))
        if len(own_url) > 1 and any(_path(address) == own_url for address in addresses):
            return node
        if headline and any(alike(headline, title) for title in titles):
            return node
    return articles[0] if len(articles) == 1 and "headline" not in articles[0] else None


def _path(url: str) -> str:
    return re.sub(r"^https?://[^/]*|[?#].*$|/+$", "", url.strip())


def _line(text: str) -> str:
    return " ".join(clean_text(text[:MAX_CONTENT]).split())


def split_url(url: str) -> SplitResult:
    """The parts of an address, all empty when it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def absolute(url: str | None, base: str) -> str | None:
    """`url` resolved against the page's address and written canonically; None when there is none or it leads to no web page."""
    joined = urls.join(base, url) if url else None
    try:
        return urls.canonical_url(joined) if joined else None
    except ValueError:
        return None
