"""Frozen pages: pages of a source as they were fetched once, with what has to be read of them, in the operator's sources folder.

Each lies in `NAME.pages/` as two files named by a hash of its address: the body's bytes (.html), and (.json) its address, headers, time of fetching and
expected fields, which a person may correct.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsspider.errors import SourceError
from newsspider.wholefile import whole

FOLDER = ".pages"


@dataclass(frozen=True, slots=True)
class FrozenPage:
    """`expected` maps a field's name to its value as JSON has it. `url` is the address after redirects."""

    url: str
    headers: Mapping[str, str]
    fetched_at: datetime
    body: bytes
    expected: Mapping[str, Any]


def save_page(folder: Path, source: str, page: FrozenPage) -> Path:
    """Write a page of a source, in the place of what was saved of its address before; where its expectations lie. Raises SourceError."""
    path = folder / f"{source}{FOLDER}" / f"{hashlib.sha256(page.url.encode()).hexdigest()[:32]}.json"
    text = {"url": page.url, "fetched_at": page.fetched_at.isoformat(), "headers": dict(page.headers), "expected": dict(page.expected)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as expectations, whole(path.with_suffix(".html")) as body:
            body.write(page.body)
            expectations.write((json.dumps(text, ensure_ascii=False, indent=2) + "\n").encode())
            expectations.flush()  # a full disk shows before either takes its place
    except OSError as e:
        raise SourceError(f"{path}: the page cannot be saved: {e}") from e
    return path


def saved_pages(folder: Path, source: str) -> dict[Path, FrozenPage]:
    """The pages saved of a source, by the file of their expectations. Raises SourceError naming a file that cannot be used."""
    return {path: _read(path) for path in sorted((folder / f"{source}{FOLDER}").glob("*.json"))}


def _read(path: Path) -> FrozenPage:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        fetched_at = datetime.fromisoformat(values["fetched_at"])
        return FrozenPage(
            values["url"],
            dict(values["headers"]),
            fetched_at.astimezone(UTC),
            path.with_suffix(".html").read_bytes(),
            dict(values["expected"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise SourceError(f"{path}: no saved page: {e or type(e).__name__}; save it again with `newsspider sources save`") from e
