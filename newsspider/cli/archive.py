"""`newsspider archive`: the fetched pages that were kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import ArchiveError
from newsspider.text.amounts import amount

if TYPE_CHECKING:
    from newsspider.archive import ArchivedPage, Capture
    from newsspider.config import Config

group = typer.Typer(no_args_is_help=True, help="Look at the archive of fetched pages.")
MIB = 1 << 20


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="archive")


@group.command()
def show(
    url: Annotated[str, typer.Argument(metavar="URL", help="The page's address, in any of its forms.")],
    every: Annotated[bool, typer.Option("--list", help="List when it was fetched, instead.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Write the body's bytes as they were fetched: into a file or pipe.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print an archived page, headers and body, as it was fetched last."""
    from newsspider import archive

    config = console.config()
    found = _captures(config, url)
    if every:
        _list(found, as_json)
        return
    page = archive.read(config.archive_folder, found[-1].ref)
    if raw:
        if sys.stdout.isatty():
            raise typer.BadParameter("bytes of a page can do anything to a terminal; write them into a file or a pipe", param_hint="--raw")
        sys.stdout.buffer.write(page.body)
    elif as_json:
        console.print_json({"url": page.url, "fetched_at": page.fetched_at.isoformat(), "headers": dict(page.headers), "body": _text(page)})
    else:
        _print(page, len(found))


@group.command()
def prune(as_json: AsJson = False) -> None:
    """Drop the files that `archive.keep_days` and `archive.max_bytes` keep no longer, as every crawl does at its end."""
    from newsspider import archive
    from newsspider.session import apply_retention
    from newsspider.store import Store

    config = console.config()
    with Store.open(config.store_url, create=False) as store:
        dropped = [path.name for path in apply_retention(config, store)]
    left = archive.usage(config.archive_folder)
    if as_json:
        console.print_json(
            {"dropped": dropped, "files": left.files, "bytes": left.bytes, "oldest": left.oldest and left.oldest.isoformat()}
        )
        return
    since = f" since {left.oldest:%Y-%m-%d}" if left.oldest else ""
    console.out.print(
        f"{amount(len(dropped), 'file')} dropped; left: {amount(left.files, 'file')}{since}, {left.bytes / MIB:.1f} MiB", soft_wrap=True
    )


def _captures(config: Config, url: str) -> list[Capture]:
    """The page's captures, the newest last; where a redirect led elsewhere, those of the article's own address."""
    from newsspider import archive
    from newsspider.store import Store

    if not (found := list(archive.captures(config.archive_folder, [url]))):
        with Store.open(config.store_url, create=False) as store:
            article = store.article(url)
            if article:
                found = list(archive.captures(config.archive_folder, [address.url for address in store.addresses(article.id)]))
    if not found:
        hint = "" if config.archive.enabled else "; pages are kept with [archive] enabled = true"
        raise ArchiveError(f"{url}: not in the archive {config.archive_folder}{hint}")
    return sorted(found, key=lambda capture: capture.fetched_at)


def _list(found: list[Capture], as_json: bool) -> None:
    if as_json:
        console.print_json(
            [{"url": one.url, "fetched_at": one.fetched_at.isoformat(), "file": one.ref.file, "offset": one.ref.offset} for one in found]
        )
        return
    rows = [(f"{one.fetched_at:%Y-%m-%d %H:%M:%S}", one.url, one.ref.file, str(one.ref.offset)) for one in found]
    console.print_table(("fetched (UTC)", "address", "file", "offset"), rows)


def _print(page: ArchivedPage, times: int) -> None:
    from newsspider.text.printable import printable

    lines = [page.url, f"fetched {page.fetched_at:%Y-%m-%d %H:%M:%S} UTC" + (f", the newest of {times}" if times > 1 else ""), ""]
    lines += [f"{name}: {value}" for name, value in page.headers.items()]
    for line in lines:
        console.out.print(" ".join(printable(line).split("\n")), soft_wrap=True)
    console.out.print()
    console.out.print(printable(_text(page)), soft_wrap=True)


def _text(page: ArchivedPage) -> str:
    from newsspider.extract.encoding import decode

    return decode(page.body, page.headers).text
