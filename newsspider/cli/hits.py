"""How hits are printed: for people on a terminal, for pipes, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from rich.bar import Bar as Block
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsspider.cli import console
from newsspider.cli.logs import escape
from newsspider.items import Precision
from newsspider.search import Interval
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.search import Count, Facet, Histogram, Hit, Query, Results, Why
    from newsspider.text.highlight import Segment

NOTICES = {
    "most_words": "hardly anything has all of the words, so articles with most of them are shown; --match all keeps to all",
    "any_word": "hardly anything has most of the words, so articles with any of them are shown; --match most keeps to most",
}

INDENT = (0, 0, 0, 3)


def print_hits(query: Query, results: Results, reasons: Mapping[str, Why | None]) -> None:
    """One page of hits, each with its reasons where there are some."""
    first = query.offset + 1
    shown = f"{first}–{query.offset + len(results.hits)} of" if results.hits else "none on this page, of"
    console.out.print(f"{shown} {amount(results.total, 'article')}, {results.took * 1000:.0f} ms", style="dim")
    if results.notice:
        console.out.print(NOTICES[results.notice], style="yellow")
    if results.partial:
        console.out.print("a part of the index did not answer in time: there may be more", style="yellow")
    for number, hit in enumerate(results.hits, first):
        console.out.print()
        console.out.print(Text.assemble((f"{number}. ", "dim"), _styled(hit.title, "bold", "bold black on yellow")))
        others = f"and {hit.family_size - 1} more of its family" if hit.family_size > 1 else ""
        facts = " · ".join(fact for fact in (hit.source, _date(hit), hit.section, others) if fact)
        console.out.print(Padding(Text(facts, "cyan"), INDENT, expand=False))
        console.out.print(Padding(_styled(hit.snippet, "", "black on yellow"), INDENT, expand=False))
        if why := reasons.get(hit.id):
            console.out.print(Padding(Text(_reasons(why), "green"), INDENT, expand=False))
        console.out.print(Text.assemble("   ", (escape(unquote(hit.url)), "dim")), soft_wrap=True)


def print_facets(facets: Mapping[Facet, tuple[Count, ...]]) -> None:
    table = Table("", "value", "articles", box=None, pad_edge=False)
    for facet, counts in facets.items():
        for number, one in enumerate(counts):
            table.add_row("" if number else facet, one.value, str(one.count))
    console.out.print()
    console.out.print(table)


def print_histogram(histogram: Histogram) -> None:
    table = Table(histogram.interval, "articles", "", box=None, pad_edge=False)
    most = max((bar.count for bar in histogram.bars), default=0)
    form = "%Y-%m-%d %H h" if histogram.interval is Interval.HOUR else "%Y-%m" if histogram.interval is Interval.MONTH else "%Y-%m-%d"
    for bar in histogram.bars:
        table.add_row(f"{bar.start:{form}}", str(bar.count), Block(most or 1, 0, bar.count, width=40))
    console.out.print()
    console.out.print(table)
    if histogram.undated:
        console.out.print(f"and {histogram.undated} whose date is not known so exactly", style="dim")


def results_as_object(query: str, results: Results) -> dict[str, Any]:
    """The results as `--json` prints them; `marked` holds the words that matched."""
    return {
        "query": query,
        "total": results.total,
        "notice": results.notice,
        "partial": results.partial,
        "folded": results.folded,
        "cursor": results.cursor,
        "took_seconds": round(results.took, 4),
        "hits": [_hit_as_object(hit) for hit in results.hits],
    }


def _hit_as_object(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "url": hit.url,
        "source": hit.source,
        "title": _plain(hit.title),
        "snippet": _plain(hit.snippet),
        "marked": {"title": _marked(hit.title), "snippet": _marked(hit.snippet)},
        "published_at": _published(hit),
        "precision": hit.precision,
        "published_day": hit.published_day.isoformat() if hit.published_day else None,
        "first_seen_at": hit.first_seen_at.isoformat(),
        "section": hit.section,
        "authors": list(hit.authors),
        "tags": list(hit.tags),
        "score": round(hit.score, 4),
        "family_id": hit.family_id,
        "family_size": hit.family_size,
    }


def histogram_as_object(histogram: Histogram) -> dict[str, Any]:
    bars = [{"start": bar.start.isoformat(), "count": bar.count} for bar in histogram.bars]
    return {"interval": histogram.interval, "bars": bars, "undated": histogram.undated}


def _reasons(why: Why) -> str:
    found = [f"{match.asked} {match.level} in {match.field}: {', '.join(match.found[:5])}" for match in why.matched]
    return "; ".join(found + [f"{asked} is missing" for asked in why.missing])


def _styled(segments: Iterable[Segment], style: str, marked: str) -> Text:
    """On a terminal marks are colours; elsewhere they stand between [ and ], so that a pipe or a log keeps them."""
    if console.out.is_terminal:
        return Text.assemble(*((segment.text, marked if segment.marked else style) for segment in segments))
    return Text("".join(f"[{segment.text}]" if segment.marked else segment.text for segment in segments))


def _date(hit: Hit) -> str:
    if hit.published_at is None or hit.precision is None:
        return f"date unknown, seen {hit.first_seen_at:%Y-%m-%d}"
    if hit.precision in (Precision.SECOND, Precision.MINUTE):
        return f"{hit.published_at:%Y-%m-%d %H:%M}"
    if hit.precision is Precision.HOUR:
        return f"{hit.published_at:%Y-%m-%d %H} h"
    return f"{hit.published_day}" if hit.precision is Precision.DAY else f"about {hit.published_day} (to the {hit.precision})"


def _published(hit: Hit) -> str | None:
    if hit.published_at is None:
        return None
    timed = hit.precision in (Precision.SECOND, Precision.MINUTE, Precision.HOUR)
    return hit.published_at.isoformat() if timed or not hit.published_day else hit.published_day.isoformat()


def _plain(segments: Iterable[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def _marked(segments: Iterable[Segment]) -> list[str]:
    return [segment.text for segment in segments if segment.marked]
