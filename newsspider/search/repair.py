"""The nearest query that works, of one that does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter

from newsspider.search.fields import period
from newsspider.search.problems import BadQuery
from newsspider.text import analyse

_DAY_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")
_BOUND = re.compile(r"\w+(?:[-/]\d{1,2}){0,2}")
_SPACE_WITHIN = re.compile(r"(?<=\() | (?=\))")
ROUNDS = 8  # mistakes that are mended one by one


def nearest(text: str, problem: BadQuery, parse: Callable[[str], object], most_length: int, most_words: int) -> str | None:
    """The text with its mistakes mended, else only its words; None where neither can be read. `parse` raises BadQuery."""
    typed = text
    for _ in range(ROUNDS):
        text = _SPACE_WITHIN.sub("", " ".join(_mended(text, problem, most_length).split()))
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
        case "day" if turned := _DAY_FIRST.fullmatch(part):
            day, month, year = turned.groups()
            return f"{text[:at]}{year}-{month:0>2}-{day:0>2}{text[after:]}"
        case "days" | "range" if days := _days_of_range(text, at):
            return days
        case "day" | "days" | "range" | "range_field" | "address" | "country" | "language":
            return re.sub(r"\S*$", "", text[:at]) + re.sub(r"^[^\]}]*[\]}]|^\S*", "", text[at:])
        case "too_long":
            return re.sub(r"\s\S*$", "", text[: most_length + 1])
        case "phrase_empty":
            return text[:at] + re.sub(r'^.[^"»«”“]*["»«”“]', "", text[at:])
        case _:
            return text[:at] + text[after:] if problem.at else ""


def _days_of_range(text: str, at: int) -> str | None:
    """The text with its range around or from `at` as it must be written; None where there are no days in it."""
    start = max(text.rfind("[", 0, at + 1), text.rfind("{", 0, at + 1))
    closed = re.compile(r"[\]}]").search(text, at)
    bounds = _BOUND.finditer(text, start, closed.start() if closed else len(text)) if start >= 0 else ()
    found = [(str(days.first), bound) for bound in bounds if (days := period(bound[0]))][:2]
    if not found:
        return None
    first, last, *_ = *(bound[0] for _, bound in sorted(found, key=itemgetter(0))), "*"
    return f"{text[:start]}[{first} TO {last}]{text[closed.end() if closed else found[-1][1].end() :]}"


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
