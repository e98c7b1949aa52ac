"""The reasons of outcomes that the code gives, read off the code: what every place that explains them has to know."""

from __future__ import annotations

import re
from pathlib import Path

from newsspider.extract import Reason
from newsspider.extract.workers import NotRead
from newsspider.middlewares.failures import REASONS
from newsspider.store import REASONS as STORED

ROOT = Path(__file__).resolve().parents[1]
_ROOMS = ("newsspider/intake.py", "newsspider/spiders/news.py", "newsspider/extensions/ledger.py", "pipelines/validate.py")
_GIVEN = re.compile(r'(?:Rejected|RejectedArticle|Outcome\.\w+,|_failed\([^"\n]*,)\s?\(?\s*f?"(\w+)')


def given() -> set[str]:
    """Those that stand as words in the rooms that end addresses."""
    return {word for room in _ROOMS for word in _GIVEN.findall((ROOT / room).read_text(encoding="utf-8"))}


def every_reason() -> set[str]:
    return {*Reason, *REASONS, *STORED, *given(), *(kind.reason for kind in NotRead.__subclasses__())}
