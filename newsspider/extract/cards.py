"""Cards: teasers of other stories, told by their build, not by their names."""

from __future__ import annotations

from collections import defaultdict

from lxml.html import HtmlElement

MIN_ALIKE = 3
MAX_LETTERS = 500  # of a card: headline, excerpt, date
MAX_PIECES = 500
HEADLINE_WORDS = 3
MAX_BEFORE = 40  # letters before the headline: date, section

_TAGS = frozenset(("li", "div", "article", "section", "dl", "tr", "td"))
_LINKED_HEADING = "descendant::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][ancestor::a or descendant::a]"


def letters(element: HtmlElement) -> int:
    """Characters of text, white space left out."""
    return sum(map(len, "".join(element.itertext()).split()))


def prose_length(element: HtmlElement) -> int:
    """Letters outside links."""
    return letters(element) - sum(letters(link) for link in element.iter("a"))


def short_text(element: HtmlElement, most: int) -> str | None:
    """The text without white space, None when it is longer than `most` or in too many pieces: never walks far."""
    parts: list[str] = []
    length = 0
    for pieces, text in enumerate(element.itertext()):
        part = "".join(text.split())
        length += len(part)
        if length > most or pieces > MAX_PIECES:
            return None
        parts.append(part)
    return "".join(parts)


def is_card(article: HtmlElement) -> bool:
    """True for an <article> element that announces another page's story: its heading is a link."""
    return bool(article.xpath(_LINKED_HEADING)) or (prose_length(article) < 300 and any(letters(link) > 15 for link in article.iter("a")))


def cards_among(parent: HtmlElement, host: str) -> set[HtmlElement]:
    """The children that are cards: at least three of one build side by side, each led by a headline that links within the site `host`."""
    if len(parent) < MIN_ALIKE:
        return set()
    alike: dict[tuple[object, str | None], list[HtmlElement]] = defaultdict(list)
    for child in parent:
        if child.tag in _TAGS:
            alike[child.tag, child.get("class")].append(child)
    found: set[HtmlElement] = set()
    for group in alike.values():
        if len(group) >= MIN_ALIKE:
            cards = [child for child in group if _leads_elsewhere(child, host)]
            if len(cards) >= max(MIN_ALIKE, 0.6 * len(group)):
                found.update(cards)
    return found


def _leads_elsewhere(element: HtmlElement, host: str) -> bool:
    """True when hardly anything but a date or a section stands before a link as long as a headline."""
    text = short_text(element, MAX_LETTERS)
    if not text:
        return False
    headline = next((link for link in element.iter("a") if len("".join(link.itertext()).split()) >= HEADLINE_WORDS), None)
    if headline is None or not _is_within(headline.get("href") or "", host):
        return False
    before = text.find("".join("".join(headline.itertext()).split()))
    return 0 <= before <= MAX_BEFORE or bool(element.xpath(_LINKED_HEADING))


def _is_within(href: str, host: str) -> bool:
    """True for an address of the site, False for other sites and for places within the page."""
    if href.startswith(("#", "javascript:", "mailto:")) or not href:
        return False
    return ("://" not in href and not href.startswith("//")) or (host != "" and host in href.partition("//")[2].partition("/")[0])
