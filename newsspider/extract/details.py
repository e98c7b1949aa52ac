"""Authors, section, tags, picture and address of a story: first what the page states, then what its markup shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from newsspider.extract import jsonld
from newsspider.extract.headline import host_names, tidy
from newsspider.extract.metadata import Metadata, absolute
from newsspider.extract.outline import Outline
from newsspider.extract.regions import names
from newsspider.extract.signature import signature_of
from newsspider.extract.wording import BYLINE, OCCUPATION, is_bare_date, same
from newsspider.text import fold

MAX_AUTHORS = 10
MAX_TAGS = 50
MAX_NAME = 80  # characters
MAX_SUMMARY = 2_000

_AUTHOR_META = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "byl",
)
_AUTHOR_NAME = re.compile(
    r"\b(?:authors?|author-?name|byline|by-line|writer|writer-?name|write-?by|written-?by|posted-by|created-?by|post-author|entry-author|vcard)\b"
    r"(?!-(?:title|job|bio|desc|description|about|role|position|articles?|posts?|news|image|img|box)\b)"
)
_ACCOUNT_NAME = re.compile(r"\bfield-name-uid\b")  # Drupal's field of whose account a story was entered with
_TAGS_NAME = re.compile(r"\b(?:tags|tag-?links?|tags-?links?|tag-?list|tagcloud|keywords|post-?tags?|article-?tags?|entry-?tags?)\b")
_SECTION_NAME = re.compile(
    r"\b(?:cat-?links?|post-?categor(?:y|ies)|entry-?categor(?:y|ies)|article-?(?:category|section)|news-?(?:category|section)|post-?cats)\b"
)
_CRUMBS_NAME = re.compile(r"\b(?:breadcrumbs?|crumbs?)\b")
_NO_AUTHOR = re.compile(
    fold(
        r"^(?:admin|administrator|editor|editors|root|user|webmaster|المحرر|محرر|التحرير|هيئة التحرير|مدير الموقع|المدير|غير معروف|الكاتب|الكاتبة|المؤلف|null|none)$"
    )
    + r"|^(?:developed|designed|powered) by\b"
)
_ABOUT = re.compile(r"^(?:عن|about) ", re.IGNORECASE)  # heads the box about the author
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:com|net|org|png|jpe?g)\b", re.IGNORECASE)
_AND = re.compile(r"\s*[,،;؛/|&]\s*|\s+(?:and|و)\s+")
_NO_SECTION = re.compile(
    fold(
        r"^(?:الرئيسية|الصفحة الرئيسية|home|uncategorized|غير مصنف|عام|الأخبار الرئيسية|آخر الأخبار|أحدث الأخبار|عاجل|أخبار عاجلة|posts?|page|articles?)$"
    )
)


@dataclass(slots=True)
class Details:
    authors: list[str]
    agency: str | None
    """The agency that is stated as the author."""
    section: str | None
    tags: list[str]
    image_url: str | None
    canonical_url: str | None
    summary: str | None


def read_details(data: Metadata, root: HtmlElement, page: Outline, url: str, title: str, span: tuple[int, int]) -> Details:
    """All of it; `span` are the lines from the headline to the story's end, around which visible names are looked for."""
    article = data.article or {}
    near = [page.lines[index] for index in range(max(0, span[0] - 6), min(len(page.lines), span[1] + 12))]
    elements = list(dict.fromkeys(element for line in near for element in (line.element, *line.links)))
    tags = _split([*data.meta.get("article:tag", ()), *jsonld.texts(article.get("keywords"), "name")])
    tags = tags or _linked_texts(elements, "tag", _TAGS_NAME) or _split(data.meta.get("news_keywords", [])) or _own_keywords(data)
    sites = [*data.site_names(), *host_names(url)]
    authors = _authors(data, root, elements, sites)
    return Details(
        authors=clean_authors(authors, sites),
        agency=next(filter(None, map(signature_of, authors)), None),
        section=_section(data, root, elements, title),
        tags=_unique(tags)[:MAX_TAGS],
        image_url=_image(data, article, url),
        canonical_url=absolute(data.links.get("canonical") or data.first("og:url"), url),
        summary=tidy((data.first("og:description", "description", "twitter:description") or "")[:MAX_SUMMARY]) or None,
    )


def clean_authors(texts: Iterable[str], sites: Sequence[str] = ()) -> list[str]:
    """Names of people, without "written by" and places; no addresses, no site, no agency, no account names of nobody."""
    found = []
    for text in texts:
        if _ADDRESS.search(text):
            continue
        for part in _AND.split(tidy(text)):
            name = _bare_name(part)
            if not name or len(name) > MAX_NAME or len(name.split()) > 6 or not re.search(r"[^\W\d_]{2}", name):
                continue
            if _NO_AUTHOR.match(fold(name)) or OCCUPATION.match(fold(name)) or is_bare_date(name):
                continue
            if signature_of(name) or any(same(name, site) for site in sites):
                continue
            found.append(name)
    return _unique(found)[:MAX_AUTHORS]


def _bare_name(text: str) -> str:
    name = _ABOUT.sub("", text.strip(" \t-–—:|•·()[]«»\"'"))
    if BYLINE.fullmatch(fold(name)):
        return ""
    while (byline := BYLINE.match(fold(name))) and byline.end() < len(name):
        kept = name
        while kept and len(fold(name)) - len(fold(kept)) < byline.end():
            kept = kept[1:]
        name = kept.strip(" -–—:|")
    return re.split(r"\s+[-–—|]\s+", name)[0]  # the name before the place: "name - Cairo"


def _authors(data: Metadata, root: HtmlElement, elements: Sequence[HtmlElement], sites: Sequence[str]) -> list[str]:
    """What is said of who wrote it, uncleaned: the page's statements, or else what its markup shows."""
    stated = jsonld.texts((data.article or {}).get("author"), "name")
    stated += [content for key in _AUTHOR_META for content in data.meta.get(key, ())]
    if clean_authors(stated, sites):
        return stated
    marked = [
        element
        for element in root.iter("a", "span", "meta", "div", "p")
        if element.get("itemprop") == "author"
        or element.get("rel") == "author"
        or element.get("typeof") == "schema:Person"
        or _ACCOUNT_NAME.search(names(element))
    ][:5]
    shown = [element.get("content") or tidy("".join(element.itertext())) for element in marked]
    shown += [
        tidy("".join(element.itertext())) for element in elements if any(_AUTHOR_NAME.search(names(outer)) for outer in _around(element))
    ]
    return [*stated, *(text for text in shown if len(text) <= MAX_NAME)]


def _around(element: HtmlElement) -> list[HtmlElement]:
    """The element and the two around it."""
    return [element, *list(element.iterancestors())[:2]]


def _section(data: Metadata, root: HtmlElement, elements: Sequence[HtmlElement], title: str) -> str | None:
    stated = data.sections()
    stated += [tidy("".join(element.itertext())) for element in root.xpath("//*[@itemprop='articleSection']")[:3]]
    stated += _linked_texts(elements, "category", _SECTION_NAME)
    stated += reversed(_crumbs(data, root))
    for text in stated:
        name = tidy(text)
        if name and len(name) <= MAX_NAME and not _NO_SECTION.match(fold(name)) and not same(name, title):
            return name
    return None


def _crumbs(data: Metadata, root: HtmlElement) -> list[str]:
    """The breadcrumb's steps, outermost first."""
    for node in data.nodes:
        if "breadcrumblist" in jsonld.types(node):
            items = node.get("itemListElement")
            return [
                text
                for item in (items if isinstance(items, list) else [])[:10]
                if isinstance(item, dict)
                for text in jsonld.texts(item.get("name") or item.get("item"), "name")
            ]
    for element in root.iter("ul", "ol", "nav", "div"):
        if _CRUMBS_NAME.search(names(element)):
            return [text for link in element.iter("a") if (text := tidy("".join(link.itertext())))][:10]
    return []


def _linked_texts(elements: Sequence[HtmlElement], relation: str, name: re.Pattern[str]) -> list[str]:
    """Texts of links that are marked with the relation, or stand in an element so named."""
    found = []
    for element in elements:
        if element.tag != "a":
            continue
        relations = (element.get("rel") or "").split()
        if "category" in relations and relation != "category":  # WordPress writes rel="category tag"
            continue
        if relation in relations or any(name.search(names(outer)) for outer in list(element.iterancestors())[:3]):
            found.append(tidy("".join(element.itertext())))
    return [text for text in found if text]


def _own_keywords(data: Metadata) -> list[str]:
    """<meta name=keywords>, when it is a short list: sites put the same long one on every page."""
    keywords = _split(data.meta.get("keywords", []))
    return keywords if len(keywords) <= 12 else []


def _image(data: Metadata, article: jsonld.Node, url: str) -> str | None:
    stated = data.first("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image")
    return absolute(
        stated or jsonld.text(article.get("image"), "url", "@id", "contentUrl") or jsonld.text(article.get("thumbnailUrl")), url
    )


def _split(texts: Iterable[str]) -> list[str]:
    return [part for text in texts for part in re.split(r"[,،;|]", text) if part.strip()]


def _unique(texts: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for text in texts:
        name = tidy(text).strip(" #,،")
        if name and len(name) <= MAX_NAME:
            seen.setdefault(fold(name), name)
    return list(seen.values())
