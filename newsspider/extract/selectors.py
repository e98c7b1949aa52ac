"""A source's own selectors: CSS, or XPath behind "xpath:"."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator
from lxml import etree
from lxml.html import HtmlElement

from newsspider.extract.headline import tidy

MAX_FOUND = 200


def select(root: HtmlElement, selector: str | None) -> list[Any]:
    """What the selector finds, in document order: elements, or strings for XPath that ends in an attribute or text()."""
    return _compiled(selector)(root)[:MAX_FOUND] if selector else []


def elements(root: HtmlElement, selector: str | None) -> list[HtmlElement]:
    return [found for found in select(root, selector) if isinstance(found, HtmlElement)]


def values(root: HtmlElement, selector: str | None) -> list[str]:
    """The texts found, tidied; of <meta>, <time> and <img> the attribute that holds the value."""
    return [text for found in select(root, selector) if (text := _value(found))]


def _value(found: Any) -> str:
    if not isinstance(found, HtmlElement):
        return tidy(str(found))
    attribute = {"meta": "content", "time": "datetime", "img": "src", "link": "href"}.get(found.tag)
    return tidy((found.get(attribute) if attribute else None) or "".join(found.itertext()))


@lru_cache(512)
def _compiled(selector: str) -> Callable[[HtmlElement], list[Any]]:
    """The selector as a function. Sources are validated when they are loaded, so a wrong one is a programming error and raises."""
    is_xpath = selector.startswith("xpath:")
    expression = selector.removeprefix("xpath:") if is_xpath else HTMLTranslator().css_to_xpath(selector)
    compiled = etree.XPath(expression)

    def run(root: HtmlElement) -> list[Any]:
        found = compiled(root)
        return found if isinstance(found, list) else [found]

    return run
