"""Articles, links and stores for the tests of the store."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from newsspider.dedupe import sketch
from newsspider.items import Article, ArticleKeys, DateEvidence, EvidenceKind, EvidenceRole, Link, Precision, Publication
from newsspider.store import Store
from newsspider.urls import url_key

NOON = datetime(2025, 1, 22, 12, tzinfo=UTC)
SITE = "https://news.example/"


def store_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'data' / 'newsspider.db'}"


def database(folder: Path) -> Path:
    return folder / "data" / "newsspider.db"


def said(raw: str, kind: EvidenceKind = EvidenceKind.FEED, role: EvidenceRole = EvidenceRole.PUBLISHED) -> DateEvidence:
    return DateEvidence(kind, raw, f"{kind} entry", role)


def link(path: str, *dates: DateEvidence, **more: Any) -> Link:
    return Link(SITE + path, evidence=dates, **more)


def seed(path: str, kind: str = "feed") -> Link:
    return Link(SITE + path, discovery=True, kind=kind)


def on_day(day: int, confidence: float = 0.5) -> Publication:
    """A decision for that day of January 2025."""
    evidence = said(f"2025-01-{day:02}", EvidenceKind.META)
    moment = datetime(2025, 1, day, 8, tzinfo=UTC)
    return Publication(moment, Precision.MINUTE, date(2025, 1, day), confidence=confidence, winner=evidence, reason="best")


def article(
    path: str = "a", text: str = "نص الخبر", *, also: tuple[str, ...] = (), publication: Publication | None = None, **fields: Any
) -> Article:
    """An article at SITE + path, with the keys of the paths in `also`, too."""
    urls = [SITE + path, *(SITE + other for other in also)]
    made = Article(url=urls[0], source="levant", fetched_at=NOON, title="عنوان", body=text, timezone="Asia/Damascus")
    made.publication = publication
    made.keys = ArticleKeys(
        tuple(url_key(url) for url in urls), hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32], sketch(text)
    )
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def fill(folder: Path, count: int = 200) -> None:
    with Store.open(store_url(folder)) as store:
        for number in range(count):
            store.record(article(str(number), f"نص طويل {number} " * 60))


def python(code: str, *arguments: str, **more: Any) -> subprocess.Popen[str]:
    """`code` in a process of its own, which can import this module."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)} | more.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, **more
    )


def killed_with(folder: Path, code: str) -> None:
    """Run `code` with a Store `store` open in a process of its own, which then ends without closing anything."""
    lines = f"import os\nfrom newsspider.store import Store\nfrom store_samples import *\nstore = Store.open({store_url(folder)!r})\n{code}\nos._exit(0)"
    child = python(lines)
    child.communicate()
    assert child.returncode == 0
