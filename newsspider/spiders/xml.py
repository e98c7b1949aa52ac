"""Reads XML of unknown origin piece by piece: no entity is expanded, nothing is fetched, encodings that can hide markup are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, cast

from lxml import etree

from newsspider.spiders.collected import Unreadable

HEAD_CHUNKS = 16  # that a root element has to begin within
TAIL = 200  # bytes in which a document's last tag is looked for
LONGEST_REFERENCE = 12  # bytes, such as "&#x10ffff;"
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,9};)")
# Not UTF-7 and the like, in which "<!ENTITY" is not seen as such by other readers of the same bytes.
_ENCODING = re.compile(
    r"utf-?8|utf-?16(-?[lb]e)?|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?1|(windows|cp|x-cp)-?\d{3,4}|macarabic", re.IGNORECASE
)
_DECLARED = re.compile(rb"""^[^>]{0,100}?encoding\s*=\s*["']([^"']{1,40})["']""")


def root_name(chunks: Iterable[bytes]) -> str | None:
    """The root element's name without its namespace; None when the beginning of the document has none. Raises Unreadable as `elements`."""
    for _, element in elements(islice(chunks, HEAD_CHUNKS)):
        return local_name(element)
    return None


def elements(chunks: Iterable[bytes]) -> Iterator[tuple[str, etree._Element]]:
    """("start" or "end", element) for every element, the root's start first; what is broken is skipped over.

    Raises Unreadable when entities are declared, when the encoding is none that news is written in, and at the end of a document that is cut off.
    """
    parser = etree.XMLPullParser(("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root: etree._Element | None = None
    event, element, tail = "", None, b""
    for chunk in _mended(chunks):
        parser.feed(chunk)
        tail = (tail + chunk)[-TAIL:]
        for event, element in _events(parser):
            if root is None:
                root = element
                _check_declarations(root.getroottree().docinfo)
            yield event, element
    if root is None or (event == "end" and element is root):
        return
    # Past a mistake the parser waits for its end, which is not known to be the document's: a cut address would be a wrong one.
    closing = rb"</(?:[\w.-]+:)?" + re.escape(local_name(root).encode()) + rb"\s*>"
    if not re.search(closing, tail.replace(b"\0", b"")):
        raise Unreadable("is cut off")
    parser.close()
    for event, element in _events(parser):
        yield event, element
    if element is not root:
        raise Unreadable("is broken XML")


def _events(parser: etree.XMLPullParser) -> Iterator[tuple[str, etree._Element]]:
    """The parser's events; the two kinds it was made for come with elements."""
    return cast("Iterator[tuple[str, etree._Element]]", parser.read_events())


def _mended(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Without blanks before the XML declaration, and with "&" written out where it begins no reference, as in addresses: common mistakes."""
    held, is_wide = b"", False
    for number, piece in enumerate(chunks):
        chunk = held + (piece if number else piece.lstrip(b" \t\r\n"))
        if number == 0:
            check_encoding(declared_encoding(chunk))
            is_wide = b"\0" in chunk[:TAIL]  # UTF-16
        begun = -1 if is_wide else chunk.rfind(b"&", max(0, len(chunk) - LONGEST_REFERENCE))
        held = chunk[begun:] if begun >= 0 else b""
        whole = chunk[: len(chunk) - len(held)]
        yield whole if is_wide else _BARE_AMPERSAND.sub(b"&amp;", whole)
    yield _BARE_AMPERSAND.sub(b"&amp;", held)


def declared_encoding(head: bytes) -> str | None:
    """The encoding that an XML declaration names."""
    found = _DECLARED.search(head[:200].replace(b"\0", b""))
    return found[1].decode("ascii", "replace") if found else None


def check_encoding(encoding: str | None) -> None:
    if encoding and not _ENCODING.fullmatch(encoding):
        raise Unreadable(f"is written in {encoding[:40]!r}, an encoding that is not read")


def local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _check_declarations(docinfo: etree.DocInfo) -> None:
    check_encoding(docinfo.encoding)
    dtd: Any = docinfo.internalDTD  # lxml-stubs lacks iterentities
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise Unreadable("declares XML entities, which are not read")
