"""Extraction beside trafilatura and newspaper4k, on the same pages in one process: time a page, and how much of the pages' gold comes out.

    python bench/extract.py [--pages FOLDER] [--rounds 3]

newspaper4k takes part where it is installed (`pip install newspaper4k nltk`).

The pages are those of the evaluation data that tests/shared_data.py points to (index.json with gold, score.py); the figures are printed as a table with ratios.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from shared_data import ROOT as SHARED

Answer = dict[str, Any]
Extractor = Callable[[bytes, str], Answer]

FETCHED_AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
QUALITIES = ("title", "strict", "first", "last", "clean", "body")


def newsspider() -> Extractor:
    from newsspider.dates import decide_publication
    from newsspider.extract import Hints, Page, extract_page

    def run(body: bytes, url: str) -> Answer:
        found = extract_page(Page(body, url, {}, FETCHED_AT), Hints())
        article = found.article
        dated = decide_publication(article.evidence, fetched_at=FETCHED_AT, timezone="UTC", country=None)
        day = dated.published_day.isoformat() if dated.published_day else None
        return {
            "is_article": found.is_article,
            "language": article.language,
            "title": article.title,
            "body": article.body,
            "published_at": day,
        }

    return run


def trafilatura(**options: Any) -> Extractor:
    from trafilatura import bare_extraction

    def run(body: bytes, url: str) -> Answer:
        found = bare_extraction(body, url=url, with_metadata=True, include_comments=False, **options)
        if found is None:
            return {"is_article": False}
        return {"is_article": True, "language": found.language, "title": found.title, "body": found.text, "published_at": found.date}

    return run


def newspaper() -> Extractor:
    import newspaper

    def run(body: bytes, url: str) -> Answer:
        found = newspaper.Article(url, language="ar", fetch_images=False)
        try:
            found.download(input_html=body)
            found.parse()
        except ValueError:  # control characters in a page: nothing is read of it
            return {"is_article": True}
        day = found.publish_date.date().isoformat() if found.publish_date else None
        return {"is_article": True, "language": found.meta_lang or None, "title": found.title, "body": found.text, "published_at": day}

    return run


def load(folder: Path) -> tuple[list[tuple[dict[str, Any], bytes, str]], Any]:
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))["entries"]
    pages = [
        (entry, (folder / entry["file"]).read_bytes(), entry.get("url") or f"https://{entry['site'].split(' ')[0]}/{entry['slug']}")
        for entry in entries
        if entry["kind"] not in ("feed", "sitemap")
    ]
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    return pages, score.judge


def measure(run: Extractor, pages: list[tuple[dict[str, Any], bytes, str]], judge: Any, rounds: int) -> dict[str, float]:
    """Counts over the articles, rejections over the others, and the median of the rounds' milliseconds a page."""
    counts = dict.fromkeys((*QUALITIES, "right", "wrong", "none", "rejected"), 0)
    for entry, body, url in pages:
        answer = run(body, url)
        if entry["kind"] == "article":
            verdict = judge(entry["gold"], answer)
            counts[verdict["date"]] += 1
            for name in QUALITIES:
                counts[name] += verdict[name]
        else:
            counts["rejected"] += not answer.get("is_article") or (
                entry["kind"] == "nonarabic" and answer.get("language") not in (None, "ar")
            )
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _, body, url in pages:
            run(body, url)
        times.append((time.perf_counter() - start) / len(pages) * 1000)
    return {**counts, "ms": statistics.median(times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=SHARED / "pages")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages, judge = load(options.pages)
    articles = sum(entry["kind"] == "article" for entry, _, _ in pages)
    runs = {
        "newsspider (dates decided too)": newsspider(),
        "trafilatura": trafilatura(),
        "trafilatura, fast": trafilatura(fast=True),
        "trafilatura, favour precision": trafilatura(favor_precision=True),
    }
    if importlib.util.find_spec("newspaper"):
        runs["newspaper4k"] = newspaper()
    results = {name: measure(run, pages, judge, options.rounds) for name, run in runs.items()}
    columns = (*QUALITIES, "right", "wrong", "none", "rejected")
    print(f"{articles} articles, {len(pages) - articles} other pages, {options.rounds} rounds\n")
    print(f"{'extractor':32}" + "".join(f"{name:>9}" for name in columns) + f"{'ms/page':>10}{'x trafilatura':>15}")
    for name, figures in results.items():
        ratio = figures["ms"] / results["trafilatura"]["ms"]
        print(f"{name:32}" + "".join(f"{figures[column]:>9.0f}" for column in columns) + f"{figures['ms']:>10.1f}{ratio:>15.2f}")


if __name__ == "__main__":
    main()
