"""Reads XML of unknown origin piece by piece: no entity is expanded, nothing is fetched, encodings that can hide markup are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from newsspider.spiders.collected import Unreadable

HEAD_CHUNKS = 16  # that a root element has to begin within
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

    Raises Unreadable when entities are declared or the encoding is none that news is written in.
    """
    parser = etree.XMLPullParser(
        ("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    checked = False
    for number, chunk in enumerate(chunks):
        if number == 0:
            check_encoding(declared_encoding(chunk))
        parser.feed(chunk.lstrip(b" \t\r\n") if number == 0 else chunk)  # blanks before an XML declaration are a common mistake
        for event, element in parser.read_events():
            if not checked:
                _check_declarations(element.getroottree().docinfo)
                checked = True
            yield event, element


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
    if docinfo.internalDTD is not None and any(True for _ in docinfo.internalDTD.iterentities()):
        raise Unreadable("declares XML entities, which are not read")
