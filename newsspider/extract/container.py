"""Where the story's text stands: the element that holds it, and which lines are its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from newsspider.extract.outline import Kind, Line, Outline, ancestors
from newsspider.extract.regions import BODY_WORDS, names
from newsspider.extract.wording import same

_NOT_A_CONTAINER = frozenset(("p", "li", "blockquote", "ul", "ol", "dl", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "pre"))
_LEAD_WORDS = 8
LEAST_PROSE = 150  # characters of running text that can be a story's


def find_container(page: Outline, top: HtmlElement, headline: HtmlElement | None) -> HtmlElement | None:
    """The innermost element around the story's running text; None when the page has none."""
    counts = _own_article(page, headline, _text_behind(page, headline))
    weight = _Sums(page, counts)
    if not weight.of(top):
        return None
    innermost = _descend(top, weight)
    container = next(one for one in ancestors(innermost, top) if one is top or (one in page.spans and one.tag not in _NOT_A_CONTAINER))
    marked = next((one for one in ancestors(container, top) if one is not top and one in page.spans and _is_marked(one)), None)
    if marked is not None and not _holds(page, marked, headline):
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


class _Sums:
    """Sums of a number of each line over the lines of an element, each in one step."""

    def __init__(self, page: Outline, numbers: Iterable[int]) -> None:
        self.spans = page.spans
        self.upto = list(accumulate(numbers, initial=0))

    def of(self, element: HtmlElement) -> int:
        start, end = self.spans.get(element, (0, 0))
        return self.upto[end] - self.upto[start]


def _descend(top: HtmlElement, weight: _Sums) -> HtmlElement:
    """From the top, always into the child that holds most of the text, as long as it holds more than half."""
    current = top
    while True:
        heaviest = max(current, key=weight.of, default=None)
        if heaviest is None or weight.of(heaviest) <= 0.5 * weight.of(current):
            return current
        current = heaviest


def _widen(container: HtmlElement, top: HtmlElement, headline: HtmlElement | None, page: Outline) -> HtmlElement:
    """Outward while the container's neighbours are running text too, but not around the headline's whole page."""
    own = _Sums(page, (len(line.text) if line.region is None else 0 for line in page.lines))
    prose = _Sums(page, (len(line.text) if line.is_prose and line.kind is not Kind.ITEM else 0 for line in page.lines))
    for outer in list(ancestors(container, top))[1:]:
        if outer is top or outer.tag in ("main", "body") or _holds(page, outer, headline):
            break
        if prose.of(outer) - prose.of(container) < 0.7 * (own.of(outer) - own.of(container)):
            break
        container = outer
    return container


def _holds(page: Outline, element: HtmlElement, headline: HtmlElement | None) -> bool:
    """True when the element is around the headline."""
    if headline is None or headline not in page.spans:
        return False
    start, end = page.spans.get(element, (0, 0))
    first, last = page.spans[headline]
    return start <= first and last <= end and first < last


def _is_marked(element: HtmlElement) -> bool:
    return element.get("itemprop") in ("articleBody", "text") or (
        element.tag not in ("html", "body", "main") and BODY_WORDS.search(names(element)) is not None
    )


def _is_short_text(line: Line) -> bool:
    """True for a verse or a line of a table, which count where there is no running text."""
    return line.region is None and line.kind is not Kind.HEADING and line.link_share < 0.5 and len(line.text.split()) >= 3


def _headline_end(page: Outline, headline: HtmlElement | None) -> int:
    return page.spans.get(headline, (0, 0))[1] if headline is not None else 0


def _own_article(page: Outline, headline: HtmlElement | None, counts: list[int]) -> list[int]:
    """Only what stands in the headline's own <article>, where that has running text: another one beside it is another story."""
    own = next(headline.iterancestors("article"), None) if headline is not None else None
    start, end = page.spans.get(own, (0, 0)) if own is not None else (0, 0)
    if sum(counts[start:end]) < LEAST_PROSE:
        return counts
    return [count if start <= index < end else 0 for index, count in enumerate(counts)]


def _text_behind(page: Outline, headline: HtmlElement | None) -> list[int]:
    """For each line the characters that count as the story's text: of running text behind the headline, of all where hardly any follows it; of
    short lines where there is nothing else."""
    lines = page.lines
    first = _headline_end(page, headline)
    if sum(len(line.text) for line in lines[first:] if line.is_prose) < LEAST_PROSE:
        first = 0
    counted = [line.is_prose and index >= first for index, line in enumerate(lines)]
    if not any(counted):
        counted = [_is_short_text(line) and index >= first for index, line in enumerate(lines)]
    return [len(line.text) - line.linked if count else 0 for line, count in zip(lines, counted, strict=True)]
