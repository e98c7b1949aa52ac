"""`newsspider doctor`: what can be wrong on this machine, and how to mend it."""

from __future__ import annotations

import os
import platform
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass

import typer
from rich.text import Text

from newsspider import clock
from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.config import Config, without_credentials
from newsspider.errors import NewsspiderError, StoreError
from newsspider.text.amounts import amount

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` is ok, warning or problem; `remedy` says what to do about the latter two."""

    about: str
    state: str
    text: str
    remedy: str = ""


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Check Python, SQLite, the data folder, the store, the engine, the clock and the sources. Exits with 1 when something is a problem."""
    config = console.config()
    findings = [finding for check, remedy in CHECKS.items() for finding in _guarded(check, config, remedy)]
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        marks = {"ok": Text("✓", "green"), "warning": Text("!", "yellow"), "problem": Text("✗", "red")}
        rows = [(marks[finding.state], finding.about, finding.text, finding.remedy) for finding in findings]
        console.print_table(("", "about", "what was found", "what to do"), rows)
    raise typer.Exit(int(any(finding.state == "problem" for finding in findings)))


def _guarded(check: Callable[[Config], Iterator[Finding]], config: Config, remedy: str) -> list[Finding]:
    try:
        return list(check(config))
    except NewsspiderError as e:
        return [Finding(check.__name__.strip("_"), "problem", str(e), remedy)]


def _python(config: Config) -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")


def _sqlite(config: Config) -> Iterator[Finding]:
    from newsspider.store.sqlite import driver, journal_mode

    if not config.store_url.startswith("sqlite"):
        return
    mode = journal_mode()
    text = f"SQLite {driver.sqlite_version} through {driver.__name__.split('.')[0]}, journal mode {mode}"
    if mode == "WAL":
        yield Finding("sqlite", "ok", text)
    else:
        yield Finding(
            "sqlite", "warning", f"{text}: safe, but slower", "install pysqlite3 0.6.1 or later, whose SQLite has the WAL-reset bug mended"
        )


def _data(config: Config) -> Iterator[Finding]:
    folder = config.data_folder
    if not folder.exists():
        yield Finding("data folder", "ok", f"{folder.resolve()} will be made by the first crawl")
        return
    if not folder.is_dir():
        yield Finding("data folder", "problem", f"{folder.resolve()} is not a folder", "set data_folder to a folder of its own")
        return
    if not os.access(folder, os.W_OK):
        yield Finding("data folder", "problem", f"{folder.resolve()} cannot be written", "make it yours, or set data_folder")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        yield Finding("data folder", "warning", f"{folder.resolve()} can be read by others (mode {mode:04o})", f"chmod 700 {folder}")
    usage = os.statvfs(folder)
    free = usage.f_bavail * usage.f_frsize // MIB
    if free < config.store.min_free_mib:
        yield Finding(
            "data folder",
            "problem",
            f"only {free} MiB free on its disk; crawls do not start below {config.store.min_free_mib}",
            "free some space",
        )
    else:
        yield Finding("data folder", "ok", f"{folder.resolve()}, {free} MiB free")


def _store(config: Config) -> Iterator[Finding]:
    from newsspider.store import Store

    try:
        with Store.open(config.store_url, create=False) as store:
            yield Finding("store", "ok", f"{amount(store.count(), 'article')}, last change {store.last_change()}")
    except StoreError as e:
        if config.store.url or (config.data_folder / "newsspider.db").exists():
            raise
        yield Finding("store", "ok", f"none yet ({e})")


def _engine(config: Config) -> Iterator[Finding]:
    from newsspider.engines import open_engine
    from newsspider.store import Store

    if not config.engine.url and not (config.data_folder / "index").exists():
        yield Finding("engine", "ok", "embedded; no index yet, the first crawl makes it")
        return
    name = without_credentials(config.engine.url) or "embedded"
    with closing(open_engine(config)) as engine:
        if not engine.is_of_this_version:
            yield Finding("engine", "problem", f"{name}: the index was built by another version of newsspider", "newsspider index rebuild")
            return
        with Store.open(config.store_url, create=False) as store:
            backlog = store.backlog(engine.index_id)
    text = f"{name}: {amount(backlog.pending, 'change')} pending, {backlog.dead} dead"
    if backlog.problem:
        yield Finding("engine", "problem", f"{text}; the last delivery failed: {backlog.problem}", "newsspider index sync")
    elif backlog.pending or backlog.dead:
        yield Finding("engine", "warning", text, "newsspider dead list" if backlog.dead else "newsspider index sync")
    else:
        yield Finding("engine", "ok", f"{name}: nothing pending")


def _clock(config: Config) -> Iterator[Finding]:
    now = clock.now()
    if clock.is_sane(now):
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")
    else:
        yield Finding("clock", "problem", f"it is {now:%Y-%m-%d}, says this machine", "set the clock: dates of articles are judged by it")


def _sources(config: Config) -> Iterator[Finding]:
    from newsspider.net import HostMap
    from newsspider.sources import load_sources

    sources = load_sources(config.sources)
    yield Finding(
        "sources",
        "ok" if sources else "problem",
        amount(len(sources), "source"),
        "" if sources else f"put a source file into {config.sources.folder}",
    )
    hosts = HostMap(config.net.hosts)
    on_network = any(not hosts.is_loopback(host) for source in sources.values() for host in source.site_hosts())
    if on_network and not config.crawl.contact:
        yield Finding(
            "contact",
            "warning",
            "no contact address: sites on the network will not be crawled",
            "set [crawl] contact or NEWSSPIDER_CRAWL_CONTACT",
        )
    if config.crawl.proxy:
        yield Finding(
            "proxy",
            "warning",
            "the proxy resolves names itself, so the address guard cannot see them",
            "unset [crawl] proxy unless it must be",
        )


CHECKS = {
    _python: "",
    _sqlite: "",
    _data: "",
    _store: "check [store] url, or data_folder; a damaged store: newsspider store restore",
    _engine: "check [engine] url and that the server runs; a damaged index: newsspider index rebuild",
    _clock: "",
    _sources: "correct the file or setting that is named, then newsspider sources list",
}
"""What to do where a check itself cannot be made."""
