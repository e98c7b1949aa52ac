"""The access token: from the configuration, or made at the first start and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from newsspider.config import Config
from newsspider.errors import ConfigError
from newsspider.wholefile import write_whole

FILE = "web-token"


class Token(NamedTuple):
    """`file` is where it is kept, None when it was configured; `fresh` is True when it has just been made."""

    value: str
    file: Path | None
    fresh: bool


def load_token(config: Config) -> Token:
    """The token that opens the application. Raises ConfigError when its file cannot be made, or can be read by others."""
    if configured := config.web.token.get_secret_value():
        return Token(configured, None, fresh=False)
    file = config.data_folder / FILE
    try:
        config.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = _make(file)
        value = file.read_text(encoding="ascii").strip()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{file}: the access token cannot be kept here ({e}); make the folder yours, or set NEWSSPIDER_WEB_TOKEN") from e
    if not value:
        raise ConfigError(f"{file} is empty; delete it, and a new access token is made")
    if mode & 0o077 and os.name == "posix":
        raise ConfigError(f"{file} can be read by others; delete it for a new access token, or chmod 600 {file}")
    return Token(value, file, fresh)


def _make(file: Path) -> bool:
    """Write a new token, whole at once; False where there is one already."""
    if file.exists():
        return False
    try:
        write_whole(file, secrets.token_urlsafe(32) + "\n", new=True, mode=0o600)
    except FileExistsError:  # another process was first
        return False
    return True
