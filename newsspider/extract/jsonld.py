"""JSON-LD (https://json-ld.org, schema.org types): what a page's scripts state of its article, read with patience for broken JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

Node = dict[str, Any]

MAX_SCRIPT = 2_000_000  # characters
MAX_DEPTH = 12
MAX_NODES = 2_000

ARTICLE_TYPES = frozenset(
    """article newsarticle analysisnewsarticle askpublicnewsarticle backgroundnewsarticle opinionnewsarticle reportagenewsarticle reviewnewsarticle
    blogposting liveblogposting socialmediaposting advertisercontentarticle satiricalarticle scholarlyarticle techarticle report
    """.split()
)
LISTING_TYPES = frozenset(("collectionpage", "searchresultspage", "profilepage"))
VIDEO_TYPES = frozenset(("videoobject", "movie", "tvepisode"))

# What hangs below these is a person, another page, a comment, or the site.
_NOT_OF_THIS_PAGE = frozenset(
    (
        "itemListElement",
        "hasPart",
        "relatedLink",
        "mentions",
        "comment",
        "citation",
        "isPartOf",
        "publisher",
        "subjectOf",
        "blogPost",
        "review",
    )
)
_WRAPPERS = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>|;)\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_FIELD = re.compile(
    r'"(headline|datePublished|dateCreated|dateModified|articleSection|@type)"\s*:\s*"((?:[^"\\\n]|\\.){1,500})"(?=\s*[,}\]])'
)


def nodes(root: HtmlElement) -> list[Node]:
    """All objects of the page that have a type, outermost first, without those that describe other pages. Never raises."""
    found: list[Node] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            found += _typed(_load(script.text[:MAX_SCRIPT]))
    return found[:MAX_NODES]


def types(node: Node) -> set[str]:
    """The node's types in lower case, without a vocabulary's address."""
    stated = node.get("@type")
    return {str(name).rpartition("/")[2].lower() for name in (stated if isinstance(stated, list) else [stated]) if name}


def texts(value: Any, *keys: str) -> list[str]:
    """The strings in a value: itself, its items, or of objects the first of `keys` that holds one."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value[:50] if not isinstance(item, list) for text in texts(item, *keys)]
    if isinstance(value, dict):
        return next((texts(value[key]) for key in keys if isinstance(value.get(key), (str, list))), [])
    return []


def text(value: Any, *keys: str) -> str | None:
    return next(iter(texts(value, *keys)), None)


def _load(script: str) -> Any:
    """The JSON value; where it is broken beyond repair, an object of the plain fields that could be made out."""
    script = _WRAPPERS.sub("", _WRAPPERS.sub("", script))
    for attempt in (script, _TRAILING_COMMA.sub("", script)):
        try:
            return json.loads(attempt, strict=False, parse_constant=lambda _: None, parse_int=_small_int)
        except (ValueError, RecursionError):
            continue
    return dict(reversed(_FIELD.findall(script)))  # of a field that stands twice, the first


def _small_int(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def _typed(value: Any) -> Iterator[Node]:
    waiting = [(value, 0)]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        value, depth = waiting.pop(0)
        if isinstance(value, dict):
            if "@type" in value:
                yield value
            inner = [part for key, part in value.items() if key not in _NOT_OF_THIS_PAGE]
        else:
            inner = value if isinstance(value, list) else []
        if depth < MAX_DEPTH:
            waiting += [(part, depth + 1) for part in inner if isinstance(part, (dict, list))]
