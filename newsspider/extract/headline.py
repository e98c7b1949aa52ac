"""The headline: what the page's statements and its headings agree on, without the site's name and not doubled."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from newsspider.extract.metadata import split_url
from newsspider.extract.regions import names
from newsspider.extract.wording import alike, same, words
from newsspider.text import clean_text

MAX_TITLE = 500
MAX_HEADINGS = 400
MAX_NAMED = 5_000
MAX_TITLE_WORDS = 40

_HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NAMED_TITLE = re.compile(r"\b(?:title|headline|entry-title|post-title|article-title|news-title|story-title|page-title)\b")
_SEPARATOR = re.compile(r"\s+[|\-–—:·•»«/]+\s+|\s*[|»]\s*")


def find_headline(root: HtmlElement, stated: Sequence[str], sites: Sequence[str]) -> HtmlElement | None:
    """The heading that says what the page states as its title; without such a statement, the first <h1> that is not the site's name."""
    best, best_score = None, 0.0
    for position, heading in enumerate(root.iter(*_HEADING_TAGS)):
        if position >= MAX_HEADINGS:
            break
        text = text_of(heading)
        if not text or len(text) > MAX_TITLE or any(same(text, site) for site in sites):
            continue
        score = _agreement(text, stated)
        if heading.tag == "h1":
            score = score * 1.6 + 0.2
        if heading.get("itemprop") == "headline" or _NAMED_TITLE.search(names(heading)):
            score *= 1.3
        if score > best_score:
            best, best_score = heading, score
    return best if best_score > 0.1 else None


def find_named(root: HtmlElement, sites: Sequence[str]) -> HtmlElement | None:
    """For pages without any heading and without a title of their own: the first text that is called a title, itself no link and without any."""
    for position, element in enumerate(root.iter("div", "span", "td", "p", "b", "strong", "font")):
        if position >= MAX_NAMED:
            break
        if (
            not _NAMED_TITLE.search(names(element))
            or next(element.iterancestors("a"), None) is not None
            or next(element.iter("a"), None) is not None
        ):
            continue
        text = text_of(element)
        if 3 <= len(text.split()) <= MAX_TITLE_WORDS and not any(same(text, site) for site in sites):
            return next(
                outer for outer in (element, *element.iterancestors()) if outer.getparent() is root or text_of(outer.getparent()) != text
            )
    return None


def choose_title(heading: HtmlElement | None, stated: Sequence[str], sites: Sequence[str], sections: Sequence[str], url: str) -> str:
    """The headline's text, of a stated title without site and section; "" when the page has none."""
    bare = [title for text in stated if (title := without_site(text, [*sites, *sections], url))]
    shown = text_of(heading) if heading is not None else ""
    if shown and not any(_is_fuller(title, shown) for title in bare):
        return without_site(shown, sites, url) or shown
    return bare[0] if bare else shown


def without_site(text: str, sites: Sequence[str], url: str) -> str:
    """The title without the site's name before or behind it, and once where it stands twice; "" when nothing else is left."""
    title = tidy(text)
    names_of_site = [*sites, *host_names(url)]
    for _ in range(3):
        parts = _SEPARATOR.split(title)
        if len(parts) < 2:
            break
        first, last = parts[0], parts[-1]
        if _is_site(last, names_of_site):
            title = title[: -len(last)].rstrip(" |-–—:·•»«/")
        elif _is_site(first, names_of_site):
            title = title[len(first) :].lstrip(" |-–—:·•»«/")
        else:
            break
    return "" if _is_site(title, names_of_site) else _once(title)


def sites_in_titles(stated: Sequence[str], title: str) -> list[str]:
    """What stands behind the headline in a stated title: the site as it calls itself there."""
    found = []
    for text in stated:
        parts = _SEPARATOR.split(tidy(text))
        if len(parts) > 1 and same(parts[0], title) and len(parts[-1].split()) <= 5:
            found.append(parts[-1])
    return found


def tidy(text: str) -> str:
    """One line; entities that were escaped twice are read."""
    text = html.unescape(text) if "&" in text else text
    return " ".join(clean_text(text[: 4 * MAX_TITLE]).split())[:MAX_TITLE].strip()


def text_of(element: HtmlElement) -> str:
    """An element's text in one line, as it is shown."""
    return tidy("".join(element.itertext()))


def _agreement(text: str, stated: Sequence[str]) -> float:
    """How much of a stated title the heading says: 1 for all of it, 0 for nothing in common."""
    own = words(text)
    best = 0.0
    for title in stated:
        other = words(title)
        if not own or not other:
            continue
        if own == other:
            return 1.0
        shorter, longer = sorted((own, other), key=len)
        if f" {' '.join(shorter)} " in f" {' '.join(longer)} ":
            best = max(best, len(" ".join(shorter)) / len(" ".join(longer)))
        elif alike(text, title):
            best = max(best, 0.5)
    return best


def _is_fuller(title: str, shown: str) -> bool:
    """True when the heading is only a small part of the stated title."""
    return len(words(shown)) < 0.5 * len(words(title)) and set(words(shown)) <= set(words(title))


def _is_site(part: str, sites: Sequence[str]) -> bool:
    own = words(part)
    return any(own == words(site) or (len(own) <= len(words(site)) + 2 and alike(part, site)) for site in sites)


def host_names(url: str) -> list[str]:
    """The host and the words of it that could be the site's name."""
    host = (split_url(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    return [host, *(label for label in labels[:-1] if len(label) > 3 or len(labels) == 2)] if host else []


def _once(title: str) -> str:
    """A headline that stands twice in a row, once."""
    half = len(title) // 2
    for cut in (half, half + 1):
        if len(words(title)) >= 4 and same(title[:cut], title[cut:]):
            return title[:cut].rstrip(" |-–—:·•»«/")
    return title
