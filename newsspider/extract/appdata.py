"""The data that a page brings for its own scripts, where they fill in the story: `<script type="application/json">`, `window.__STATE__ = {…}`."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from newsspider.extract import jsonld
from newsspider.extract.wording import same

MAX_OBJECTS = 20_000
MIN_TEXT = 200  # characters of a text that can be a story's

_TITLES = ("title", "headline", "name")
_WRAPPED = ("rendered", "html", "value", "text")  # a text within an object of its own, as WordPress's API gives it
_ASSIGNED = re.compile(r"\s*(?:window\.|var )?__[A-Z_]+__\s*=\s*(?=\{)")


def scripts(root: HtmlElement) -> list[str]:
    """The page's data as JSON text, unread."""
    found = []
    for script in root.iter("script"):
        text = script.text or ""
        if (script.get("type") or "").lower() == "application/json":
            found.append(text[: jsonld.MAX_SCRIPT])
        elif assigned := _ASSIGNED.match(text[:200]):
            found.append(text[assigned.end() : jsonld.MAX_SCRIPT])
    return found


def story(data: Sequence[str], titles: Sequence[str]) -> str | None:
    """The longest text of an object that has one of these titles, HTML or plain; None when there is none. Never raises."""
    texts = [
        text
        for script in data
        for value in _objects(script)
        if any(same(own, title) for key in _TITLES for own in jsonld.texts(value.get(key), *_WRAPPED) for title in titles)
        for part in value.values()
        for text in jsonld.texts(part, *_WRAPPED)
        if len(text) >= MIN_TEXT
    ]
    return max(texts, key=len, default=None)


def _objects(script: str) -> Iterator[dict[str, Any]]:
    """All objects, the outermost first."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(script.lstrip())
    except (ValueError, RecursionError):
        return
    waiting = deque([value])
    for _ in range(MAX_OBJECTS):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, dict):
            yield value
        inner = value.values() if isinstance(value, dict) else value
        waiting += [part for part in inner if isinstance(part, (dict, list))]
