"""`newsspider demo`: the whole chain on the bundled sites: serve, crawl, crawl again after an edit, search, and the page."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from newsspider.cli import console
from newsspider.errors import ConfigError
from newsspider.wholefile import write_whole

MARK = "# The demo's configuration: the bundled sites on loopback. Delete the folder when you are done.\n"
CONFIG = f"""\
{MARK}data_folder = "data"

[sources]
folder = "sources"
builtin = false

[net]
allow_networks = ["127.0.0.0/8"]

[engine]
index = "newsspider-demo"

[crawl]
delay = 0
autothrottle = false
"""
# What CONFIG says, whatever the environment says of the user's own store and index.
OWN = ("DATA_FOLDER", "SOURCES_FOLDER", "SOURCES_BUILTIN", "STORE_URL", "ENGINE_INDEX")
SEARCHES = (["أسعار زيت الزيتون", "--limit", "3"], ["البَحرين", "--sort", "newest", "--limit", "3"])


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its configuration and data; made anew each time.")] = Path(".demo"),
    once: Annotated[bool, typer.Option("--once", help="End after that, as where there is no terminal; do not serve the page.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0: a free one.")] = 0,
) -> None:
    """Crawl three small bundled Arabic news sites, search them, and serve the page with what was found."""
    from newsspider.demo import serve

    _make_anew(folder)
    write_whole(folder / "newsspider.toml", CONFIG)
    with serve() as sites:
        sites.write_sources(folder / "sources")
        _say(
            "Three small Arabic news sites are served on loopback: "
            + ", ".join(f"{name} {origin}" for name, origin in sites.origins.items())
        )
        if console.config().engine.url:
            _say("An empty index on Elasticsearch, in the place of an earlier demo's.")
            _run(folder, "index", "rebuild", "--drop")
        _say("First crawl: everything is new.")
        _run(folder, "crawl", "--all")
        sites.edition = 2
        _say("Second crawl: the sites have edited an article since; what did not change is not fetched again.")
        _run(folder, "crawl", "--all")
    for search in SEARCHES:
        _say(shlex.join(["newsspider", "search", *search]))
        _run(folder, "search", *search)
    _say("Next, with the demo's articles:")
    console.out.print(f"  export NEWSSPIDER_CONFIG={shlex.quote(str(folder / 'newsspider.toml'))}", soft_wrap=True)
    console.out.print(f"  {_command()} search 'كلمة'      search with your own words")
    console.out.print(f"  {_command()} runs list         what the crawls did")
    console.out.print(f"  {_command()} doctor            is this machine ready for real sites?")
    console.out.print("docs/tutorial.md goes on from here to a real source.")
    if not once and sys.stdout.isatty():
        _say("The page of the demo, until Ctrl-C. Sign in with the token below.")
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends the page, which inherits this and ends as if nothing was wrong
        _run(folder, "serve", "--port", str(port))


def _make_anew(folder: Path) -> None:
    config = folder / "newsspider.toml"
    if folder.exists() and any(folder.iterdir()) and not (config.exists() and config.read_text(encoding="utf-8").startswith(MARK)):
        raise ConfigError(f"{folder} is not a demo folder and will not be emptied; choose another with --folder")
    shutil.rmtree(folder, ignore_errors=False) if folder.exists() else None
    folder.mkdir(parents=True)


def _say(text: str) -> None:
    console.out.print()
    console.out.print(text, style="bold", soft_wrap=True)


def _run(folder: Path, *arguments: str) -> None:
    """Another newsspider command, in a process of its own as a user would run it; its failure is the demo's."""
    sys.stdout.flush()
    others = {name: value for name, value in os.environ.items() if name.removeprefix("NEWSSPIDER_") not in OWN}
    environment = others | {"NEWSSPIDER_CONFIG": str(folder / "newsspider.toml")}
    code = subprocess.run([sys.executable, "-m", "newsspider", *arguments], env=environment, check=False).returncode
    if code:
        raise typer.Exit(code)


def _command() -> str:
    return "newsspider" if shutil.which("newsspider") else shlex.quote(str(Path(sys.executable).with_name("newsspider")))
