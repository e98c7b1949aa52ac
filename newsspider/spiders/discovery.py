"""Discovery pages, pure: bytes of a feed, sitemap or listing → the links in them, with what is said of each.

Which links are wanted is decided by `sources.accepts`. Nothing is fetched here, and no path or address is ever opened.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsspider.items import Link
from newsspider.sources import Source
from newsspider.spiders.collected import Collected, Unreadable
from newsspider.spiders.feeds import read_feed, read_json_feed
from newsspider.spiders.listings import read_listing
from newsspider.spiders.sitemaps import read_sitemap
from newsspider.spiders.xml import root_name

MAX_BYTES = 50 << 20  # after decompression, the sitemap protocol's own limit
READING_TIMES = 6  # as long as an article's page may a discovery page be read
CHUNK = 1 << 16
GZIP = b"\x1f\x8b"
_KINDS = {"rss": "feed", "RDF": "feed", "feed": "feed", "urlset": "sitemap", "sitemapindex": "sitemap", "html": "listing"}
_CALLED = {"feed": "a feed", "sitemap": "a sitemap", "news_sitemap": "a news sitemap", "listing": "a web page"}
_KEYS = {"feed": "feeds", "sitemap": "sitemaps", "listing": "listings"}


@dataclass(slots=True, frozen=True)
class Discovered:
    """What a discovery page leads to.

    `links` are articles, and the sitemaps of an index; `next` is the page that follows a listing. `problem` says what is wrong with the page, None
    when nothing is; what could be read of it is in `links` all the same. `ignored` counts the links that are not wanted, by reason.
    """

    links: tuple[Link, ...] = ()
    next: tuple[Link, ...] = ()
    problem: str | None = None
    ignored: Mapping[str, int] = field(default_factory=dict)


def parse_discovery(kind: str, body: bytes, url: str, *, source: Source, encoding: str | None = None, depth: int = 0) -> Discovered:
    """The links of a page announced as `kind`: feed, news_sitemap, sitemap or listing.

    `url` is where the page was found at last; `encoding` is what its HTTP header says; `depth` counts the discovery pages that led to it.
    """
    found, following = Collected(source, url), Collected(source, url)
    problem: str | None = None
    try:
        _read(kind, body, url, found, following, encoding, depth)
        if not found.links and found.ignored.total() and set(found.ignored) == {"offsite"}:
            problem = f"leads to other sites only; add theirs to `hosts` of the source {source.name} if they are its own"
    except Unreadable as e:
        problem = str(e)
    except UnicodeDecodeError as e:  # lxml lets a reference such as "&#xD800;" through, and fails when asked for the text
        problem = f"refers to characters that are none ({e})"
    return Discovered(tuple(found.links.values()), tuple(following.links.values()), problem, dict(found.ignored))


def _read(kind: str, body: bytes, url: str, found: Collected, following: Collected, encoding: str | None, depth: int) -> None:
    head = next(_chunks(body), b"")
    if not head.strip():
        raise Unreadable("is empty")
    is_json = head.lstrip().startswith((b"{", b"["))
    actual = "feed" if is_json else _KINDS.get(root_name(_chunks(body)) or "", "listing")
    if actual != kind.removeprefix("news_"):
        raise Unreadable(f"was announced as {_CALLED[kind]}, but is {_CALLED[actual]}; it belongs under `{_KEYS[actual]}`")
    if kind == "listing":
        read_listing(_whole(body), url, found, following, encoding, depth)
    elif kind != "feed":
        read_sitemap(_chunks(body), found, kind, depth)
    elif is_json:
        read_json_feed(_whole(body), found)
    else:
        read_feed(_whole(body), found, encoding)


def _whole(body: bytes) -> bytes:
    return b"".join(_chunks(body))


def _chunks(body: bytes) -> Iterator[bytes]:
    """The body piece by piece, unpacked where it is gzip. Raises Unreadable past MAX_BYTES and for broken gzip."""
    pieces = _unpacked(body) if body.startswith(GZIP) else (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            raise Unreadable(f"is longer than {MAX_BYTES >> 20} MB")
        yield piece


def _unpacked(body: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    while body and not unpacker.eof:
        try:
            piece = unpacker.decompress(body, CHUNK)
        except zlib.error as e:
            raise Unreadable(f"is broken gzip: {e}") from e
        body = unpacker.unconsumed_tail
        if piece.startswith(GZIP):
            raise Unreadable("is gzip within gzip")
        if piece:
            yield piece
    if not unpacker.eof:
        raise Unreadable("is gzip that is cut off")
