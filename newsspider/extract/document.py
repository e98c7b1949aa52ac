"""Text to tree: parsed once, within limits.

libxml2 drops what is nested deeper than it allows without a word, and takes time in the square of an element's attributes; both are looked for
here, so that a page made to hurt ends as too_complex and not as an empty article.
"""

from __future__ import annotations

import re

from lxml import etree, html
from lxml.html import HtmlElement

MAX_TAGS = 150_000
MAX_ATTRIBUTES = 2_000  # of one element

# A tag with all its attributes; quotes hold a value only after "=", as in HTML's own grammar. Never backtracks.
_TAG = re.compile(rb"""<[A-Za-z](?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""")
_VALUE = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+)""")
_NOT_HTML = re.compile(
    rb"\s*(?:%PDF-|\x89PNG|GIF8|\xff\xd8\xff|PK\x03\x04|\x1f\x8b|RIFF|ID3|OggS|Rar!|MZ|\x7fELF|.{4}ftyp|[{\[])", re.DOTALL
)
_FEED = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|rdf:RDF|svg)\b", re.DOTALL)
_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/plain", "application/octet-stream", "")
_STARTS_LIKE_HTML = re.compile(rb"<(?:!doctype|html|head|body|meta|div|title|p)\b", re.IGNORECASE)


# Nothing below these is ever text of a story; <noscript> repeats pictures.
_SILENT = ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video", "map")


class TooComplex(Exception):
    """The page is beyond a limit; the message says which."""


def is_html(body: bytes, content_type: str) -> bool:
    """False for anything not to be read as HTML, by its label and its first bytes; a missing or vague label leaves it to the bytes."""
    kind = content_type.partition(";")[0].strip().lower()
    head = body[:2048]
    if _NOT_HTML.match(head) or _FEED.match(head):
        return False
    if kind in _HTML_TYPES[:3]:
        return b"\0\0\0" not in head
    return kind in _HTML_TYPES and _STARTS_LIKE_HTML.search(head) is not None


def parse(text: str) -> HtmlElement:
    """The document's root element, comments and processing instructions left out. Raises TooComplex."""
    body = text.replace("\0", "").encode("utf-8", "replace")
    _check_size(body)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return html.document_fromstring(body, parser=parser)
    except etree.ParserError:  # nothing but white space or comments
        return html.document_fromstring(b"<html><body></body></html>", parser=parser)


def _check_size(body: bytes) -> None:
    if body.count(b"<") > MAX_TAGS:
        raise TooComplex(f"more than {MAX_TAGS} tags")
    for tag in _TAG.finditer(body):
        # An attribute takes two bytes at least.
        if tag.end() - tag.start() > 2 * MAX_ATTRIBUTES and len(_VALUE.sub(b" ", tag[0]).split()) > MAX_ATTRIBUTES:
            raise TooComplex(f"an element of more than {MAX_ATTRIBUTES} attributes")


def strip_silent(root: HtmlElement) -> None:
    """Takes scripts, styles, players and the like out of the tree; JSON-LD must have been read before."""
    etree.strip_elements(root, *_SILENT, with_tail=False)
