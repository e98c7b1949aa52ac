"""`newsspider serve`: the web pages and the API."""

from __future__ import annotations

import ipaddress
import socket
from typing import Annotated

import typer

from newsspider.cli import console, logs
from newsspider.errors import ConfigError

MAX_CONNECTIONS = 500  # idle ones, of which a few browsers have dozens, included
KEEP_ALIVE = 15  # seconds
GRACE = 10  # seconds for requests under way when told to stop


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on instead of the configured one.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on instead of the configured one; 0: a free one.")
    ] = None,
    behind_tls_proxy: Annotated[
        bool,
        typer.Option("--behind-tls-proxy", help="A proxy in front speaks https to browsers: allows addresses that are not on loopback."),
    ] = False,
    public_host: Annotated[
        list[str] | None,
        typer.Option("--public-host", metavar="NAME", help="Host name in the addresses that browsers use; may be repeated."),
    ] = None,
) -> None:
    """Serve the search pages and the API until interrupted; requests under way are finished.

    Everybody needs a token: the owner's is printed when it is made, `newsspider users add` makes others.
    """
    import uvicorn

    from newsspider.web import create_app
    from newsspider.web.connections import Impatient
    from newsspider.web.token import load_token

    config = console.config()
    logs.set_up(config.log)
    host = config.web.host if host is None else host
    require_protection(host, behind_tls_proxy=behind_tls_proxy)
    token = load_token(config)
    app = create_app(config, hosts=(host, *(public_host or ())), behind_tls_proxy=behind_tls_proxy)
    listening = _listen(host, config.web.port if port is None else port)
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_tls_proxy,
        ws="none",
        http=Impatient,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    shown = f"[{host}]" if ":" in host else host
    console.out.print(f"newsspider is at http://{shown}:{listening.getsockname()[1]}/", soft_wrap=True)
    if token.fresh:
        console.out.print(f"access token: {token.value}", soft_wrap=True)
    if token.file:
        console.out.print(f"the token is kept in {token.file}", soft_wrap=True)
    uvicorn.Server(settings).run(sockets=[listening])


def require_protection(host: str, *, behind_tls_proxy: bool) -> None:
    """Raises ConfigError for an address that others can reach, unless a proxy protects what they send."""
    try:
        on_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        on_loopback = False
    if not on_loopback and not behind_tls_proxy:
        raise ConfigError(
            f"web.host {host!r} can be reached by others, and the access token would cross the network in the clear: "
            "put a proxy with TLS in front and say --behind-tls-proxy, or listen on 127.0.0.1"
        )


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=MAX_CONNECTIONS)
    except OSError as e:
        raise ConfigError(f"cannot listen on {host} port {port} ({e.strerror}); choose another with --port") from e
    # Inherited by every connection. asyncio sets it only on sockets whose protocol was named, and without it an answer may wait 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
