"""The article gate: is this page one story, and if not, what is it?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote

from lxml.html import HtmlElement

from newsspider.extract import jsonld, wording
from newsspider.extract.headline import tidy
from newsspider.extract.metadata import Metadata, split_url
from newsspider.extract.outline import Line, Outline, ancestors
from newsspider.extract.page import Reason
from newsspider.extract.regions import Region
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole
from newsspider.text import fold

MIN_STORY = 100
"""Letters a page must have that calls itself an article, or has the head of one: the shortest news flash."""
MIN_TEXT = 250
"""Letters any other page must have."""

TEASERS = 3
DIRECTORY = 8
SECTION_WORDS = 3  # a section's name has no more

_LETTER = re.compile(r"[^\W\d_]")
# WordPress and the themes after it name the kind of page on <body>.
_SINGLE_BODY = frozenset(("single", "single-post", "singular", "post-template-default", "node-type-article", "page-node"))
_LISTING_BODY = frozenset(
    (
        "home",
        "blog",
        "archive",
        "category",
        "tag",
        "author",
        "search",
        "search-results",
        "date",
        "paged",
        "tax",
        "front",
        "frontpage",
        "homepage",
    )
)
_LISTING_PATH = re.compile(
    r"^/(?:index\.\w+|home|default\.\w+|(?:ar|arabic)/?)?$|/(?:category|categories|tag|tags|author|authors|search|archive|archives|topics?|section|page/\d+|تصنيف|وسم|قسم)(?:/[^/]*){0,2}/?$"
)
# WordPress and Ghost, Drupal, Blogger and Squarespace tell their pages from their posts.
_STATIC_BODY = frozenset(
    (
        "page-template",
        "page-template-default",
        "page-node-type-page",
        "node-type-page",
        "node--type-page",
        "static_page",
        "collection-type-page",
    )
)
_STATIC_PATH = re.compile(r"^(?:/(?:ar|en|fr))?/(?:p|pages?)/[^/\d]+$")
MOST_ABOVE_STATIC = 3  # parts of the address of a page about the site

_ITEM_TAGS = frozenset(("li", "article", "div", "tr", "td", "dl", "dd", "section", "p"))
_PLAYER = ("video.", "video")


@dataclass(frozen=True, slots=True)
class Findings:
    """What the gate looks at: the whole page, the story's lines, and what was read of them."""

    data: Metadata
    root: HtmlElement
    page: Outline
    container: HtmlElement | None
    title: str
    body: str
    url: str
    language: str | None
    expected_language: str
    has_player: bool
    authors: list[str]
    evidence: list[DateEvidence]

    @property
    def is_dated(self) -> bool:
        """True when a date stands in the article or is stated of it."""
        return any(piece.in_article is not False and piece.kind is not EvidenceKind.HEADER for piece in self.evidence)


def judge(found: Findings) -> Reason:
    """ARTICLE, or why the page is none. The most telling reason comes first: a missing page is missing in any language."""
    letters = len(_LETTER.findall(found.body))
    if _is_missing(found, letters):
        return Reason.SOFT_404
    if found.language is not None and found.language != found.expected_language:
        return Reason.LANGUAGE
    if _is_listing(found, letters):
        return Reason.LISTING
    if _is_static(found):
        return Reason.STATIC_PAGE
    if letters < (MIN_STORY if found.data.claims_article or _is_single(found) or _has_a_storys_head(found) else MIN_TEXT):
        return _why_so_short(found)
    if letters < 2 * MIN_TEXT and _is_walled(found):
        return Reason.LOGIN_WALL
    return Reason.ARTICLE if found.title else Reason.NO_TITLE


def _is_missing(found: Findings, letters: int) -> bool:
    if "error404" in _body_names(found):
        return True
    shown = [found.title, *found.data.titles()[:3]]
    if letters < 2 * MIN_TEXT and any(wording.SOFT_404.search(fold(text)) for text in shown if len(text) < 120):
        return True
    return letters < MIN_TEXT and wording.SOFT_404.search(fold(found.body)) is not None


def _is_listing(found: Findings, letters: int) -> bool:
    """Several stories: by the page's own word, or because most of its text stands in teasers that link elsewhere."""
    if _is_single(found) and letters >= MIN_STORY:
        return False
    if _is_home(found) or _body_names(found) & _LISTING_BODY:
        return True
    if found.data.types & jsonld.LISTING_TYPES and not found.data.claims_article:
        return True
    share, count = _teasers(found)
    if share > 0.5 and count >= TEASERS:
        return True
    if found.data.claims_article:
        return False
    is_story = letters >= MIN_STORY and _has_a_storys_head(found)
    if found.container is None or (_cards_beside(found) > 2 * len(found.body) and not is_story):
        return _headline_links(found) >= (DIRECTORY if found.has_player else TEASERS)
    if letters < 2 * MIN_TEXT and _headline_links(found) >= DIRECTORY:
        return not found.is_dated or _LISTING_PATH.search(_path(found)) is not None
    return False


def _is_static(found: Findings) -> bool:
    """True for a page about the site itself, by headline and address, or by one of them or the CMS where nothing tells of a publication."""
    if _is_single(found) or any(piece.kind is EvidenceKind.FEED for piece in found.evidence):
        return False
    segments = [segment for segment in _path(found).split("/") if segment]
    slug = re.sub(r"\.\w+$|[-_+]+", " ", segments[-1]).strip() if segments else ""
    named = wording.STATIC.search(fold(found.title)) is not None
    addressed = len(segments) <= MOST_ABOVE_STATIC and wording.STATIC.search(fold(slug)) is not None
    if named and addressed:
        return True
    if found.authors or any(_tells_publication(piece, named=named) for piece in found.evidence):
        return False
    of_cms = _body_names(found) & _STATIC_BODY or _STATIC_PATH.search(_path(found))
    return named or (found.data.article is None and bool(addressed or of_cms))


def _tells_publication(piece: DateEvidence, *, named: bool) -> bool:
    """What says when a story came out. Sitemaps and WebPage objects date every page; in the text of a policy stands since when it is in force."""
    if piece.role is EvidenceRole.MODIFIED or piece.in_article is False or piece.place.lower().startswith("webpage"):
        return False
    return not (named and piece.kind is EvidenceKind.VISIBLE)


def _has_a_storys_head(found: Findings) -> bool:
    """True for a headline, longer than a section's name, with a date."""
    return found.is_dated and len(found.title.split()) > SECTION_WORDS


def _cards_beside(found: Findings) -> int:
    """Characters of the cards in the part of the page that holds the story."""
    around = found.container.getparent() if found.container is not None else None
    lines = found.page.within(around) if around is not None else found.page.lines
    return sum(len(line.text) for line in lines if line.region is Region.CARD)


def _is_single(found: Findings) -> bool:
    return bool(_body_names(found) & _SINGLE_BODY) and not _body_names(found) & _LISTING_BODY - {"date", "tag", "category", "author"}


def _is_home(found: Findings) -> bool:
    """True for a site's first page, however it was reached."""
    for address in (found.url, found.data.links.get("canonical", "")):
        parts = split_url(address)
        if parts.hostname and parts.path in ("", "/") and not parts.query:
            return True
    return False


def _teasers(found: Findings) -> tuple[float, int]:
    """The share of the text that stands in teasers, and their number: like elements side by side, each beginning or ending with a link of its own."""
    lines = found.page.within(found.container) if found.container is not None else found.page.lines
    prose = [line for line in lines if line.is_prose]
    total = sum(len(line.text) for line in prose)
    sizes: Counter[HtmlElement] = Counter()
    for line in prose:
        if (item := _item_around(line, found)) is not None:
            sizes[item] += len(line.text)
    alike = Counter((item.getparent(), item.tag) for item in sizes)
    teasers = [item for item in sizes if alike[item.getparent(), item.tag] >= _needed(item, found.page)]
    return sum(sizes[item] for item in teasers) / max(total, 1), len(teasers)


def _item_around(line: Line, found: Findings) -> HtmlElement | None:
    """The nearest element around the line that could be one teaser of several."""
    top = found.container if found.container is not None else found.root
    for element in ancestors(line.element, top):
        if element is top:
            return None
        if element.tag in _ITEM_TAGS and _needed(element, found.page):
            return element
    return None


def _needed(element: HtmlElement, page: Outline) -> int:
    """How many elements like this one side by side are teasers: three that begin with a headline's link or end with "read more", eight that begin
    with any link, as in a directory; 0 when none would be."""
    start, end = page.spans.get(element, (0, 0))
    if start == end:
        return 0
    first, last = page.lines[start], page.lines[end - 1]
    if last.links and wording.more_link("".join(last.links[-1].itertext())):
        return TEASERS
    begun = tidy("".join(first.links[0].itertext())) if first.links else ""
    if not begun or not first.text.startswith(begun[:40]):
        return 0
    return TEASERS if len(begun.split()) >= 3 else DIRECTORY


def _headline_links(found: Findings) -> int:
    """Lines that are a link as long as a headline, outside the navigation."""
    return sum(line.link_share > 0.75 and len(line.text.split()) >= 4 for line in found.page.lines if line.region is not Region.CHROME)


def _why_so_short(found: Findings) -> Reason:
    if _is_walled(found):
        return Reason.LOGIN_WALL
    kinds = [kind.lower() for kind in found.data.meta.get("og:type", ())]
    if found.has_player or any(kind.startswith(_PLAYER) for kind in kinds) or found.data.types & jsonld.VIDEO_TYPES:
        return Reason.VIDEO
    if not found.data.claims_article and _headline_links(found) >= 8:
        return Reason.LISTING
    return Reason.TOO_SHORT


def _is_walled(found: Findings) -> bool:
    article = found.data.article or {}
    if str(article.get("isAccessibleForFree", "")).lower() == "false":
        return True
    return any(wording.LOGIN_WALL.search(fold(line.text)) for line in found.page.lines if len(line.text) < 200)


def _body_names(found: Findings) -> set[str]:
    body = found.root.find("body")
    return set((body.get("class") or "").lower().split()) if body is not None else set()


def _path(found: Findings) -> str:
    return unquote(split_url(found.url).path)
