"""Sitemaps (sitemaps.org 0.9), Google's news sitemaps, and indexes of them, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from lxml import etree

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.spiders.collected import Collected, Unreadable, evidence, tidy
from newsspider.spiders.xml import elements, local_name

MAX_LEVELS = 3  # of indexes within indexes


def read_sitemap(chunks: Iterable[bytes], found: Collected, kind: str, depth: int) -> None:
    """Collect the addresses of a sitemap, or the sitemaps of an index. Raises Unreadable."""
    for event, element in elements(chunks):
        name = local_name(element)
        if event == "start" or name not in ("url", "sitemap"):
            continue
        facts = _facts(element)
        if name == "url":
            link = Link(url="", title=facts.get("title"), evidence=_published(facts) + _modified(facts))
            found.article(_address(facts), link)
        elif depth < MAX_LEVELS:
            found.discovery(_address(facts), kind, _modified(facts), _changed_at(facts))
        else:
            raise Unreadable(f"is an index more than {MAX_LEVELS} levels deep; the sitemaps in it were left out")
        _forget(element)


def _address(facts: dict[str, str]) -> str:
    return facts.get("loc", "").replace("&amp;", "&")  # written out twice, or within CDATA


def _published(facts: dict[str, str]) -> tuple[DateEvidence, ...]:
    return evidence(EvidenceKind.SITEMAP, facts.get("publication_date"), "news sitemap: publication_date", EvidenceRole.PUBLISHED)


def _modified(facts: dict[str, str]) -> tuple[DateEvidence, ...]:
    return evidence(EvidenceKind.SITEMAP, facts.get("lastmod"), "sitemap: lastmod", EvidenceRole.MODIFIED)


def _changed_at(facts: dict[str, str]) -> datetime | None:
    """A W3C time; a day counts to its end, wherever on earth the site is."""
    try:
        moment = datetime.fromisoformat(facts.get("lastmod", ""))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(days=1, hours=12)
    except (ValueError, OverflowError):  # the second: 9999-12-31
        return None


def _facts(element: etree._Element) -> dict[str, str]:
    """The texts of an entry and of its news part by name; pictures and videos have addresses and titles of their own."""
    facts: dict[str, str] = {}
    for child in element:
        if local_name(child) == "news":
            facts.update(_facts(child))
        elif text := tidy(child.text):
            facts.setdefault(local_name(child), text)
    return facts


def _forget(element: etree._Element) -> None:
    """Give back the memory of an entry that was read, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
