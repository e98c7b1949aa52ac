"""Where the configuration is read from: newsspider.toml, then NEWSSPIDER_* variables on top.

A variable is named after its section and key: `[crawl] delay` is NEWSSPIDER_CRAWL_DELAY. A secret may come from a file instead, named by the
same variable with _FILE. Unknown keys and variables, wrong types and missing secrets are errors before anything else happens.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_origin

from pydantic import SecretStr, ValidationError

from newsspider.config.sections import Config, Location, keys
from newsspider.errors import ConfigError
from newsspider.tomlfile import line_of, load_toml

PREFIX = "NEWSSPIDER_"
CONFIG_VARIABLE = "NEWSSPIDER_CONFIG"  # the path of the file itself
DEFAULT_FILE = Path("newsspider.toml")


def variable(location: Location) -> str:
    """The environment variable of a key."""
    return PREFIX + "_".join(location).upper()


def load_config(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration from `path` (else $NEWSSPIDER_CONFIG, else newsspider.toml in this folder, where it exists) and the environment.

    Raises ConfigError naming the file, line and key, or the variable, of everything that is wrong.
    """
    named = path or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    file = named or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    data, text = load_toml(file) if file else ({}, "")
    if file:
        _refuse_open_secrets(file, data)
    from_environment = _read_environment(environ)
    for location, value in from_environment.items():
        table = data
        for part in location[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise ConfigError(f"{file}:{line_of(text, location[:1])}: {part} must be a table, [{part}]")
        table[location[-1]] = value
    if file:
        _anchor_paths(data, file.parent, from_environment)
    try:
        return Config(**data)
    except ValidationError as e:
        problems = [_describe(error, file, text, from_environment) for error in e.errors()]
        raise ConfigError("\n".join(problems)) from e


def _refuse_open_secrets(file: Path, data: Mapping[str, Any]) -> None:
    """Raises ConfigError when the file has a secret and anybody may change it."""
    for location, info in keys().items():
        table = data.get(location[0])
        if info.annotation is SecretStr and isinstance(table, dict) and location[-1] in table and file.stat().st_mode & stat.S_IWOTH:
            raise ConfigError(f"{file}: has the secret {'.'.join(location)} and may be written by everybody; chmod 600 {file}")


def _anchor_paths(data: dict[str, Any], folder: Path, from_environment: Mapping[Location, Any]) -> None:
    """Relative paths in the file are meant from the file's own folder, so that a command does the same from anywhere."""
    for location, info in keys().items():
        table: Any = data
        for part in location[:-1]:
            table = table.get(part) if isinstance(table, dict) else None
        is_path = info.annotation in (Path, Path | None)
        if is_path and location not in from_environment and isinstance(table, dict) and isinstance(table.get(location[-1]), str):
            table[location[-1]] = str(folder / Path(table[location[-1]]).expanduser())


def _read_environment(environ: Mapping[str, str]) -> dict[Location, Any]:
    known = {variable(location): (location, info) for location, info in keys().items()}
    secret_files = {name + "_FILE": name for name, (_, info) in known.items() if info.annotation is SecretStr}
    values: dict[Location, Any] = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE or name.startswith(PREFIX + "TEST_"):
            continue
        if name in known:
            location, info = known[name]
            values[location] = _typed(name, text, info)
        elif name in secret_files:
            if secret_files[name] in environ:
                raise ConfigError(f"{name} and {secret_files[name]} are both set; keep one of them")
            values[known[secret_files[name]][0]] = _secret_of(name, Path(text))
        else:
            raise ConfigError(f"{name}: no such setting; `newsspider config show` lists them")
    return values


def _secret_of(name: str, file: Path) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{name}: the secret's file {file} cannot be read ({e})") from e
    if not secret:
        raise ConfigError(f"{name}: the secret's file {file} is empty")
    return secret


def _typed(name: str, text: str, info: Any) -> Any:
    if info.annotation == Path | None and not text:
        return None  # Path("") would be the folder
    if get_origin(info.annotation) not in (list, dict):
        return text
    try:
        return json.loads(text)
    except ValueError as e:
        raise ConfigError(f'{name}: must be JSON, such as ["a", "b"] or {{"name": "value"}}') from e


def _describe(error: Any, file: Path | None, text: str, from_environment: Mapping[Location, Any]) -> str:
    location = tuple(error["loc"])
    known = next((key for key in from_environment if location[: len(key)] == key), None)
    key = ".".join(str(part) for part in location)
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "no such key; `newsspider config show` lists them"
    if known:
        return f"{variable(known)}: {message}"
    where = f"{file}:{line_of(text, location) or 1}: " if file else ""  # else variables are at odds with each other
    return f"{where}{key}: {message}"
