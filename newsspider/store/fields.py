"""Field coverage: which fields the pages of a run had, and whether they went missing, as they do when a site changes its layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from itertools import groupby
from statistics import median
from typing import Any, NamedTuple

from newsspider.items import Article

ENOUGH = 20  # pages in a row without a field, and pages from which on a share means something
FELL_BELOW = 0.5  # of the usual share
USUAL = 0.2  # the least share that is worth missing


class Field(IntFlag):
    """What a page that was read as an article had; the sum is kept in the run's ledger."""

    TITLE = 1
    BODY = 2
    DATE = 4
    AUTHORS = 8


def fields_of(article: Article) -> Field:
    """The fields of an article whose date is decided."""
    dated = article.publication is not None and article.publication.published_at is not None
    present = ((Field.TITLE, article.title), (Field.BODY, article.body), (Field.DATE, dated), (Field.AUTHORS, article.authors))
    return Field(sum(field for field, value in present if value))


@dataclass(slots=True, frozen=True)
class FieldCoverage:
    """Counts over the pages of a run: `read` of all kinds, `pages` of them articles or pages that lack a title or a text, and so on."""

    read: int = 0
    pages: int = 0
    titles: int = 0
    bodies: int = 0
    dates: int = 0
    authors: int = 0

    def shares(self) -> dict[str, float | None]:
        """From 0 to 1, None of nothing: articles of what was read, titles and bodies of the pages, dates and authors of the articles."""
        parts = {
            "articles": (self.bodies, self.read),
            "titles": (self.titles, self.pages),
            "bodies": (self.bodies, self.pages),
            "dates": (self.dates, self.bodies),
            "authors": (self.authors, self.bodies),
        }
        return {name: part / whole if whole else None for name, (part, whole) in parts.items()}


class Note(NamedTuple):
    """Why a run ended so, in the program's own words, and the facts that other languages say it from.

    Those are: what is `missing` on so many `pages` in a row (text, date), or has another `share` than `before` (a name of `FieldCoverage.shares`, both from
    0 to 1); or which class of error was the `problem`. There are none where the text is a word itself, as Scrapy's reasons are.
    """

    text: str = ""
    facts: Mapping[str, Any] = {}


def degradation(seen: Sequence[Field], run: FieldCoverage, earlier: Sequence[FieldCoverage]) -> Note | None:
    """What went missing in a run, None when nothing did. `seen` are its pages' fields in the order they were read."""
    articles = [fields for fields in seen if Field.BODY in fields]
    for name, pages, field in (("text", seen, Field.BODY), ("date", articles, Field.DATE)):
        if (lacking := _longest_without(pages, field)) >= ENOUGH:
            return Note(f"no {name} on {lacking} pages in a row: has the site changed its layout?", {"missing": name, "pages": lacking})
    usual = [past.shares() for past in earlier if past.read >= ENOUGH]
    for name, share in run.shares().items() if run.read >= ENOUGH else ():
        before = median([value for past in usual if (value := past[name]) is not None] or [0])
        if share is not None and before >= USUAL and share < FELL_BELOW * before:
            text = f"{name}: {share:.0%}, and {before:.0%} in earlier runs: has the site changed its layout?"
            return Note(text, {"missing": name, "share": round(share, 2), "before": round(before, 2)})
    return None


def _longest_without(pages: Sequence[Field], field: Field) -> int:
    return max((len(list(run)) for lacks, run in groupby(pages, lambda fields: field not in fields) if lacks), default=0)
