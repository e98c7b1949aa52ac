"""A backfill: what sitemaps and listings say to be of the period is visited, whatever stops it in between, and nothing else is fetched."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import Installation, Site, serve
from test_e2e_crash import article, fetched, wait_for

MONTHS = [f"{year}-{month:02}" for year in (2019, 2020, 2021) for month in (1, 4, 7, 10)]
A_MONTH = 20
LISTED = 12  # listing pages, of a month each, the newest first, with two articles each that are on no sitemap


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as running:
        maps = ""
        for at, month in enumerate(MONTHS):
            paths = [f"/news/{month.replace('-', '/')}/{number}" for number in range(A_MONTH)]
            entries = "".join(f"<url><loc>{running.origin}{path}</loc><lastmod>{month}-15</lastmod></url>" for path in paths)
            running.add(
                f"/map-{month}.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>', "application/xml"
            )
            maps += f"<sitemap><loc>{running.origin}/map-{month}.xml</loc></sitemap>"
            for number, path in enumerate(paths):
                running.add(path, article(100 * at + number))
        running.add(
            "/sitemap.xml", f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>', "application/xml"
        )
        for page in range(1, LISTED + 1):
            month = MONTHS[-page]
            links = "".join(f'<a href="/news/{month.replace("-", "/")}/{number}">خبر من القائمة عن الزراعة</a>' for number in (900, 901))
            following = f'<a rel="next" href="/list?page={page + 1}">التالي</a>'
            running.add("/list" + (f"?page={page}" if page > 1 else ""), f"<html><body>{links}{following}</body></html>")
            for number in (900, 901):
                running.add(f"/news/{month.replace('-', '/')}/{number}", article(5000 + 10 * page + number))
        yield running


@pytest.fixture
def installation(tmp_path: Path, site: Site) -> Installation:
    made = Installation(tmp_path, 'concurrency_per_site = 4\n[net]\nallow_networks = ["127.0.0.0/8"]\n')
    made.source("farm", homepage=site.origin + "/", sitemaps=[site.origin + "/sitemap.xml"])
    with (tmp_path / "sources" / "farm.toml").open("a") as file:
        file.write(f'[[listings]]\nurl = "{site.origin}/list"\nmax_pages = 2\n[limits]\nmax_age_days = 1\n')
    return made


def test_a_backfill_visits_its_period_only_and_goes_on_after_a_kill(site: Site, installation: Installation) -> None:
    installation.run("crawl", "farm")
    assert fetched(site) == 0, "a daily crawl leaves out what is old"
    assert not [path for path in site.hits if path.startswith("/map-")]

    backfill = ("crawl", "farm", "--since", "2020-01-01", "--until", "2020-12-31")
    crawl = installation.start(*backfill)
    wait_for(site, 25)
    crawl.send_signal(signal.SIGKILL)
    crawl.communicate()
    before = fetched(site)
    done = installation.run(*backfill)
    assert "discovered" in done.stdout
    wanted = 4 * (A_MONTH + 2)
    assert len(installation.articles()) == wanted
    assert wanted <= fetched(site) <= wanted + 16
    assert {path[6:10] for path in site.hits if path.startswith("/news/")} == {"2020"}
    assert {path for path in site.hits if path.startswith("/map-")} == {f"/map-{month}.xml" for month in MONTHS[4:8]}
    assert site.hits["/list?page=9"] >= 1, "the first page that is older than the period"
    assert site.hits["/list?page=10"] == 0
    assert before < fetched(site)

    installation.run(*backfill)
    assert fetched(site) <= wanted + 16, "done again, it visits nothing twice"
    for command in (("crawl", "farm", "--since", "2020-13-01"), ("crawl", "farm", "--since", "2021-01-01", "--until", "2020-01-01")):
        assert "error: farm: since" in installation.run(*command, code=2).stderr
