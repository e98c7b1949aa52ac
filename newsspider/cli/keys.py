"""`newsspider index keys`: API keys with least privileges, told once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import ConfigError
from newsspider.wholefile import write_whole


def keys(
    folder: Annotated[
        Path | None, typer.Option(help="Write each key into a file of its own here (mode 0600), instead of printing it.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long the keys are good for.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make Elasticsearch API keys with least privileges: indexer, searcher and admin. Needs engine.username and engine.password.

    Elasticsearch tells a key this once. Old keys stay good until they expire.
    """
    from newsspider.engines.elasticsearch.keys import PURPOSES, create_keys

    config = console.config()
    if not config.engine.url:
        raise ConfigError("engine.url is not set: the embedded index needs no keys")
    if folder and (existing := [str(folder / purpose) for purpose in PURPOSES if (folder / purpose).exists()]):
        raise ConfigError(f"{', '.join(existing)} exists already; move it away, or name another folder")
    made = create_keys(config.engine, days)
    if folder:
        for key in made:
            _write_secret(folder / key.purpose, key.secret)
    rows = [
        {"purpose": key.purpose, "id": key.id, "expires": key.expires_at.isoformat(timespec="seconds")}
        | ({"file": str(folder / key.purpose)} if folder else {"key": key.secret})
        for key in made
    ]
    if as_json:
        console.print_json({"keys": rows})
        return
    for row in rows:
        console.out.print(f"{row['purpose']:10}{row.get('file') or row.get('key')}", soft_wrap=True)
        console.out.print(f"{'':10}id {row['id']}, good until {row['expires']}", style="dim", soft_wrap=True)


def _write_secret(file: Path, secret: str) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(file, secret + "\n", new=True, mode=0o600)
    except OSError as e:
        raise ConfigError(f"{file} cannot be written ({e.strerror}); revoke the keys just made and try again") from e
