"""Feeds: RSS and Atom through feedparser, which is given bytes only (it opens paths and addresses), and JSON Feed."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

import feedparser

from newsspider.items import EvidenceKind, EvidenceRole, Link
from newsspider.sources import Source
from newsspider.spiders.collected import Collected, Unreadable, evidence, tidy
from newsspider.spiders.xml import check_encoding, declared_encoding

_MARKUP = re.compile(r"<[^<>]{0,500}>")
_MAIL = re.compile(r"[^\s()]+@[^\s()]+")


def read_feed(body: bytes, found: Collected, encoding: str | None) -> None:
    """Collect the entries of an RSS or Atom feed. Raises Unreadable."""
    if b"<!ENTITY" in body.replace(b"\0", b""):
        raise Unreadable("declares XML entities, which are not read")
    headers = {"content-location": found.base, "content-type": f"application/xml{_charset(body, encoding, found.source)}"}
    try:
        parsed = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as e:  # its handlers of elements raise what they like
        raise Unreadable(f"is no readable feed: feedparser gave up ({type(e).__name__}: {e})") from e
    for entry in parsed.entries:
        _read_entry(entry, found, is_atom=parsed.version.startswith("atom"))
    if not parsed.entries and parsed.bozo:
        raise Unreadable(f"is no readable feed: {parsed.bozo_exception}")


def _charset(body: bytes, encoding: str | None, source: Source) -> str:
    """The header's encoding counts only where the document itself names none and is not UTF-8: headers are wrong more often."""
    if declared_encoding(body) or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        check_encoding(encoding)
        return f"; charset={encoding or ('windows-1256' if source.language == 'ar' else 'utf-8')}"
    return "; charset=utf-8"


def _read_entry(entry: dict[str, Any], found: Collected, *, is_atom: bool) -> None:
    href = entry.get("feedburner_origlink") or entry.get("link") or entry.get("id") or ""
    published, updated = dict.get(entry, "published"), dict.get(entry, "updated")  # feedparser's own get() takes one for the other
    # RSS 1.0 has one date only (dc:date), which feedparser calls "updated".
    updated_role = EvidenceRole.MODIFIED if published or is_atom else EvidenceRole.UNKNOWN
    link = Link(
        url="",
        title=_plain(entry["title"], entry.get("title_detail", {}).get("type", "")) if "title" in entry else None,
        section=next((text for tag in entry.get("tags", ()) if (text := tidy(tag.get("term")))), None),
        authors=_authors(entry),
        evidence=evidence(EvidenceKind.FEED, published, "feed entry: published", EvidenceRole.PUBLISHED)
        + evidence(EvidenceKind.FEED, updated, "feed entry: updated", updated_role),
    )
    found.article(href, link)


def read_json_feed(body: bytes, found: Collected) -> None:
    """Collect the items of a JSON Feed (jsonfeed.org, version 1). Raises Unreadable."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise Unreadable(f"is no readable JSON: {e}") from e
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise Unreadable("is JSON, but no JSON Feed")
    for item in _objects(feed.get("items")):
        authors = [*_objects(item.get("authors")), *_objects([item.get("author")])]
        tags = item.get("tags")
        link = Link(
            url="",
            title=tidy(item.get("title")) or None,
            section=tidy(tags[0]) or None if isinstance(tags, list) and tags else None,
            authors=tuple(dict.fromkeys(name for author in authors if (name := _author(author.get("name"))))),
            evidence=evidence(EvidenceKind.FEED, item.get("date_published"), "feed item: date_published", EvidenceRole.PUBLISHED)
            + evidence(EvidenceKind.FEED, item.get("date_modified"), "feed item: date_modified", EvidenceRole.MODIFIED),
        )
        found.article(tidy(item.get("url") or item.get("id")), link)


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _plain(text: str, content_type: str) -> str | None:
    return tidy(unescape(_MARKUP.sub(" ", text)) if content_type.endswith("html") else text) or None


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    authors = entry.get("authors", ())
    # For a single one the text as it stood: feedparser cuts "desk@site.example (name)" at the wrong place.
    texts = [entry["author"]] if len(authors) == 1 and "author" in entry else [author.get("name") for author in authors]
    return tuple(dict.fromkeys(name for text in texts if (name := _author(text))))


def _author(value: object) -> str | None:
    return tidy(_MAIL.sub(" ", value)).strip("() ") or None if isinstance(value, str) else None
