"""The page as a reader sees it: lines of text in document order, each with what kind it is and which part of the page it stands in.

One walk over the tree; the headline, the body, the dates and the gate are all read from its result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from lxml.html import HtmlElement

from newsspider.extract.cards import cards_among, is_card, prose_length, short_text
from newsspider.extract.document import TooComplex
from newsspider.extract.regions import Region, is_unseen, region_of

MAX_DEPTH = 250
MAX_TEXT = 2_000_000  # characters
MAX_LINES = 15_000
MAX_MISNAMED = 30  # elements around most of the text whose names say otherwise

_BLOCKS = frozenset(
    """address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header
    hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption marquee amp-sidebar amp-carousel""".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NEVER_THE_STORY = re.compile(r"\b(?:comments?|disqus|cookies?|gdpr|consent|modal|popup|footer)\b")
MAX_ROW = 400


class Kind(Enum):
    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    PRE = "pre"
    ROW = "row"


@dataclass(slots=True)
class Line:
    """One line of text. `linked` counts the characters within links, `links` their addresses; `soft` follows the line before after one <br>."""

    text: str
    kind: Kind
    element: HtmlElement  # the nearest block around it
    region: Region | None
    linked: int = 0
    links: tuple[HtmlElement, ...] = ()
    soft: bool = False

    @property
    def link_share(self) -> float:
        return self.linked / max(len(self.text), 1)

    @property
    def is_prose(self) -> bool:
        """True for running text of the story: long enough for a clause, and not mainly a link."""
        return self.region is None and self.kind is not Kind.HEADING and len(self.text) - self.linked >= 40 and self.link_share < 0.5


@dataclass(slots=True)
class Outline:
    """`spans` says for each element around lines which it holds: from the first up to, not including, the second number."""

    lines: list[Line] = field(default_factory=list)
    spans: dict[HtmlElement, tuple[int, int]] = field(default_factory=dict)

    def within(self, element: HtmlElement) -> list[Line]:
        start, end = self.spans.get(element, (0, 0))
        return self.lines[start:end]


def outline(element: HtmlElement, headline: HtmlElement | None = None, host: str = "") -> Outline:
    """The lines below `element` of a page of the site `host`. Whatever holds `headline` is no furniture, however it is named. Raises TooComplex."""
    walk = _Walk(element, headline, host)
    walk.enter(element, None, Kind.TEXT, False, 0)
    return walk.result


class _Walk:
    """The state of one walk: the line being gathered, and where it stands."""

    def __init__(self, top: HtmlElement, headline: HtmlElement | None, host: str) -> None:
        self.result = Outline()
        self.top = top
        self.host = host
        self.prose = max(prose_length(top), 1)
        self.holds_headline = {headline, *headline.iterancestors()} if headline is not None else set()
        self.parts: list[str] = []
        self.linked = self.open_links = 0
        self.links: list[HtmlElement] = []  # of the line, the open ones last
        self.block = top
        self.soft = False
        self.characters = self.misnamed = 0

    def enter(self, element: HtmlElement, region: Region | None, kind: Kind, in_article: bool, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise TooComplex(f"nested deeper than {MAX_DEPTH} elements")
        tag = element.tag
        if region is None and element is not self.top:
            region = self._region(element, in_article)
            kind = kind if region is None else Kind.TEXT
        starts_region = region is not None and tag not in _BLOCKS and tag != "a"
        if tag == "br":
            self._break(region, kind)
        elif tag in _BLOCKS or starts_region:
            self._block(element, region, kind, in_article, depth)
        else:
            start = len(self.result.lines)
            self._inside(element, region, kind, in_article, depth)
            if len(self.result.lines) > start:  # an inline element around blocks
                self.result.spans[element] = (start, len(self.result.lines))

    def _block(self, element: HtmlElement, region: Region | None, kind: Kind, in_article: bool, depth: int) -> None:
        self._flush(region, kind, hard=True)
        outer, self.block = self.block, element
        start = len(self.result.lines)
        inner = _kind(element, kind)
        if element.tag == "tr" and _is_row(element):
            self._row(element)
            inner = Kind.ROW
        else:
            self._inside(element, region, inner, in_article or element.tag in ("article", "main"), depth)
        self._flush(region, inner, hard=True)
        self.block = outer
        self.result.spans[element] = (start, len(self.result.lines))

    def _inside(self, element: HtmlElement, region: Region | None, kind: Kind, in_article: bool, depth: int) -> None:
        is_link = element.tag == "a" and not (element.get("href") or "#").startswith("#")
        if is_link:
            self.open_links += 1
            self.links.append(element)
        self._add(element.text)
        cards = cards_among(element, self.host) - self.holds_headline if region is None else ()
        for child in element:
            if not is_unseen(child):
                self.enter(child, Region.CARD if child in cards else region, kind, in_article, depth + 1)
            # A tail after a block belongs to this element's own line.
            self._add(child.tail)
        if is_link:
            self.open_links -= 1

    def _row(self, row: HtmlElement) -> None:
        cells = (" ".join("".join(cell.itertext()).split()) for cell in row.iterchildren("td", "th"))
        self._add(" | ".join(cell for cell in cells if cell))
        self.links += row.iter("a")
        self.linked += sum(len(" ".join("".join(link.itertext()).split())) for link in row.iter("a"))

    def _add(self, text: str | None) -> None:
        if text:
            self.parts.append(text)
            self.characters += len(text)
            if self.open_links:
                self.linked += len(text.strip())
            if self.characters > MAX_TEXT:
                raise TooComplex(f"more than {MAX_TEXT} characters of text")

    def _break(self, region: Region | None, kind: Kind) -> None:
        if "".join(self.parts).strip():
            self._flush(region, kind, hard=False)
        else:
            self.soft = False  # the second <br> in a row parts paragraphs

    def _flush(self, region: Region | None, kind: Kind, *, hard: bool) -> None:
        raw = "".join(self.parts)
        text = raw.strip("\n") if kind is Kind.PRE else " ".join(raw.split())
        if any(map(str.isalnum, text)):
            if len(self.result.lines) >= MAX_LINES:
                raise TooComplex(f"more than {MAX_LINES} lines")
            line = Line(text, kind, self.block, region, min(self.linked, len(text)), tuple(self.links), self.soft)
            self.result.lines.append(line)
            self.soft = True
        if hard:
            self.soft = False
        self.parts, self.linked = [], 0
        self.links = self.links[-self.open_links :] if self.open_links else []

    def _region(self, element: HtmlElement, in_article: bool) -> Region | None:
        if element in self.holds_headline:
            return None
        if element.tag == "article":
            return Region.CARD if is_card(element) else None
        region = region_of(element, in_article=in_article)
        if region and self._is_the_story(element):
            return None
        return region

    def _is_the_story(self, element: HtmlElement) -> bool:
        """True when most of the page's text stands in it, so that its name must mean something else."""
        if element.tag in ("nav", "footer", "dialog") or _NEVER_THE_STORY.search(
            (element.get("class") or "") + " " + (element.get("id") or "")
        ):
            return False
        is_story = self.misnamed < MAX_MISNAMED and prose_length(element) > 0.5 * self.prose
        self.misnamed += is_story
        return is_story


def _kind(element: HtmlElement, inherited: Kind) -> Kind:
    tag = element.tag
    if tag in _HEADINGS:
        return Kind.HEADING
    if tag == "pre":
        return Kind.PRE
    if tag == "blockquote":
        return Kind.QUOTE
    if tag in ("li", "dd", "dt"):
        return Kind.ITEM
    return inherited


def _is_row(row: HtmlElement) -> bool:
    """True for a row of figures or facts, False for one that only lays out the page."""
    cells = row.findall("td") + row.findall("th")
    if len(cells) < 2 or short_text(row, MAX_ROW) is None:
        return False
    return not any(inner.tag in _BLOCKS for cell in cells for inner in cell.iterdescendants() if inner.tag != "p")


def ancestors(element: HtmlElement, top: HtmlElement | None = None) -> Iterator[HtmlElement]:
    """The element and all around it, up to and including `top`."""
    yield element
    if element is not top:
        for outer in element.iterancestors():
            yield outer
            if outer is top:
                return
