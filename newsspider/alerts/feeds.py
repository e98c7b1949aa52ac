"""Feeds of a search's hits, pure: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from lxml import etree

from newsspider.items import Precision
from newsspider.search import Hit, Results, Segment
from newsspider.store import Notice
from newsspider.text.printable import printable
from newsspider.urls import join

ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_IDS = uuid.uuid5(uuid.NAMESPACE_DNS, "article.newsspider")
_TO_THE_DAY = (Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY)


def atom_feed(title: str, self_url: str, results: Results, updated: datetime) -> bytes:
    """An Atom document of the hits, in their order. `updated` is aware; an entry has `published` only where that is known to the day."""
    feed = _begun(title, self_url, updated)
    for hit in results.hits:
        _add_entry(feed, hit)
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8")


def notices_feed(
    title: str, self_url: str, notices: Iterable[Notice], updated: datetime, say: Callable[[Notice, bool], tuple[str, str]]
) -> bytes:
    """An Atom document of notices, in their order. The end of one is an entry of its own, for readers show no entry a second time. `say` gives the
    title and the text of a notice's beginning, or (True) of its end."""
    feed = _begun(title, self_url, updated)
    for notice in notices:
        if notice.ended_at:
            _add_notice(feed, f"{notice.id}_ended", notice, say(notice, True), notice.ended_at)
        _add_notice(feed, notice.id, notice, say(notice, False), notice.first_at)
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8")


def _add_notice(feed: etree._Element, entry_id: str, notice: Notice, said: tuple[str, str], at: datetime) -> None:
    title, text = said
    entry = _add(feed, "entry")
    _add(entry, "id", _id(entry_id))
    _add(entry, "title", title)
    _add(entry, "updated", at.isoformat())
    _add(entry, "published", at.isoformat())
    _add(entry, "category", term=notice.kind)
    _add(entry, "summary", text)


def _begun(title: str, self_url: str, updated: datetime) -> etree._Element:
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the stubs forget the default namespace
    _add(feed, "id", _id(self_url))
    _add(feed, "title", title)
    _add(feed, "updated", updated.isoformat())
    _add(feed, "link", rel="self", type="application/atom+xml", href=self_url)
    _add(_add(feed, "author"), "name", "newsspider")
    return feed


def _add_entry(feed: etree._Element, hit: Hit) -> None:
    entry = _add(feed, "entry")
    if hit.language:
        entry.set(_LANGUAGE, printable(hit.language))
    published = _published(hit)
    _add(entry, "id", _id(hit.id))
    _add(entry, "title", _joined(hit.title))
    _add(entry, "updated", (published or hit.first_seen_at).isoformat())
    if published:
        _add(entry, "published", published.isoformat())
    if address := join("", hit.url):
        _add(entry, "link", rel="alternate", href=address)
    for name in hit.authors or (hit.source,):
        _add(_add(entry, "author"), "name", name)
    for word in _categories(hit):
        _add(entry, "category", term=word)
    _add(entry, "summary", _joined(hit.snippet))


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", {key: printable(value) for key, value in attributes.items()})
    element.text = None if text is None else printable(text)
    return element


def json_feed(title: str, self_url: str, results: Results, updated: datetime) -> bytes:
    """A JSON Feed of the hits, in their order, with what is known of each date's precision in the extension `_newsspider`."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": printable(title),
        "feed_url": self_url,
        "_newsspider": {"total": results.total, "updated": updated.isoformat()},
        "items": [_item(hit) for hit in results.hits],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _item(hit: Hit) -> dict[str, Any]:
    published = _published(hit)
    item = {
        "id": _id(hit.id),
        "url": join("", hit.url),
        "title": printable(_joined(hit.title)),
        "content_text": printable(_joined(hit.snippet)),
        "image": join("", hit.image_url or ""),
        "date_published": published and published.isoformat(),
        "authors": [{"name": printable(name)} for name in hit.authors],
        "tags": [printable(word) for word in _categories(hit)],
        "language": hit.language and printable(hit.language),
        "_newsspider": {
            "source": printable(hit.source),
            "precision": hit.precision,
            "published_day": hit.published_day and hit.published_day.isoformat(),
            "first_seen_at": hit.first_seen_at.isoformat(),
        },
    }
    return {name: value for name, value in item.items() if value is not None}


def _published(hit: Hit) -> datetime | None:
    """The moment that a feed may state: one of a nominal week, month or year would be a guess."""
    return hit.published_at if hit.precision in _TO_THE_DAY else None


def _categories(hit: Hit) -> list[str]:
    return list(dict.fromkeys([hit.section, *hit.tags] if hit.section else hit.tags))


def _joined(segments: Iterable[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def _id(name: str) -> str:
    """A permanent id (RFC 4122) of an article or a feed."""
    return uuid.uuid5(_IDS, name).urn
