"""`newsspider alerts`: tell those who keep searches what is new, and see what could not be told."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Any

import typer

from newsspider.cli import console, logs
from newsspider.cli.options import AsJson
from newsspider.errors import StoreError
from newsspider.text.amounts import amount

group = typer.Typer(no_args_is_help=True, help="Tell what is new in saved searches, and what operators should know.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="alerts")


@group.command()
def run(as_json: AsJson = False) -> None:
    """Watch the sources, look for new articles in every saved search, and send what is due; for cron and timers. `newsspider schedule run`
    does it, too.

    Exit code 75 when something has to be done again: an engine that is away, or a receiver that did not take a message.
    """
    from newsspider.engines import open_engine
    from newsspider.monitoring.rounds import one_round
    from newsspider.store import Owner, Store

    config = console.config()
    logs.set_up(config.log)
    with Store.open(config.store_url) as store, console.err.status("looking for new articles"), closing(open_engine(config)) as engine:
        done = one_round(store, engine, config, Owner.current())
    sent = done.messages
    if as_json:
        counts = {"delivered": sent.delivered, "failed": sent.failed, "dead": sent.dead}
        console.print_json({"alerts": done.alerts, "messages": counts, "problems": done.problems})
    else:
        console.out.print(
            f"{amount(done.alerts, 'new alert')}; {amount(sent.delivered, 'message')} delivered, {sent.failed} to be sent again, {sent.dead} dead"
        )
    for problem in done.problems:
        console.error(problem)
    if sent.dead:
        console.error("`newsspider alerts list` says why messages are dead; `newsspider alerts retry` sends them again")
    raise typer.Exit(console.LATER if done.problems or sent.failed else int(bool(sent.dead)))


@group.command("list")
def list_messages(
    state: Annotated[str, typer.Option(help="dead, pending or delivered.", metavar="STATE")] = "dead",
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List messages that are dead (or pending, or delivered), with the reason."""
    from newsspider.store import Store

    if state not in ("dead", "pending", "delivered"):
        raise typer.BadParameter(f"{state}: messages are dead, pending or delivered")
    with Store.open(console.config().store_url, create=False) as store:
        found = store.messages(state, limit)
        names = {search.id: search.name for search in store.searches()}
    rows: list[dict[str, Any]] = [
        {
            "id": message.id,
            "to": f"{message.receiver.channel} of {names.get(message.receiver.search_id or '', 'the operators')}",
            "created": message.created_at.isoformat(timespec="seconds"),
            "attempts": message.attempts,
            "next try": message.next_try and message.next_try.isoformat(timespec="seconds"),
            "error": message.error,
        }
        for message in found
    ]
    if as_json:
        console.print_json(rows)
    elif not rows:
        console.out.print(f"no {state} messages")
    else:
        console.print_table(list(rows[0]), [[str(value or "") for value in row.values()] for row in rows])


@group.command()
def retry(message_id: Annotated[str | None, typer.Argument(metavar="ID", help="A dead message; all when none is named.")] = None) -> None:
    """Send dead messages again at the next `newsspider alerts run`."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        revived = store.retry_messages(message_id)
    if message_id and not revived:
        raise StoreError(f"there is no dead message {message_id}; `newsspider alerts list` shows them")
    console.out.print(f"{amount(revived, 'message')} to be sent again")
