"""The keys that the store looks an article up by. In doubt two addresses stay two: a duplicate is found by its text, a wrong merge loses a story."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from newsspider.dedupe.fingerprint import content_hash
from newsspider.dedupe.resemblance import sketch
from newsspider.items import Article, ArticleKeys
from newsspider.urls import join, names_article, same_site, url_key

_NUMBER = re.compile(r"(?!(?:19|20)\d\d$)\d{4,}")  # a year is no story's number
_EXTENSION = re.compile(r"\.\w{2,5}$")


def keys(article: Article) -> ArticleKeys:
    """The article's keys. Its identity is the canonical address it declares, where that is believed, else the address it was found at."""
    canonical = believed_canonical(article)
    addresses = (canonical, article.url) if canonical else (article.url,)
    return ArticleKeys(
        url_keys=tuple(dict.fromkeys(map(url_key, addresses))),
        content_hash=content_hash(article.title, article.body),
        sketch=sketch(article.body),
    )


def believed_canonical(article: Article) -> str | None:
    """The declared canonical address, None where it is on another site or can hardly be this article's.

    Templates that declare their section, their homepage or one fixed article as the canonical address of every page are common.
    """
    address = join(article.url, article.canonical_url) if article.canonical_url else None
    if address is None or not same_site(address, article.url):
        return None
    return address if url_key(address) == url_key(article.url) or _same_story(address, article.url) else None


def _same_story(canonical: str, url: str) -> bool:
    """True when the canonical address names a story, and the other has its number or most of its words."""
    if not names_article(canonical) and (names_article(url) or _is_above(canonical, url)):
        return False
    left, right = _marks(canonical), _marks(url)
    shared = left & right
    return any(_NUMBER.fullmatch(mark) for mark in shared) or 2 * len(shared) > min(len(left), len(right))


def _is_above(canonical: str, url: str) -> bool:
    return urlsplit(url).path.startswith(urlsplit(canonical).path.rstrip("/") + "/")


def _marks(url: str) -> set[str]:
    """The words and numbers of the path and of the query's values."""
    parts = urlsplit(url)
    values = (pair.partition("=")[2] for pair in parts.query.split("&"))
    return {mark for text in (_EXTENSION.sub("", parts.path), *values) for mark in re.findall(r"[^\W_]+", unquote(text).lower())}
