"""`newsspider searches`: searches that are kept, each with feeds of its own, and told to a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson, Authors, Countries, FirstDay, Languages, LastDay, Matching, Sections, Sources, Tags
from newsspider.cli.search import day
from newsspider.errors import StoreError
from newsspider.items import Secret
from newsspider.search import Match, parse_query

if TYPE_CHECKING:
    from newsspider.config import Config
    from newsspider.store import SavedSearch

SearchId = Annotated[str, typer.Argument(metavar="ID", help="The search's id (`newsspider searches list`).")]
group = typer.Typer(no_args_is_help=True, help="Keep searches, follow them as feeds, and be told of new articles by webhook.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="searches")


# Else an excluded word, -كلمة, would be taken for an option.
@group.command(context_settings={"ignore_unknown_options": True})
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to search for, as for `newsspider search`.")],
    sources: Sources = None,
    sections: Sections = None,
    tags: Tags = None,
    authors: Authors = None,
    countries: Countries = None,
    languages: Languages = None,
    day_from: FirstDay = None,
    day_to: LastDay = None,
    match: Matching = Match.AUTO,
    owner: Annotated[str, typer.Option(help="The user whose search it is (`newsspider users list`).")] = "owner",
    webhook: Annotated[str, typer.Option(metavar="URL", help="Post each new article to this address, signed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Save a search. Prints the secret addresses of its feeds and, once, the secret that signs what its webhook gets."""
    from newsspider.alerts import save_search
    from newsspider.net import Guard
    from newsspider.store import Store

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
        match=match,
    )
    with Store.open(config.store_url) as store:
        saved = save_search(store, Guard.from_config(config.net), name, query, wanted, owner=owner, webhook_url=webhook)
    _print_new(config, saved, as_json=as_json, secret=saved.webhook_secret)


@group.command("list")
def list_searches(
    owner: Annotated[str | None, typer.Option(help="Only this user's.")] = None,
    as_json: AsJson = False,
) -> None:
    """List saved searches with the secret addresses of their feeds."""
    from newsspider.store import Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store:
        found = store.searches(owner)
    if as_json:
        console.print_json([_as_json(config, saved) for saved in found])
        return
    for saved in found:
        _print(config, saved)
    if not found:
        console.out.print("no saved searches; `newsspider searches add NAME QUERY` makes one")


# Else a name such as -كلمة would be taken for an option.
@group.command(context_settings={"ignore_unknown_options": True})
def rename(search_id: SearchId, name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it from now on.")]) -> None:
    """Give a saved search another name. The addresses of its feeds stay, and what was found for it."""
    from newsspider.alerts import rename_search
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        renamed = rename_search(store, search_id, name)
    if renamed is None:
        raise _unknown(search_id)
    console.out.print(f"{search_id} is called {renamed.name}", soft_wrap=True)


@group.command()
def remove(search_id: SearchId) -> None:
    """Forget a saved search: its feeds end, and what its webhook has not got is dropped."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        if not store.remove_search(search_id):
            raise _unknown(search_id)
    console.out.print(f"removed {search_id}")


@group.command()
def rotate(
    search_id: SearchId,
    secret: Annotated[Secret, typer.Argument(metavar="SECRET", help="feeds: their addresses; webhook: what signs the messages to it.")],
    as_json: AsJson = False,
) -> None:
    """Give a saved search another secret, when the old one got about or was lost: it ends at once. A webhook's is printed once."""
    from newsspider.store import Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store:
        renewed = store.renew_secret(search_id, secret)
    if renewed is None:
        raise StoreError(f"there is no saved search {search_id}, or it has no webhook; `newsspider searches list` shows them")
    _print_new(config, renewed, as_json=as_json, secret=renewed.webhook_secret if secret is Secret.WEBHOOK else None)


def _unknown(search_id: str) -> StoreError:
    return StoreError(f"there is no saved search {search_id}; `newsspider searches list` shows them")


def _print_new(config: Config, saved: SavedSearch, *, as_json: bool, secret: str | None) -> None:
    if as_json:
        console.print_json(_as_json(config, saved) | {"webhook_secret": secret})
        return
    _print(config, saved)
    if secret:
        console.out.print(f"webhook secret (not shown again): {secret}", soft_wrap=True)


def _print(config: Config, saved: SavedSearch) -> None:
    filters = "  ".join(f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in saved.filters.items())
    console.out.print(f"{saved.id}  {saved.name}  ({saved.owner})", style="bold", soft_wrap=True)
    console.out.print(f"   {saved.query}  {filters}".rstrip(), soft_wrap=True)
    for address in (*_feeds(config, saved), *([f"webhook {saved.webhook_url}"] if saved.webhook_url else [])):
        console.out.print(f"   {address}", soft_wrap=True)


def _as_json(config: Config, saved: SavedSearch) -> dict[str, Any]:
    shown = ("id", "name", "owner", "query", "filters", "webhook_url")
    return {name: getattr(saved, name) for name in shown} | {"created_at": saved.created_at.isoformat(), "feeds": _feeds(config, saved)}


def _feeds(config: Config, saved: SavedSearch) -> list[str]:
    host = f"[{config.web.host}]" if ":" in config.web.host else config.web.host
    return [f"http://{host}:{config.web.port}{path}" for path in saved.feed_paths]
