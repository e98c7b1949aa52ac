"""`newsspider trace`: everything that ever happened to one address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsspider.cli import console
from newsspider.cli.logs import escape
from newsspider.cli.options import AsJson
from newsspider.errors import StoreError
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.monitoring import Trace


def register(app: typer.Typer) -> None:
    app.command()(trace)


def trace(url: Annotated[str, typer.Argument(metavar="URL", help="An address, in any of its forms.")], as_json: AsJson = False) -> None:
    """Print everything that ever happened to one address (times in UTC): visits, versions, deliveries, refusals, alerts, and where it stands now.

    Exit code 1 when nothing is known of it.
    """
    from newsspider.monitoring import trace as traced
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        try:
            found = traced(store, url)
        except ValueError as e:
            raise StoreError(f"{url}: {e}") from e
    if as_json:
        console.print_json(trace_as_object(found))
    else:
        _print_trace(found)
    if not found.known:
        raise typer.Exit(1)


def trace_as_object(found: Trace) -> dict[str, Any]:
    article = found.article
    return {
        "url": found.url,
        "known": found.known,
        "forgotten": found.forgotten,
        "article": {"id": found.article_id, "deleted": article is None} if found.article_id else None,
        "family": article and article.family_id,
        "revision": article and article.revision,
        "change": article and article.change_no,
        "archive": article and article.archive and asdict(article.archive),
        "addresses": found.addresses,
        "frontier": _plain(asdict(found.waiting)) if found.waiting else None,
        "indexes": [_plain(asdict(state)) for state in found.indexes],
        "events": [{"at": event.at.isoformat(), "what": event.what, "detail": event.detail} for event in found.events],
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _print_trace(found: Trace) -> None:
    if not found.known:
        console.out.print(f"nothing is known of {escape(found.url)}", soft_wrap=True)
        return
    for event in found.events:
        console.out.print(f"{event.at:%Y-%m-%d %H:%M:%S}  {event.what:<8} {escape(event.detail)}", soft_wrap=True)
    console.out.print()
    if found.forgotten:
        console.out.print("taken down: it is neither visited nor stored (`newsspider forget`)")
    if waiting := found.waiting:
        moment = waiting.next_try or waiting.due_at
        again = f", again from {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
        console.out.print(
            f"in the frontier of {waiting.source}: {waiting.state}{again}, {amount(waiting.attempts, 'attempt')} since the last good one"
        )
        console.out.print(
            f"found on {escape(waiting.found_on)}" if waiting.found_on else "named by the source file or an import", soft_wrap=True
        )
    for state in found.indexes:
        stands = (
            f"refused: {state.refused}" if state.refused else "has its newest change" if state.delivered else "its newest change is pending"
        )
        console.out.print(f"index {state.index_id}: {stands}", soft_wrap=True)
