"""`newsspider extract`: what would be read of one page, for looking into it; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from newsspider import clock
from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import FetchError, NewsspiderError
from newsspider.items import DateEvidence, Precision, Publication, Rejection

if TYPE_CHECKING:
    from newsspider.extract import Extraction, Hints, Page

_TIMES = frozenset((Precision.SECOND, Precision.MINUTE, Precision.HOUR))


def register(app: typer.Typer) -> None:
    app.command("extract")(extract)


def extract(
    what: Annotated[str, typer.Argument(metavar="FILE|URL", help="A stored page, or the address of one.")],
    url: Annotated[str | None, typer.Option(help="The address that a stored page came from.")] = None,
    source: Annotated[str | None, typer.Option(help="Read the page as one of this source: its selectors, country and time zone.")] = None,
    fetched_at: Annotated[
        str | None, typer.Option(help="When the page was fetched (ISO 8601, with zone); now by default.", metavar="ISO")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what newsspider reads of one page: title, text, date and why."""
    from newsspider import intake
    from newsspider.extract import extract_page

    page = _page(what, url, _moment(fetched_at))
    hints = _hints(source, page.fetched_at)
    extraction = extract_page(page, hints)
    publication = intake.decide(extraction.article)
    answer = as_answer(extraction, publication)
    if as_json:
        console.print_json(answer)
    else:
        _print(answer)


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise typer.BadParameter(f"{text!r} is no date and time; write it like 2025-01-22T09:30:00+03:00", param_hint="--fetched-at") from e
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no time zone; append Z or an offset like +03:00", param_hint="--fetched-at")
    return moment


def _hints(name: str | None, fetched_at: datetime) -> Hints:
    from newsspider.extract import Hints

    if name is None:
        return Hints()
    from newsspider.sources import load_sources

    return Hints.of(load_sources(console.config().sources).named(name), fetched_at)


def _page(what: str, url: str | None, fetched_at: datetime) -> Page:
    from newsspider.extract import Page

    if what.startswith(("http://", "https://")):
        return fetched(what, fetched_at)
    path = Path(what)
    try:
        return Page(path.read_bytes(), url or path.resolve().as_uri(), {}, fetched_at)
    except OSError as e:
        raise NewsspiderError(f"{what}: {e.strerror or e}; give a stored page or an address that begins with http:// or https://") from e


def fetched(url: str, fetched_at: datetime) -> Page:
    """The page at an address now. Raises FetchError."""
    from newsspider.extract import Page
    from newsspider.net import AddressPolicy, HostMap, fetch
    from newsspider.settings import user_agent

    config = console.config()
    answer = fetch(
        url,
        AddressPolicy(config.net.allow_networks),
        HostMap(config.net.hosts),
        max_bytes=config.crawl.max_page_bytes,
        timeout=config.crawl.timeout,
        user_agent=user_agent(config.crawl.contact),
        verify=config.crawl.verify_certificates,
    )
    if answer.status >= 400:
        raise FetchError(f"{url}: the server answered {answer.status}")
    return Page(answer.body, answer.url, answer.headers, fetched_at)


def as_answer(extraction: Extraction, publication: Publication) -> dict[str, Any]:
    """What was read of a page, as JSON has it."""
    article = extraction.article
    return {
        "is_article": extraction.is_article,
        "reason": extraction.reason.value,
        "language": article.language,
        "title": article.title,
        "body": article.body,
        "published_at": _published_at(publication),
        "precision": publication.precision.value if publication.precision else None,
        "modified_at": publication.modified_at.isoformat() if publication.modified_at else None,
        "authors": article.authors,
        "section": article.section,
        "tags": article.tags,
        "summary": article.summary,
        "image_url": article.image_url,
        "canonical_url": article.canonical_url,
        "signature": article.signature,
        "evidence": {
            "reason": publication.reason,
            "confidence": publication.confidence,
            "won": _piece(publication.winner) if publication.winner else None,
            "rejected": [_rejected(rejection) for rejection in publication.rejected],
        },
    }


def _published_at(publication: Publication) -> str | None:
    """A date and time; for a precision of a day or coarser, the day."""
    if publication.published_at is None or publication.published_day is None:
        return None
    return publication.published_at.isoformat() if publication.precision in _TIMES else publication.published_day.isoformat()


def _piece(evidence: DateEvidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind.value,
        "raw": evidence.raw,
        "place": evidence.place,
        "role": evidence.role.value,
        "in_article": evidence.in_article,
    }


def _rejected(rejection: Rejection) -> dict[str, Any]:
    return {**_piece(rejection.evidence), "reason": rejection.reason, "value": rejection.value}


def _print(answer: Mapping[str, Any]) -> None:
    """For people: the fields, the text, and the dates that were found."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for key, value in answer.items():
        if key not in ("body", "evidence") and value not in (None, [], ""):
            table.add_row(key, Text("، ".join(value) if isinstance(value, list) else str(value)))
    console.out.print(table)
    console.out.print()
    console.out.print(Text(answer["body"]))
    console.out.print()
    console.out.print(_dates(answer["evidence"]))


def _dates(evidence: Mapping[str, Any]) -> Table:
    table = Table("date", "kind", "place", "verdict", box=None, pad_edge=False)
    won = [{**evidence["won"], "reason": f"won ({evidence['reason']})"}] if evidence["won"] else []
    rejected: Iterable[Mapping[str, Any]] = evidence["rejected"]
    for piece in (*won, *rejected):
        table.add_row(Text(piece["raw"]), piece["kind"], Text(piece["place"]), piece["reason"])
    return table
