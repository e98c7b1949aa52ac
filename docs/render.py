"""Writes docs/settings.md and docs/commands.md from the code they describe: `python docs/render.py`. A test fails when they are stale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer.main
from pydantic import SecretStr

from newsspider.cli.main import app
from newsspider.config import Config, keys, variable

HERE = Path(__file__).parent


def settings() -> str:
    """The settings page, one table a section."""
    lines = [
        "# Settings",
        "",
        "Settings stand in `newsspider.toml` in the folder where a command runs (or in the file that `NEWSSPIDER_CONFIG` names),",
        "and `NEWSSPIDER_*` variables go on top of it. A secret may come from a file: `NEWSSPIDER_ENGINE_API_KEY_FILE=/run/secrets/key`. Lists and",
        "tables in variables are JSON. Relative paths in the file are meant from the file's own folder. An unknown key or variable, a wrong type or an",
        "unreadable secret ends every command with exit code 2 before anything else happens, naming file, line and key. `newsspider config show` prints",
        "what is in force.",
    ]
    sections: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for location, info in keys().items():
        sections.setdefault("" if len(location) == 1 else location[0], []).append((location, info))
    for section, entries in sections.items():
        doc = (Config.model_fields[section].annotation.__doc__ or "").strip() if section else "At the top of the file."
        lines += [
            "",
            f"## [{section}]" if section else "## Top level",
            "",
            doc,
            "",
            "| key | default | variable | what it does |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{location[-1]}` | {_default(info)} | `{variable(location)}` | {info.description} |" for location, info in entries]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """The commands page, one section a command, with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Results go to standard output, messages and progress to standard error; colours only to a terminal. Exit codes: 0 done, 1 failed or only",
        "partly done, 2 wrong usage or configuration, 75 try again later (another run is active, no space, engine away), 130 interrupted.",
    ]
    root = typer.main.get_command(app)
    for path, command in _leaves(root, "newsspider"):
        lines += ["", f"## {path}", "", _help(command.help)]
        rows = [_parameter(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            lines += ["", "| argument or option | default | what it does |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _leaves(command: Any, path: str) -> list[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        return [(path, command)]
    return [leaf for name, child in children.items() for leaf in _leaves(child, f"{path} {name}")]


def _help(text: str | None) -> str:
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name.upper()).replace("|", "\\|")
        name = (name if parameter.required else f"[{name}]") + ("…" if parameter.nargs == -1 else "")
    else:
        name = ", ".join([*parameter.opts, *parameter.secondary_opts])
    default = "" if parameter.default in (None, False, "") or callable(parameter.default) else f"`{parameter.default}`"
    return f"| `{name}` | {default} | {getattr(parameter, 'help', None) or ''} |".replace("\n", " ")


def _default(info: Any) -> str:
    value = info.default
    if isinstance(value, SecretStr) or value in ("", None):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    (HERE / "settings.md").write_text(settings(), encoding="utf-8")
    (HERE / "commands.md").write_text(commands(), encoding="utf-8")
