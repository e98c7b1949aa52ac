"""What operators should know of the sources: conditions found in the store, kept as notices, and told by webhook and mail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from newsspider import clock
from newsspider.alerts.mail import mail_body
from newsspider.config import Config
from newsspider.items import Outcome
from newsspider.monitoring.status import MOST_NOTICES
from newsspider.monitoring.volume import WINDOWS, volume
from newsspider.sources import Source
from newsspider.store import CRAWLED, Condition, Notice, NoticeKind, Receiver, RunSummary, SourceState, Store
from newsspider.text.amounts import amount
from newsspider.wording.languages import LANGUAGES
from newsspider.wording.notices import announced, said

EVERY = timedelta(minutes=15)
RUNS = 3  # of a source, that are looked at
SAME_TEXT = 5  # addresses with one text
READ = (Outcome.NEW, Outcome.UNCHANGED)


def watch(store: Store, sources: Iterable[Source]) -> None:
    """Look at every source, and open and end notices. Those of a source that is disabled or retired end, those of a paused one stay.

    Raises StoreError.
    """
    sources, standings = list(sources), store.standings()
    runs = store.newest_runs([source.name for source in sources], RUNS + 1)
    holding = {(notice.kind, notice.source) for notice in store.notices(ended=False, limit=MOST_NOTICES)}
    for source in sources:
        standing = standings.get(source.name)
        state = standing.state if standing else SourceState.ENABLED
        if state is SourceState.PAUSED:
            continue
        found = _conditions(store, source.name, runs[source.name]) if state in CRAWLED else {}
        for kind in (NoticeKind.SILENT, NoticeKind.LOUD, NoticeKind.SOFT_404, NoticeKind.DEGRADED, NoticeKind.FAILING):
            if found.get(kind) or (kind, source.name) in holding:
                store.set_notices(kind, source.name, found.get(kind, ()))


def _conditions(store: Store, source: str, newest: Sequence[RunSummary]) -> dict[NoticeKind, Sequence[Condition]]:
    runs = [run for run in newest if run.ended_at][:RUNS]
    return {
        **_volumes(store, source),
        NoticeKind.SOFT_404: _same_texts(store, runs),
        NoticeKind.DEGRADED: [Condition("layout", run.note.text, _noted(run)) for run in runs[:1] if run.state == "degraded"],
        NoticeKind.FAILING: _failing(runs),
    }


def _volumes(store: Store, source: str) -> dict[NoticeKind, Sequence[Condition]]:
    windows = store.stored_windows(source, clock.now(), WINDOWS)
    found = volume(windows) if windows else None
    if found is None:
        return {}
    text = f"{amount(found.stored, 'article')} stored in the last 24 hours, usually {found.usual:g}"
    condition = Condition("volume", text, {"stored": found.stored, "usual": found.usual})
    return {NoticeKind.SILENT: [condition] if found.silent else [], NoticeKind.LOUD: [condition] if found.loud else []}


def _same_texts(store: Store, runs: Sequence[RunSummary]) -> list[Condition]:
    """One text under many addresses: stored as one article, or known for a page that says there is none."""
    found = [(url, others + 1) for url, others in store.repeated_texts([run.id for run in runs], SAME_TEXT - 1)]
    missing = sum(row.count for run in runs for row in run.reasons if row.reason == "soft_404")
    if missing >= SAME_TEXT:
        found.append(("", missing))
    return [
        Condition(
            url or "soft_404",
            f"{count} addresses have one text: {url or 'that there is no such page'}",
            {"addresses": count, "detail": url},
        )
        for url, count in found
    ]


def _failing(runs: Sequence[RunSummary]) -> list[Condition]:
    """Runs one after the other that could read no feed, sitemap or listing."""
    if len(runs) < RUNS or any(run.discovery.get(outcome) for run in runs for outcome in READ):
        return []
    reasons = [row.reason for row in runs[0].reasons if row.kind == "discovery" and row.reason]
    facts = {"detail": ", ".join(dict.fromkeys(reasons))} if reasons else _noted(runs[0])
    return [Condition("runs", f"the last {RUNS} runs read nothing: {facts['detail']}", {"runs": RUNS, **facts})]


def _noted(run: RunSummary) -> dict[str, Any]:
    return {"detail": run.note.text, **run.note.facts}


def tell(store: Store, config: Config) -> int:
    """Put what operators were not told yet into the outbox, for every channel that is configured; how many beginnings and ends of notices that were."""
    return store.tell_notices(lambda notice: _messages(notice, config))


def _messages(notice: Notice, config: Config) -> list[tuple[Receiver, str]]:
    found, language = [], LANGUAGES[config.language]
    if config.alerts.webhook_url:
        data = {
            "id": notice.id,
            "kind": notice.kind,
            "source": notice.source,
            "subject": notice.subject,
            "text": said(language, notice).striptags(),
            "facts": notice.facts,
        }
        event = "notice.ended" if notice.ended_at else "notice.opened"
        body = {"type": event, "timestamp": (notice.ended_at or notice.first_at).isoformat(), "data": data}
        found.append((Receiver("webhook", None), json.dumps(body, ensure_ascii=False)))
    if config.mail.to:
        title, text = announced(language, notice, notice.source, ended=bool(notice.ended_at))
        found.append((Receiver("mail", None), mail_body(f"newsspider: {title}", f"{text}\n\nnewsspider status {notice.source}\n")))
    return found
