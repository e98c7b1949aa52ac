"""`newsspider config show`: every setting, its value, and where to set it; secrets masked."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import SecretStr

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.config import Config, keys, variable, without_credentials

group = typer.Typer(no_args_is_help=True, help="Look at the configuration.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="config")


@group.command()
def show(as_json: AsJson = False) -> None:
    """Print every setting with its value and its variable; secrets are masked."""
    config = console.config()
    values = {location: _shown(_value(config, location)) for location in keys()}
    if as_json:
        console.print_json({".".join(location): value for location, value in values.items()})
        return
    rows = [(".".join(location), str(value), variable(location)) for location, value in values.items()]
    console.print_table(("setting", "value", "variable"), rows)


def _value(config: Config, location: tuple[str, ...]) -> Any:
    value: Any = config
    for part in location:
        value = getattr(value, part)
    return value


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, bool | int | float | list | dict):
        return value
    return without_credentials(str(value if value is not None else ""))
