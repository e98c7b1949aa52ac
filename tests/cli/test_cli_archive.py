"""`newsspider archive` and `newsspider reparse`: what was fetched is shown safely, and read again without the network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sites import Installation, Site, serve

from newsspider.extract import Extraction, Hints, Page, extract_page
from newsspider.extract.workers import Workers
from newsspider.reparse import Reparse, Result
from newsspider.store import Store

ESC = "\x1b[31m"
TEXT = "".join(f"<p>فقرة {n} عن موسم الزيتون، وقال المزارعون إن المحصول جيد هذا العام وإن الأسعار ثابتة في الأسواق.</p>" for n in range(4))


def story(number: int) -> str:
    return (
        f'<html lang="ar"><head><title>خبر الزيتون رقم {number}</title><meta property="article:published_time" content="2025-01-2{number}T10:00:00Z">'
        f"</head><body><article><h1>خبر الزيتون رقم {number}</h1>{TEXT}<i class=desk>مكتب {ESC}الزراعة</i></article></body></html>"
    )


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Site]]:
    with serve(Site()) as site:
        installation = Installation(
            tmp_path_factory.mktemp("crawled"), '[archive]\nenabled = true\n[net]\nallow_networks = ["127.0.0.0/8"]\n'
        )
        installation.source("olive", homepage=site.origin + "/", feeds=[site.origin + "/feed"])
        items = "".join(f"<item><link>{site.origin}/news/{n}</link></item>" for n in range(3))
        site.add("/feed", f'<rss version="2.0"><channel>{items}</channel></rss>', "application/rss+xml")
        for number in range(3):
            site.add(f"/news/{number}", story(number), X_Note="\u202eevil".encode().decode("latin-1"))
        installation.run("crawl", "olive")
        yield installation, site


def store_of(installation: Installation) -> Store:
    return Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}", create=False)


def test_h22_a_page_is_shown_without_what_harms_a_terminal(crawled: tuple[Installation, Site]) -> None:
    installation, site = crawled
    shown = installation.run("archive", "show", f"{site.origin}/news/1?utm_source=x").stdout
    assert "content-type: text/html; charset=utf-8" in shown
    assert "<h1>خبر الزيتون رقم 1</h1>" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
    page = installation.json("archive", "show", f"{site.origin}/news/1")
    assert page["body"] == story(1)
    assert [one["url"] for one in installation.json("archive", "show", f"{site.origin}/news/1", "--list")] == [f"{site.origin}/news/1"]
    raw = installation.run("archive", "show", f"{site.origin}/news/1", "--raw").stdout
    assert raw == story(1)


def test_what_is_not_there_is_said(crawled: tuple[Installation, Site]) -> None:
    installation, site = crawled
    assert "not in the archive" in installation.run("archive", "show", f"{site.origin}/news/77", code=1).stderr


def test_reparse_makes_versions_only_where_something_changed_and_asks_no_site(crawled: tuple[Installation, Site]) -> None:
    installation, site = crawled
    before = site.hits.total()
    assert "nothing to change" in installation.run("reparse").stdout

    source = installation.folder / "sources" / "olive.toml"
    old = source.read_text(encoding="utf-8")
    source.write_text(
        old + '[selectors]\nsection = "i.desk"\n[[versions]]\nvalid_until = 2999-01-01\ntitle = "xpath://h1[contains(., \'2\')]"\n',
        encoding="utf-8",
    )
    dry = installation.run("reparse", "--dry-run", "--json")
    assert "(nothing was stored)" in dry.stderr
    assert {json.loads(line)["result"] for line in dry.stdout.splitlines()} == {"changed"}
    with store_of(installation) as store:
        assert {article.revision for article in store.articles()} == {1}
    done = [json.loads(line) for line in installation.run("reparse", "--source", "olive", "--json").stdout.splitlines()]
    assert [page["changed"] for page in done] == [["section"]] * 3
    with store_of(installation) as store:
        assert {(article.revision, article.section) for article in store.articles()} == {(2, "مكتب [31mالزراعة")}
        assert store.check() == []
    assert "nothing to change" in installation.run("reparse").stdout
    assert site.hits.total() == before
    source.write_text(old, encoding="utf-8")


def test_a_page_of_an_older_layout_is_read_as_that_layout_had_it(crawled: tuple[Installation, Site]) -> None:
    installation, _ = crawled
    source = installation.folder / "sources" / "olive.toml"
    whole = source.read_text(encoding="utf-8")
    with store_of(installation) as store:
        fetched = {article.fetched_at.astimezone(ZoneInfo(article.timezone)).date() for article in store.articles()}

    def sections(last_day: date) -> set[str | None]:
        layouts = f'[selectors]\nsection = "i.desk"\n[[versions]]\nvalid_until = {last_day}\nsection = "title"\n'
        source.write_text(f"{whole}{layouts}", encoding="utf-8")
        installation.run("reparse")
        with store_of(installation) as store:
            return {article.section for article in store.articles()}

    assert sections(max(fetched)) == {f"خبر الزيتون رقم {number}" for number in range(3)}
    assert sections(min(fetched) - timedelta(days=1)) == {"مكتب [31mالزراعة"}
    source.write_text(whole, encoding="utf-8")


def broken(page: Page, hints: Hints) -> Extraction:
    number = int(page.url[-1])
    if number == 0:
        os._exit(9)
    return extract_page(page, hints) if number == 1 else 1 // 0  # type: ignore[return-value]


def test_c17_pages_that_break_the_reading_again_cost_only_themselves(crawled: tuple[Installation, Site]) -> None:
    installation, _ = crawled
    with store_of(installation) as store, Workers(1, 30.0, broken) as workers:
        done = list(Reparse(store, {}, installation.folder / "data" / "archive", workers, dry_run=True).run())
    assert len(done) == 3
    assert {page.url[-1]: page.detail.rpartition(": ")[2] for page in done if page.result is Result.UNREADABLE} == {
        "0": "two processes ended while they read it",
        "2": "integer division or modulo by zero",
    }


def test_a_torn_file_is_told_and_hides_nothing(crawled: tuple[Installation, Site]) -> None:
    installation, _ = crawled
    with store_of(installation) as store:
        last = max((article.archive for article in store.articles()), key=lambda ref: ref.offset)
    file = installation.folder / "data" / "archive" / last.file
    whole = file.read_bytes()
    file.write_bytes(whole[: last.offset + 30])
    done = [json.loads(line) for line in installation.run("reparse", "--json", code=1).stdout.splitlines()]
    assert sum(page["result"] == "unreadable" and "cut off" in page["detail"] for page in done) == 1
    file.write_bytes(whole)


def test_dropped_files_leave_no_reference(crawled: tuple[Installation, Site]) -> None:
    installation, _ = crawled
    (installation.folder / "newsspider.toml").write_text(
        installation.file.read_text(encoding="utf-8").replace("enabled = true", "enabled = true\nmax_bytes = 1"), encoding="utf-8"
    )
    assert installation.json("archive", "prune")["files"] == 0
    with store_of(installation) as store:
        assert [article.archive for article in store.articles()] == [None] * 3
    assert "3 not archived" in installation.run("reparse").stderr
