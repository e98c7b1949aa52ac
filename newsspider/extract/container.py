"""Where the story's text stands: the element that holds it, and which lines are its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lxml.html import HtmlElement

from newsspider.extract.outline import Kind, Line, Outline, ancestors
from newsspider.extract.regions import BODY_WORDS, names
from newsspider.extract.wording import same

_NOT_A_CONTAINER = frozenset(("p", "li", "blockquote", "ul", "ol", "dl", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "pre"))
_LEAD_WORDS = 8


def find_container(page: Outline, top: HtmlElement, headline: HtmlElement | None) -> HtmlElement | None:
    """The innermost element around the story's running text; None when the page has none."""
    lines = _after(page, headline)
    prose = [line for line in lines if line.is_prose] or [line for line in lines if _is_short_text(line)]
    if not prose:
        return None
    weight: dict[HtmlElement, int] = defaultdict(int)
    for line in prose:
        for element in ancestors(line.element, top):
            weight[element] += len(line.text) - line.linked
    innermost = _descend(top, weight)
    container = next(one for one in ancestors(innermost, top) if one is top or (one in page.spans and one.tag not in _NOT_A_CONTAINER))
    marked = next((element for element in ancestors(container, top) if _is_marked(element)), None)
    if marked is not None and marked is not top and (headline is None or headline not in marked.iterdescendants()):
        return marked
    return _widen(container, top, headline, page)


def story_lines(page: Outline, container: HtmlElement, top: HtmlElement, headline: HtmlElement | None) -> list[Line]:
    """The container's lines, and before them the lead where it stands between headline and container."""
    start, end = page.spans[container]
    first = _headline_end(page, headline)
    inside = page.lines[max(start, first) if first < end else start : end]
    if headline is None or first >= start:
        return inside
    scope = common_ancestor(headline, container)
    near = set(ancestors(container, scope)) if scope is not top else set(list(ancestors(container, top))[:3])
    lead = [
        line
        for line in page.lines[first:start]
        if line.region is None
        and line.kind in (Kind.TEXT, Kind.QUOTE)
        and line.link_share < 0.3
        and len(line.text.split()) >= _LEAD_WORDS
        and any(element in near for element in ancestors(line.element, scope))
    ]
    return lead + inside


def line_above(page: Outline, container: HtmlElement, titles: Sequence[str]) -> HtmlElement | None:
    """The element above the container that is one of the titles, the nearest: a headline that is no heading in HTML."""
    start, _ = page.spans[container]
    above = [line.element for line in reversed(page.lines[: start + 2]) if any(same(line.text, title) for title in titles)]
    return next((element for element in above if len(page.within(element)) == 1), None)


def common_ancestor(a: HtmlElement, b: HtmlElement) -> HtmlElement:
    """The innermost element around both."""
    around = set(ancestors(a))
    return next(element for element in ancestors(b) if element in around)


def _descend(top: HtmlElement, weight: dict[HtmlElement, int]) -> HtmlElement:
    """From the top, always into the child that holds most of the text, as long as it holds more than half; never into a paragraph."""
    current = top
    while True:
        heaviest = max(current, key=lambda child: weight.get(child, 0), default=None)
        if heaviest is None or weight.get(heaviest, 0) <= 0.5 * weight[current]:
            break
        current = heaviest
    return current


def _widen(container: HtmlElement, top: HtmlElement, headline: HtmlElement | None, page: Outline) -> HtmlElement:
    """Outward while the container's neighbours are running text too, but not around the headline's whole page."""
    for outer in list(ancestors(container, top))[1:]:
        if outer is top or outer.tag in ("main", "body") or (headline is not None and headline in outer.iterdescendants()):
            break
        inner = page.spans.get(container, (0, 0))
        beside = (
            [line for index, line in enumerate(page.within(outer), page.spans[outer][0]) if not inner[0] <= index < inner[1]]
            if outer in page.spans
            else []
        )
        prose = [line for line in beside if line.is_prose and line.kind is not Kind.ITEM]
        if beside and sum(len(line.text) for line in prose) < 0.7 * sum(len(line.text) for line in beside if line.region is None):
            break
        container = outer
    return container


def _is_marked(element: HtmlElement) -> bool:
    return element.get("itemprop") in ("articleBody", "text") or (
        element.tag not in ("html", "body", "main") and BODY_WORDS.search(names(element)) is not None
    )


def _is_short_text(line: Line) -> bool:
    """True for a verse or a line of a table, which count where there is no running text."""
    return line.region is None and line.kind is not Kind.HEADING and line.link_share < 0.5 and len(line.text.split()) >= 3


def _headline_end(page: Outline, headline: HtmlElement | None) -> int:
    return page.spans.get(headline, (0, 0))[1] if headline is not None else 0


def _after(page: Outline, headline: HtmlElement | None) -> list[Line]:
    """The lines behind the headline; all, where hardly any text follows it."""
    behind = page.lines[_headline_end(page, headline) :]
    return behind if sum(len(line.text) for line in behind if line.is_prose) >= 150 else page.lines
