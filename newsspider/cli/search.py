"""`newsspider search`: the articles that match, with what matched marked."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote

import typer
from rich.padding import Padding
from rich.text import Text

from newsspider.cli import console
from newsspider.cli.exports import FORMAT_HELP, write_export
from newsspider.cli.logs import escape
from newsspider.export import Asked, Format
from newsspider.items import Precision
from newsspider.search import Match, Query, Results, Sort, parse_query

if TYPE_CHECKING:
    from newsspider.engines import Engine
    from newsspider.search import Hit
    from newsspider.text.highlight import Segment

NOTICES = {
    "most_words": "hardly anything has all of the words, so articles with most of them are shown; --match all keeps to all",
    "any_word": "hardly anything has most of the words, so articles with any of them are shown; --match most keeps to most",
}

INDENT = (0, 0, 0, 3)


def register(app: typer.Typer) -> None:
    # Else an excluded word, -كلمة, would be taken for an option.
    app.command(context_settings={"ignore_unknown_options": True})(search)


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases" and -exclusions.')],
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="Only this section; may be repeated.")] = None,
    day_from: Annotated[
        datetime | None, typer.Option("--from", help="First day of publication.", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"])
    ] = None,
    day_to: Annotated[
        datetime | None, typer.Option("--to", help="Last day of publication.", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"])
    ] = None,
    sort: Annotated[Sort, typer.Option(help="Order of the hits.")] = Sort.RELEVANCE,
    match: Annotated[
        Match, typer.Option(help="How many of the words a hit must have; auto: all of up to four, most of more.")
    ] = Match.AUTO,
    page: Annotated[int, typer.Option(min=1, help="Page of hits.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Hits on a page.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    export: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write all the articles that match to this file, .jsonl, .csv or .parquet, the newest first; - is standard output.",
        ),
    ] = None,
    form: Annotated[Format | None, typer.Option("--format", help=FORMAT_HELP)] = None,
) -> None:
    """Search the articles. Digits, hamza, ta marbuta, harakat and word forms may be typed in any way."""
    from dataclasses import replace

    from newsspider.engines import open_engine

    wanted = replace(
        parse_query(query),
        sources=tuple(source or ()),
        sections=tuple(section or ()),
        day_from=day(day_from),
        day_to=day(day_to),
        sort=sort,
        match=match,
        limit=limit,
        offset=(page - 1) * limit,
    )
    engine = open_engine(console.config())
    if export is not None:
        with closing(engine):
            _export(export, form, query, wanted, engine)
        return
    try:
        results = engine.search(wanted)
        empty = not results.total and engine.count() == 0
    finally:
        engine.close()
    if as_json:
        console.print_json(as_object(query, results))
    elif empty:
        console.out.print("The index is empty: `newsspider index sync` fills it from the store, `newsspider crawl` fills the store.")
    else:
        _print(wanted, results)


def _export(file: str, form: Format | None, typed: str, wanted: Query, engine: Engine) -> None:
    """Writes the hits, as the store has them; one that was deleted since it was indexed is left out."""
    from newsspider.store import Store

    narrowed = {"source": wanted.sources, "section": wanted.sections, "from": wanted.day_from, "to": wanted.day_to, "match": wanted.match}
    with Store.open(console.config().store_url, create=False) as store:
        kind = "elasticsearch" if console.config().engine.url else "embedded"
        asked = Asked({"words": typed, **narrowed}, kind, engine.index_id, engine.analysis_id, store.last_change())
        articles = (article for hit in engine.scan(wanted) if (article := store.article(hit.id)))
        write_export(file, articles, form, asked, None)


def as_object(query: str, results: Results) -> dict[str, Any]:
    """The results as `--json` prints them; `marked` holds the words that matched."""
    return {
        "query": query,
        "total": results.total,
        "notice": results.notice,
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
    }


def _print(query: Query, results: Results) -> None:
    first = query.offset + 1
    if not results.total:
        console.out.print("No article matches. Try fewer words, or --match any.")
        return
    shown = f"{first}–{query.offset + len(results.hits)} of {results.total}" if results.hits else f"none on this page, of {results.total}"
    console.out.print(f"{shown} articles, {results.took * 1000:.0f} ms", style="dim")
    if results.notice:
        console.out.print(NOTICES[results.notice], style="yellow")
    for number, hit in enumerate(results.hits, first):
        console.out.print()
        console.out.print(Text.assemble((f"{number}. ", "dim"), _styled(hit.title, "bold", "bold black on yellow")))
        facts = " · ".join(fact for fact in (hit.source, _date(hit), hit.section) if fact)
        console.out.print(Padding(Text(facts, "cyan"), INDENT))
        console.out.print(Padding(_styled(hit.snippet, "", "black on yellow"), INDENT))
        console.out.print(Text.assemble("   ", (escape(unquote(hit.url)), "dim")), soft_wrap=True)


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


def day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
