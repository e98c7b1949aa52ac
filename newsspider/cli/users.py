"""`newsspider users`: who may use the web page and the API."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.items import Role

group = typer.Typer(no_args_is_help=True, help="Say who may use the web page and the API.")
Name = Annotated[str, typer.Argument(help="Name of the user: small letters, digits, _ and -.", metavar="NAME")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="users")


@group.command()
def add(
    name: Name,
    role: Annotated[
        Role, typer.Option(help="What the user may do: reader searches and takes results along, operator everything.")
    ] = Role.READER,
) -> None:
    """Add a user and print the token, which cannot be shown again."""
    from newsspider.store import Store

    with Store.open(console.config().store_url) as store:
        token = store.add_user(name, role)
    console.out.print(token, soft_wrap=True)
    console.err.print(
        f"{name} signs in with this token, as {role}. It is not kept; who loses it is removed and added again.", soft_wrap=True
    )


@group.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the users. The owner, whose token is in the data folder, is not among them."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        users = store.users()
    if as_json:
        console.print_json([{"name": user.name, "role": user.role, "created_at": user.created_at.isoformat()} for user in users])
        return
    if users:
        console.print_table(
            ("name", "role", "since (UTC)"), [(user.name, user.role, f"{user.created_at:%Y-%m-%d %H:%M}") for user in users]
        )
    else:
        console.out.print("no users but the owner; `newsspider users add NAME` adds one")


@group.command()
def remove(
    name: Name,
    heir: Annotated[
        str | None,
        typer.Option("--give-searches-to", metavar="NAME", help="Keep the saved searches, as this user's (`owner` is the owner)."),
    ] = None,
) -> None:
    """Remove a user, whose token and sessions have ended when this returns, and with them the saved searches, their feeds and webhooks."""
    from newsspider.store import Store
    from newsspider.store.users import KNOWN_SECONDS

    with Store.open(console.config().store_url, create=False) as store:
        left = store.remove_user(name, heir)
    time.sleep(KNOWN_SECONDS)
    console.out.print(f"removed {name}")
    if not left:
        return
    if heir is None:
        console.out.print("and with it these saved searches, whose feeds and webhooks have ended:")
    else:
        console.out.print(f"{heir} has these saved searches now, with other feed addresses (`newsspider searches list`); webhooks go on:")
    for search in left:
        webhook = f"  webhook {search.webhook_url}" if search.webhook_url else ""
        console.out.print(f"   {search.id}  {search.name}: {search.query}{webhook}", soft_wrap=True)
