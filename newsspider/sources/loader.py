"""Reads source files: those that come with newsspider, and over them the user's own of the same name."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from newsspider.config import SourcesConfig
from newsspider.errors import SourceError
from newsspider.sources.model import Source
from newsspider.tomlfile import line_of, load_toml

BUILTIN = Path(str(resources.files("newsspider.sources") / "builtin"))


class Sources(dict[str, Source]):
    """Sources by name, in the order of their names; `files` tells where each was read."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, Path] = {}

    def named(self, name: str) -> Source:
        """The source of that name. Raises SourceError with the nearest name when there is none."""
        if name in self:
            return self[name]
        near = get_close_matches(name.lower(), self, 1)
        hint = f"did you mean {near[0]}?" if near else "`newsspider sources list` shows them"
        raise SourceError(f"there is no source {name!r}; {hint}")


def load_sources(config: SourcesConfig) -> Sources:
    """All sources. Raises SourceError naming file, line and key of everything that is wrong in any file."""
    if "folder" in config.model_fields_set and not config.folder.is_dir():
        raise SourceError(f"{config.folder}: no such folder; make it, or correct `folder` in [sources] of the configuration")
    folders = ([BUILTIN] if config.builtin else []) + [config.folder]
    files = {path.stem: path for folder in folders for path in folder.glob("*.toml")}
    sources, problems = Sources(), []
    for name, path in sorted(files.items()):
        try:
            sources[name] = _source(*load_toml(path, SourceError), path)
        except SourceError as e:
            problems.append(str(e))
        sources.files[name] = path
    if problems:
        raise SourceError("\n".join(problems))
    return sources


def source_from_toml(text: str, path: Path) -> Source:
    """The source that `text`, the content of the file `path`, describes. Raises SourceError with one line for each mistake."""
    try:
        return _source(tomllib.loads(text), text, path)
    except tomllib.TOMLDecodeError as e:
        raise SourceError(f"{path}: not valid TOML: {e}") from e


def _source(data: dict[str, Any], text: str, path: Path) -> Source:
    try:
        source = Source.model_validate(data)
    except ValidationError as e:
        raise SourceError("\n".join(_describe(error, path, text) for error in e.errors())) from e
    if source.name != path.stem:
        raise SourceError(f'{path}:{line_of(text, ("name",))}: name: must be the file\'s name, "{path.stem}", and is "{source.name}"')
    return source


def _describe(error: ErrorDetails, path: Path, text: str) -> str:
    location = error["loc"]
    table, field = _field(location)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    if error["type"] == "extra_forbidden":
        near = get_close_matches(str(location[-1]), table.model_fields, 1)
        message = "no such key; " + (f"did you mean {near[0]}? " if near else "") + f"allowed: {', '.join(table.model_fields)}"
    elif error["type"] == "missing":
        message = f"is missing. {field.description if field else ''}".rstrip()
    elif error["type"] == "value_error":
        message = error["msg"].removeprefix("Value error, ")
    else:
        message = error["msg"] + (f". {field.description}" if field else "")
    return f"{path}:{line_of(text, location) or 1}: {f'{key}: ' if key else ''}{message}"


def _field(location: tuple[int | str, ...]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The table that holds the key at `location`, and the key's own description where there is such a key."""
    table: type[BaseModel] = Source
    field: FieldInfo | None = None
    for part in location:
        if isinstance(part, str):
            inner = _table_within(field)
            table = inner or table
            field = table.model_fields.get(part)
    return table, field


def _table_within(field: FieldInfo | None) -> type[BaseModel] | None:
    kinds = (field.annotation, *get_args(field.annotation)) if field else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
