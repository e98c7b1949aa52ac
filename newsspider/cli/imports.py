"""`newsspider import`: articles as JSON Lines, through intake and the store like everything else."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from zoneinfo import ZoneInfo

import typer

from newsspider import clock
from newsspider.cli import console
from newsspider.errors import ConfigError, NewsspiderError, StoreError
from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole
from newsspider.text.amounts import amount
from newsspider.text.codes import country_code, language_code

if TYPE_CHECKING:
    from newsspider.store import Store

LONGEST_LINE = 64 << 20
FIRST_YEAR, LAST_YEAR = 1990, 2199  # of the Web


def register(app: typer.Typer) -> None:
    app.command("import")(import_articles)


def import_articles(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, one article a line; - is standard input.")],
) -> None:
    """Import articles: url, title, body and source, and if known published_at and what else `export` writes.

    Bad lines are reported with their numbers and the rest is imported; the exit code is then 1.
    """
    from newsspider.store import Store

    url = console.config().store_url
    with _reading(file) as lines, Store.open(url) as store, _progress(file) as advance:
        outcomes, bad = _import(store, lines, advance)
    said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()) or "nothing imported"
    console.out.print(f"{said}; {amount(bad, 'bad line')}")
    if outcomes:
        console.err.print("`newsspider index sync` makes what was imported searchable.")
    raise typer.Exit(1 if bad else 0)


def _import(store: Store, lines: BinaryIO, advance: Callable[[int], None]) -> tuple[Counter[str], int]:
    from newsspider.intake import take_in

    outcomes: Counter[str] = Counter()
    bad = number = done = 0
    while line := lines.readline(LONGEST_LINE):
        number += 1
        try:
            if line.strip():
                outcomes[take_in(store, article_from(_parsed(line))).outcome] += 1
        except StoreError:
            raise
        except (ValueError, NewsspiderError) as e:
            bad += 1
            console.error(f"line {number}: {e}")
        while not line.endswith(b"\n") and len(line) == LONGEST_LINE:
            line = lines.readline(LONGEST_LINE)
        done += len(line)
        advance(done)
    return outcomes, bad


def _parsed(line: bytes) -> dict[str, Any]:
    """Raises ValueError saying what is wrong with the line."""
    if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
        raise ValueError(f"longer than {LONGEST_LINE >> 20} MiB")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as e:
        raise ValueError(f"not JSON in UTF-8 ({e})") from e
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of error for a bad line
    return value


def article_from(value: dict[str, Any]) -> Article:
    """The article that an imported object describes; what it has besides is not read. Raises ValueError naming the field at fault.

    Its date is decided again: from `evidence` where it has any, else from `published_at` as the user's word.
    """
    given = value.get("evidence") or (
        [{"kind": "given", "raw": date_text, "role": "published"}] if (date_text := _text(value, "published_at")) else []
    )
    fetched_at = _text(value, "fetched_at")
    article = Article(
        url=_required(value, "url"),
        source=_required(value, "source"),
        title=_required(value, "title"),
        body=_required(value, "body"),
        fetched_at=_moment("fetched_at", fetched_at) if fetched_at else clock.now(),
        timezone=_timezone(_text(value, "timezone") or "UTC"),
        authors=_texts(value, "authors"),
        tags=_texts(value, "tags"),
        evidence=[_evidence(item) for item in _list(given, "evidence")],
        country=_code(value, "country", country_code),
        language=_code(value, "language", language_code),
        summary=_text(value, "summary"),
        section=_text(value, "section"),
        image_url=_text(value, "image_url"),
        canonical_url=_text(value, "canonical_url"),
        signature=_text(value, "signature"),
    )
    if not value.get("evidence"):
        _require_dates(article)
    return article


def _require_dates(article: Article) -> None:
    """Raises ValueError when the user's word on the date says none."""
    from newsspider.dates import parse_date

    for evidence in article.evidence:
        if not parse_date(evidence.raw, reference=article.fetched_at, timezone=article.timezone, country=article.country):
            raise ValueError(f"published_at {evidence.raw!r} is no date that can be read; write it like 2025-01-22T10:00:00+03:00")


def _required(value: dict[str, Any], name: str) -> str:
    text = _text(value, name)
    if not text:
        raise ValueError(f"{name} is missing")
    return text


def _text(value: dict[str, Any], name: str) -> str | None:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise ValueError(f"{name} must be a text, not {json.dumps(text, ensure_ascii=False)[:60]}")
    return text


def _code(value: dict[str, Any], name: str, read: Callable[[str], str | None]) -> str | None:
    text = _text(value, name)
    if not text:
        return None
    if code := read(text):
        return code
    raise ValueError(f"{name} {text!r} is none; write its code, or its name in Arabic or English")


def _texts(value: dict[str, Any], name: str) -> list[str]:
    texts = _list(value.get(name) or [], name)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{name} must be a list of texts")
    return texts


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list")  # noqa: TRY004 - one kind of error for a bad line
    return value


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise ValueError(f"{name} must be an ISO 8601 time, not {text!r}") from e
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{name} {text!r} is not a time at which a page can have been fetched")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as e:
        raise ValueError(f"timezone {name!r} does not exist") from e
    return name


def _evidence(item: Any) -> DateEvidence:
    try:
        return DateEvidence(
            kind=EvidenceKind(item["kind"]),
            raw=str(item["raw"]),
            place=str(item.get("place") or "import published_at"),
            role=EvidenceRole(item.get("role", "unknown")),
            in_article=item.get("in_article"),
            distance=int(item.get("distance", 0)),
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as e:
        raise ValueError(f"evidence {json.dumps(item, ensure_ascii=False)[:100]} is not as `export` writes it") from e


@contextmanager
def _reading(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as e:
        raise ConfigError(f"{file} cannot be read ({e.strerror})") from e
    with opened:
        yield opened


def _progress(file: str) -> Any:
    """A bar over the file's bytes; none for standard input, whose length is not known."""
    from newsspider.cli.progress import counting

    return nullcontext(lambda done: None) if file == "-" else counting("importing", Path(file).stat().st_size)
