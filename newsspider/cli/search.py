"""`newsspider search`: the articles that match, with what matched marked; counts of all of them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsspider.cli import console
from newsspider.cli.exports import FORMAT_HELP, write_export
from newsspider.cli.options import AsJson, Authors, Countries, FirstDay, Languages, LastDay, Matching, Sections, Sources, Tags
from newsspider.errors import SourceError
from newsspider.export import Asked, Format
from newsspider.search import FILTERS, Facet, Interval, Match, Query, Sort, parse_query
from newsspider.search.suggestions import by_source_name

if TYPE_CHECKING:
    from newsspider.config import Config
    from newsspider.engines import Engine


def register(app: typer.Typer) -> None:
    # Else an excluded word, -كلمة, would be taken for an option.
    app.command(context_settings={"ignore_unknown_options": True})(search)


def search(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='Words, "phrases", -exclusions, AND OR NOT, fields; see docs/searching.md.')
    ],
    sources: Sources = None,
    sections: Sections = None,
    tags: Tags = None,
    authors: Authors = None,
    countries: Countries = None,
    languages: Languages = None,
    day_from: FirstDay = None,
    day_to: LastDay = None,
    sort: Annotated[Sort, typer.Option(help="Order of the hits.")] = Sort.RELEVANCE,
    match: Matching = Match.AUTO,
    recency: Annotated[bool, typer.Option(help="Rank newer articles somewhat higher.")] = True,
    fold: Annotated[bool, typer.Option(help="Show each family of articles once.")] = True,
    page: Annotated[int, typer.Option(min=1, help="Page of hits.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Hits on a page.")] = 10,
    cursor: Annotated[str | None, typer.Option(help="The page after the one whose --json printed this; leads beyond 10,000 hits.")] = None,
    facets: Annotated[bool, typer.Option("--facets", help="Count all hits by source, section, tag, author, country and language.")] = False,
    by: Annotated[Interval | None, typer.Option(help="Count all hits over time.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Say of each hit which words matched how.")] = False,
    as_json: AsJson = False,
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
    from newsspider.engines import open_engine

    config = console.config()
    wanted = parse_query(
        query,
        sources=sources,
        sections=sections,
        tags=tags,
        authors=authors,
        countries=countries,
        languages=languages,
        day_from=day(day_from),
        day_to=day(day_to),
        sort=sort,
        match=match,
        recency=recency,
        fold_families=fold,
        limit=limit,
        offset=(page - 1) * limit,
        cursor=cursor,
    )
    with closing(open_engine(config)) as engine:
        if export is not None:
            _export(export, form, query, wanted, engine, config)
        else:
            _answer(engine, query, wanted, facets, by, why, as_json)


def _export(file: str, form: Format | None, typed: str, wanted: Query, engine: Engine, config: Config) -> None:
    """Writes the hits, as the store has them; one that was deleted since it was indexed is left out."""
    from newsspider.store import Store

    narrowed = {name: getattr(wanted, field) for name, field in FILTERS.items()}
    with Store.open(config.store_url, create=False) as store:
        kind = "elasticsearch" if config.engine.url else "embedded"
        asked = Asked({"words": typed, **narrowed}, kind, engine.index_id, engine.analysis_id, store.last_change())
        articles = store.articles_by_id(hit.id for hit in engine.scan(wanted))
        write_export(file, articles, form, asked, None)


def _answer(engine: Engine, text: str, query: Query, facets: bool, by: Interval | None, why: bool, as_json: bool) -> None:
    from newsspider.cli import hits

    results = engine.search(query)
    reasons = {hit.id: engine.why(query, hit.id) for hit in results.hits} if why else {}
    counted = engine.facets(query, list(Facet)) if facets else {}
    histogram = engine.histogram(query, by) if by else None
    better = (by_source_name(text, _titles()) or engine.did_you_mean(text)) if not results.total else None
    if as_json:
        found = hits.results_as_object(text, results) | {"did_you_mean": better}
        if why:
            found["why"] = {one: reason and asdict(reason) for one, reason in reasons.items()}
        if facets:
            found["facets"] = {facet: {one.value: one.count for one in counts} for facet, counts in counted.items()}
        if histogram:
            found["histogram"] = hits.histogram_as_object(histogram)
        console.print_json(found)
    elif results.total:
        hits.print_hits(query, results, reasons)
        if facets:
            hits.print_facets(counted)
        if histogram:
            hits.print_histogram(histogram)
    elif engine.total(Query()) == 0:
        console.out.print("The index is empty: `newsspider index sync` fills it from the store, `newsspider crawl` fills the store.")
    else:
        console.out.print(
            f"No article matches. Did you mean: {better}" if better else "No article matches. Try fewer words, or --match any."
        )


def _titles() -> dict[str, str]:
    """Of the sources, by name. A suggestion is all that they are needed for: a file with a mistake is told, and costs no answer."""
    from newsspider.sources import load_sources

    try:
        return {name: source.title for name, source in load_sources(console.config().sources).items()}
    except SourceError as e:
        console.err.print(f"no source's name can be suggested: {e}", soft_wrap=True)
        return {}


def day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
