"""What an edit changed, pure."""

from __future__ import annotations

from newsspider.dedupe.fingerprint import essence
from newsspider.items import StoredArticle
from newsspider.text import fold


def same_authors(one: list[str], other: list[str]) -> bool:
    """True when the same people are named, in whatever order and spelling."""
    return {_name(name) for name in one} == {_name(name) for name in other}


def changed_fields(old: StoredArticle, new: StoredArticle) -> list[str]:
    """Which of title, body, date and authors differ in more than trifles, in this order."""
    told = {
        "title": essence(old.title) != essence(new.title),
        "body": essence(old.body) != essence(new.body),
        "date": (old.publication.published_at, old.publication.published_day)
        != (new.publication.published_at, new.publication.published_day),
        "authors": not same_authors(old.authors, new.authors),
    }
    return [field for field, differs in told.items() if differs]


def _name(name: str) -> str:
    return " ".join(fold(name).split())
