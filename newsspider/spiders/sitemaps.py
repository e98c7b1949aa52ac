"""Sitemaps (sitemaps.org 0.9), Google's news sitemaps, and indexes of them, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.spiders.collected import Collected, Unreadable, evidence, tidy
from newsspider.spiders.xml import elements, local_name

MAX_LEVELS = 3  # of indexes within indexes
_PUBLISHED = "publication_date"


def read_sitemap(chunks: Iterable[bytes], found: Collected, kind: str, depth: int) -> None:
    """Collect the addresses of a sitemap, or the sitemaps of an index. Raises Unreadable, also for a file that is cut off."""
    root: etree._Element | None = None
    whole = False
    for event, element in elements(chunks):
        if event == "start":
            root = element if root is None else root
            continue
        whole = element is root
        name = local_name(element)
        if name == "url":
            _read_url(element, found)
        elif name == "sitemap":
            if depth >= MAX_LEVELS:
                raise Unreadable(f"is an index more than {MAX_LEVELS} levels deep; the sitemaps in it were left out")
            facts = _facts(element)
            found.discovery(facts.get("loc", ""), kind, _modified(facts))
        else:
            continue
        _forget(element)
    if not whole:
        raise Unreadable(f"is cut off or broken after {len(found.links)} wanted addresses")


def _read_url(element: etree._Element, found: Collected) -> None:
    facts = _facts(element)
    published = evidence(EvidenceKind.SITEMAP, facts.get(_PUBLISHED), f"news sitemap: {_PUBLISHED}", EvidenceRole.PUBLISHED)
    found.article(facts.get("loc", ""), Link(url="", title=facts.get("title"), evidence=published + _modified(facts)))


def _modified(facts: dict[str, str]) -> tuple[DateEvidence, ...]:
    return evidence(EvidenceKind.SITEMAP, facts.get("lastmod"), "sitemap: lastmod", EvidenceRole.MODIFIED)


def _facts(element: etree._Element) -> dict[str, str]:
    """The texts of an entry and of its news part by name; pictures and videos have addresses and titles of their own."""
    facts: dict[str, str] = {}
    for child in element:
        if local_name(child) == "news":
            facts.update(_facts(child))
        elif len(child) == 0 and (text := tidy(child.text)):
            facts.setdefault(local_name(child), text)
    return facts


def _forget(element: etree._Element) -> None:
    """Give back the memory of an entry that was read, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
