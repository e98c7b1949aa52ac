"""What recording an article costs: processor time of `Store.record`, by what becomes of the article.

    python bench/store.py [--articles 3000] [--url postgresql+psycopg://…] [--profile new]

Made-up articles of 270 Arabic words, each announced, claimed and recorded within a run as a crawl does it: new ones, the same again unchanged, the
same with an edited text, and reprints by another source. Keys are computed before the clock runs. Of a server, only the client's time is seen.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime

from crawl import WORDS
from rich.console import Console
from rich.table import Table

from newsspider import intake
from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole, Link
from newsspider.store import Owner, Store
from newsspider.urls import url_key

NOW = datetime(2025, 1, 22, 12, tzinfo=UTC)


def article(number: int, source: str = "bench", edit: str = "") -> Article:
    rng = random.Random(number)
    paragraphs = [" ".join(rng.choices(WORDS, k=45)) for _ in range(6)]
    url = f"https://{source}.example/article/{number}"
    day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
    made = Article(
        url=url,
        source=source,
        fetched_at=NOW,
        title=f"{' '.join(rng.choices(WORDS, k=8))} {number}",
        body="\n\n".join(paragraphs) + edit,
        timezone="Asia/Damascus",
        country="SY",
        language="ar",
        authors=["سلمى الراوي"],
        tags=rng.sample(WORDS, 3),
        evidence=[
            DateEvidence(EvidenceKind.JSONLD, f"{day}T10:00:00+03:00", "NewsArticle.datePublished", EvidenceRole.PUBLISHED),
            DateEvidence(EvidenceKind.TIME, f"{day}T10:00:00+03:00", "article > time", EvidenceRole.UNKNOWN, True, 1),
            DateEvidence(EvidenceKind.VISIBLE, "الأربعاء ٢٢ يناير ٢٠٢٥", "header > div", EvidenceRole.UNKNOWN, False, 2),
        ],
        frontier_key=url_key(url),
    )
    made = intake.validate(made)
    made.publication = intake.decide(made)
    made.keys = intake.fingerprint(made)
    return made


def recorded(store: Store, articles: list[Article], profile: cProfile.Profile | None) -> tuple[float, float, str]:
    """Microseconds of processor and of clock for each article, and what most of them became."""
    source, owner = articles[0].source, Owner.current()
    run = store.begin_run(source, owner)
    store.announce(run.id, source, [Link(made.url) for made in articles], force=True)
    claimed = {row.key for row in store.claim(run.id, owner, len(articles))}
    assert claimed == {made.frontier_key for made in articles}
    if profile:
        profile.enable()
    processor, clock = time.process_time(), time.perf_counter()
    became = [store.record(made, run_id=run.id, validators=('"etag"', None)).outcome.value for made in articles]
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    if profile:
        profile.disable()
    store.end_run(run.id, "finished")
    return processor / len(articles) * 1e6, clock / len(articles) * 1e6, max(set(became), key=became.count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--url", help="a new, empty store; by default an SQLite file in a temporary folder")
    parser.add_argument("--profile", choices=("new", "again", "edited", "reprinted"), help="of which of them to show where the time goes")
    arguments = parser.parse_args()
    new = [article(number) for number in range(arguments.articles)]
    rounds = {
        "new": new,
        "again": [replace(made) for made in new],
        "edited": [article(number, edit="\n\nتحديث: أعلنت الوزارة تفاصيل أخرى") for number in range(arguments.articles)],
        "reprinted": [article(number, source="other") for number in range(arguments.articles)],
    }
    table = Table("articles", "became", "µs processor", "µs clock", title=f"Store.record, {arguments.articles} articles each")
    with tempfile.TemporaryDirectory() as folder, Store.open(arguments.url or f"sqlite:///{folder}/bench.db") as store:
        for name, articles in rounds.items():
            profile = cProfile.Profile(time.process_time) if name == arguments.profile else None
            processor, clock, became = recorded(store, articles, profile)
            table.add_row(name, became, f"{processor:.0f}", f"{clock:.0f}")
            if profile:
                pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    Console().print(table)


if __name__ == "__main__":
    main()
