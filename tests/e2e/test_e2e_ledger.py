"""Every discovered address ends in exactly one outcome with a reason, whatever the site does, and the outcomes add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sites import Installation, Site, serve

from newsspider import clock
from newsspider.store import Owner, Store

TEXT = (
    "قالت وزارة الزراعة في بيان إن موسم القمح هذا العام جاء أفضل من المتوقع بفضل أمطار الربيع، وأضافت أن الفلاحين سلموا كميات كبيرة إلى الصوامع. "
    "وأوضح البيان أن الأسعار ستبقى على حالها حتى نهاية الصيف، وأن دفعات المزارعين ستصرف خلال أسبوعين."
)


def page(title: str, text: str = TEXT, head: str = "") -> str:
    return (
        f'<html lang="ar"><head><title>{title}</title><meta property="og:type" content="article">{head}</head>'
        f"<body><article><h1>{title}</h1><p>{text}</p><p>{title}. {text}</p></article></body></html>"
    )


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as running:
        yield running


@pytest.fixture
def installation(tmp_path: Path, site: Site) -> Installation:
    made = Installation(tmp_path, 'concurrency_per_site = 4\nretries = 0\n[net]\nallow_networks = ["127.0.0.0/8"]\n')
    made.source("farm", homepage=site.origin + "/", feeds=[site.origin + "/feed.xml", site.origin + "/gone.xml"])
    return made


def feed(site: Site, *items: tuple[str, str]) -> None:
    entries = "".join(f"<item><title>x</title><link>{site.origin}{path}</link>{extra}</item>" for path, extra in items)
    site.add("/feed.xml", f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>', "application/rss+xml")


def test_all_endings_have_a_reason_and_add_up(site: Site, installation: Installation) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain")
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات"))
    site.add("/print/wheat-copy", page("موسم القمح يفوق التوقعات"))
    site.add("/news/broken", "x", status=500)
    site.add("/news/away", "", status=302, Location="http://elsewhere.example/news/1")
    site.add("/news/inside", "", status=302, Location="http://169.254.169.254/latest")
    site.add("/news/file", b"%PDF-1.4", "application/pdf")
    site.add("/news/empty", page("عنوان بلا نص", ""))
    site.add("/private/wheat", page("خبر خاص"))
    paths = [
        "/news/wheat",
        "/print/wheat-copy",
        "/news/broken",
        "/news/away",
        "/news/inside",
        "/news/file",
        "/news/empty",
        "/private/wheat",
        "/news/missing",
    ]
    feed(site, *((path, "") for path in paths))
    installation.run("crawl", "farm")
    (run,) = installation.json("runs", "list")
    rows = {
        row["url"].removeprefix(site.origin): (row["outcome"], row["reason"])
        for row in installation.json("runs", "show", run["id"])["rows"]
    }
    assert rows["/news/broken"] == ("failed", "http_500")
    assert rows["/news/missing"] == ("failed", "http_404")
    assert rows["/gone.xml"] == ("failed", "http_404")
    assert rows["/news/away"][0] == "skipped"
    assert rows["/news/inside"][0] == "skipped"
    assert rows["/private/wheat"] == ("skipped", "robots")
    assert rows["/news/file"] == ("not_article", "not_html")
    assert rows["/news/empty"][0] == "not_article"
    assert sorted([rows["/news/wheat"][0], rows["/print/wheat-copy"][0]]) == ["duplicate", "new"]
    assert rows["/feed.xml"][0] == "new"
    assert len(rows) == len(paths) + 2
    assert all(outcome and reason for outcome, reason in rows.values())
    assert run["discovered"] == sum(run["outcomes"].values()) + run["open"] == len(paths)
    assert sum(run["discovery"].values()) == 2
    assert run["open"] == 0
    assert site.hits["/private/wheat"] == 0


def test_o14_requests_that_are_sent_again_within_a_run_are_counted(site: Site, tmp_path: Path) -> None:
    installation = Installation(tmp_path, 'retries = 2\n[net]\nallow_networks = ["127.0.0.0/8"]\n')
    installation.source("farm", homepage=site.origin + "/", feeds=[site.origin + "/feed.xml"])
    site.add("/news/broken", "x", status=502)
    feed(site, ("/news/broken", ""))
    installation.run("crawl", "farm")
    assert site.hits["/news/broken"] == 3
    (run,) = installation.json("runs", "list")
    assert (run["outcomes"], run["retries"]) == ({"failed": 1}, 2)
    assert "2 requests sent again" in installation.run("runs", "show").stdout
    (of_source,) = installation.json("status", "farm")["sources"]
    assert of_source["runs"][0]["retries"] == 2
    with Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}") as store:
        assert store.retry_counts() == {"farm": 2}


def test_an_article_is_fetched_again_only_when_its_feed_says_it_changed(site: Site, installation: Installation) -> None:
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات"))
    feed(site, ("/news/wheat", "<pubDate>Mon, 04 May 2026 08:00:00 GMT</pubDate>"))
    installation.run("crawl", "farm")
    installation.run("crawl", "farm")
    assert site.hits["/news/wheat"] == 1
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات", TEXT + " وزادت الوزارة أن التصدير سيبدأ في الخريف."))
    feed(site, ("/news/wheat", "<pubDate>Mon, 04 May 2026 09:30:00 GMT</pubDate>"))
    installation.run("crawl", "farm")
    assert site.hits["/news/wheat"] == 2
    newest = installation.json("runs", "list")[0]
    assert newest["outcomes"] == {"updated": 1}
    (article,) = installation.articles()
    assert article["revision"] == 2
    assert "التصدير" in article["body"]
    assert installation.json("search", "التصدير")["total"] == 1


def test_links_that_are_known_are_counted(site: Site, installation: Installation) -> None:
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات"))
    feed(site, ("/news/wheat", ""))
    site.add("/gone.xml", site.pages["/feed.xml"][2], "application/rss+xml")
    installation.run("crawl", "farm")
    (run,) = installation.json("runs", "list")
    assert run["outcomes"] == {"new": 1}
    assert run["known"] == 1


def test_a_crawl_of_a_site_on_the_network_needs_a_contact(installation: Installation) -> None:
    installation.source("far", homepage="https://news.example/", feeds=["https://news.example/feed"])
    refused = installation.run("crawl", "far", code=2, environment={"NEWSSPIDER_CRAWL_CONTACT": ""})
    assert "NEWSSPIDER_CRAWL_CONTACT" in refused.stderr


def test_scrapys_own_commands_work(site: Site, installation: Installation) -> None:
    import subprocess
    import sys

    root = Path(__file__).resolve().parents[2]
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات"))
    feed(site, ("/news/wheat", ""))

    def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments],
            cwd=root,
            env=installation.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert scrapy("list").stdout.split() == ["news"]
    crawled = scrapy("crawl", "news", "-a", "source=farm")
    assert crawled.returncode == 0, crawled.stderr[-2000:]
    assert len(installation.articles()) == 1
    shown = scrapy("shell", site.origin + "/news/wheat", "-c", "response.css('h1::text').get()")
    assert "موسم القمح" in shown.stdout, shown.stderr[-2000:]


def test_what_may_mend_is_tried_again_later_though_the_feed_has_forgotten_it(site: Site, installation: Installation) -> None:
    site.add("/news/wheat", "x", status=503)
    site.add("/news/gone", "x", status=410)
    for path in ("/news/gone", "/news/wheat"):  # apart: after a 503 the site rests
        feed(site, (path, ""))
        installation.run("crawl", "farm", environment={"NEWSSPIDER_CRAWL_RETRY_AFTER_WAIT": "0"})
    feed(site)
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات"))
    with Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}") as store, clock.fixed(clock.now() + timedelta(hours=1)):
        run = store.begin_run("farm", Owner.current())
        assert [row.url for row in store.claim(run.id, Owner.current(), 10)] == [site.origin + "/news/wheat"]


def test_c12_a_site_that_is_away_is_a_failure_only_when_asked(site: Site, installation: Installation) -> None:
    """Both feeds of it answer 404."""
    printed = installation.run("crawl", "farm").stdout
    assert "http_404" in printed
    assert "0 of 2 discovery pages read" in printed
    installation.run("crawl", "farm", "--strict", code=1)


def test_without_a_contact_a_site_on_the_network_is_not_crawled(installation: Installation) -> None:
    for name in ("far", "away"):
        installation.source(name, homepage=f"https://{name}.example/", feeds=[f"https://{name}.example/feed.xml"])
    refused = installation.run("crawl", "far", "away", code=2, environment={"NEWSSPIDER_CRAWL_CONTACT": ""})
    assert "error: far, away: set [crawl] contact" in refused.stderr
    assert refused.stdout == ""


def test_o12_what_is_written_is_the_users_alone(site: Site, installation: Installation) -> None:
    site.add("/news/wheat", page("موسم القمح يفوق التوقعات"))
    feed(site, ("/news/wheat", ""))
    installation.run("crawl", "farm", environment={"NEWSSPIDER_ARCHIVE_ENABLED": "true"})
    data = installation.folder / "data"
    written = [data, *data.rglob("*")]
    assert {"newsspider.db", "current"} <= {path.name for path in written}
    assert any(path.suffix == ".gz" for path in written), "the archive"
    assert not [path for path in written if path.stat().st_mode & 0o077]


def test_a_run_that_reaches_a_limit_is_gone_on_with_when_the_source_is_due_again(site: Site, tmp_path: Path) -> None:
    made = Installation(tmp_path, 'max_pages = 4\n[net]\nallow_networks = ["127.0.0.0/8"]\n')
    made.source("farm", homepage=site.origin + "/", feeds=[site.origin + "/feed.xml"])
    for number in range(40):
        site.add(f"/news/{number}", page(f"خبر رقم {number}"))
    feed(site, *((f"/news/{number}", "") for number in range(40)))
    made.run("crawl", "farm")
    assert [run["state"] for run in made.json("runs", "list")] == ["limited"]
    made.run("crawl", "--due")
    assert len(made.json("runs", "list")) == 1
    made.run("crawl", "farm")
    assert [run["state"] for run in made.json("runs", "list")] == ["limited"] * 2
    assert made.json("runs", "list")[0]["outcomes"]["new"] > 0
