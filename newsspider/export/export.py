"""Exports: one export under way, wherever its bytes go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from newsspider import clock
from newsspider.export.formats import Format, encoded
from newsspider.export.manifest import Asked, Manifest
from newsspider.items import StoredArticle


class Export:
    """Iterated once, it gives the file's bytes, reading articles only as they are asked for; `manifest()` then says what it gave.

    At most `limit` articles; `on_article` is called with the number of them so far. Raises ConfigError when the format's library is missing.
    """

    def __init__(
        self,
        articles: Iterable[StoredArticle],
        form: Format,
        asked: Asked,
        *,
        limit: int | None = None,
        on_article: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._form, self._asked, self._limit, self._on_article = form, asked, limit, on_article
        self._articles, self._bytes, self._complete = 0, 0, False
        self._digest = hashlib.sha256()
        self._began = clock.now()
        self._chunks = encoded(self._counted(articles), form)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._digest.update(chunk)
            self._bytes += len(chunk)
            yield chunk

    def _counted(self, articles: Iterable[StoredArticle]) -> Iterator[StoredArticle]:
        for article in articles:
            if self._articles == self._limit:
                return
            self._articles += 1
            self._on_article(self._articles)
            yield article
        self._complete = True

    def manifest(self) -> Manifest:
        """Of all bytes given so far."""
        return Manifest(
            asked=self._asked,
            format=self._form,
            began_at=self._began,
            ended_at=clock.now(),
            articles=self._articles,
            bytes=self._bytes,
            sha256=self._digest.hexdigest(),
            limit=self._limit,
            complete=self._complete,
        )
