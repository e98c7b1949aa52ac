"""The nearest query that works, of one that does not."""

from __future__ import annotations

import re
from collections.abc import Callable

from newsspider.search.problems import BadQuery
from newsspider.text import analyse

ROUNDS = 8  # mistakes that are mended one by one


def nearest(text: str, problem: BadQuery, parse: Callable[[str], object], most_length: int, most_words: int) -> str | None:
    """The text with its mistakes mended, else only its words; None where neither can be read. `parse` raises BadQuery."""
    typed = text
    for _ in range(ROUNDS):
        text = " ".join(_mended(text, problem, most_length).split())
        try:
            parse(text)
        except BadQuery as e:
            problem = e
        else:
            if text:
                return text
            break
    return _words(typed, parse, most_length, most_words)


def _mended(text: str, problem: BadQuery, most_length: int) -> str:
    at, part = (problem.at or 1) - 1, problem.part
    after = at + max(len(part), 1)
    match problem.code:
        case "quote_open":
            return text + {"«": "»", "“": "”"}.get(text[at], '"') if text[at + 1 :].strip() else text[:at]
        case "parenthesis_open":
            return text + ")"
        case "wildcard":
            bare = re.sub(r"[*?]", "", part)
            return text[:at] + bare + ("*" if part.endswith("*") and len(bare) > 1 else "") + text[after:]
        case "fuzzy":
            return text[:at] + re.sub(r"[~^][\d.]*$", "", part) + text[after:]
        case "regex":
            return text[:at] + " ".join(re.findall(r"[^\W\d_]{2,}", part)) + text[after:]
        case "day" | "days" | "range" | "range_field" | "address":
            return re.sub(r"\S*$", "", text[:at]) + re.sub(r"^[^\]}]*[\]}]|^\S*", "", text[at:])
        case "too_long":
            return re.sub(r"\s\S*$", "", text[: most_length + 1])
        case "phrase_empty":
            return text[:at] + re.sub(r'^.[^"»«”“]*["»«”“]', "", text[at:])
        case _:
            return text[:at] + text[after:] if problem.at else ""


def _words(text: str, parse: Callable[[str], object], most_length: int, most_words: int) -> str | None:
    words = [text[token.start : token.end] for token in analyse(text)][:most_words]
    while words:
        plain = " ".join(words)
        if len(plain) <= most_length:
            try:
                parse(plain)
            except BadQuery:
                return None
            return plain
        words.pop()
    return None
