from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from sites import Site, serve
from typer.testing import CliRunner

from newsspider import clock
from newsspider.cli import sources
from newsspider.errors import SourceError

FEED = """<rss version="2.0"><channel>
<item><title>خبر</title><link>/news/1</link><pubDate>Sun, 03 Mar 2024 22:30:00 GMT</pubDate></item>
<item><title>أقدم</title><link>/news/2</link><pubDate>Sat, 02 Mar 2024 10:00:00 GMT</pubDate></item>
<item><title>إعلان</title><link>https://ads.example/1</link></item></channel></rss>"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site on loopback with a good feed at /feed, and a configuration that reaches it; the source file is the test's to write."""
    (tmp_path / "newsspider.toml").write_text(
        '[sources]\nfolder = "own"\nbuiltin = false\n[net]\nallow_networks = ["127.0.0.0/8"]\n', encoding="utf-8"
    )
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("NEWSSPIDER_CONFIG", str(tmp_path / "newsspider.toml"))
    with serve(Site()) as served, clock.fixed(datetime(2024, 3, 5, tzinfo=UTC)):
        served.add("/feed", FEED, "application/rss+xml; charset=utf-8")
        yield served


def write(site: Site, folder: Path, name: str = "mysite", **keys: object) -> None:
    values = {"name": name, "title": "موقعي", "homepage": site.origin, "country": "SY", "timezone": "Asia/Damascus", **keys}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    (folder / "own" / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    sources.register(app)
    app.command()(lambda: None)  # a second command, so that the group keeps its name
    result = CliRunner().invoke(app, ["sources", *arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def check(*names: str) -> tuple[int, dict[str, dict[str, object]]]:
    code, out = run("check", *names, "--json")
    return code, {item["url"].rpartition("/")[2]: item for item in json.loads(out)}


def test_list(site: Site, tmp_path: Path) -> None:
    write(site, tmp_path, feeds=[f"{site.origin}/feed"], sitemaps=[f"{site.origin}/a.xml", f"{site.origin}/b.xml"])
    code, out = run("list")
    assert code == 0
    assert all(word in out for word in ("mysite", "SY", "Asia/Damascus", "1 feed, 2 sitemaps", "موقعي"))
    listed = json.loads(run("list", "--json")[1])
    assert [(item["name"], item["timezone"], item["file"]) for item in listed] == [
        ("mysite", "Asia/Damascus", str(tmp_path / "own" / "mysite.toml"))
    ]


def test_show(site: Site, tmp_path: Path) -> None:
    write(site, tmp_path, feeds=[f"{site.origin}/feed"], allow=["^/[a-z]+/[0-9]"])
    code, out = run("show", "mysite")
    assert code == 0
    assert all(word in out for word in ("mysite.toml", "schedule.every", "1h", "موقعي", f"{site.origin}/feed", "^/[a-z]+/[0-9]"))
    shown = json.loads(run("show", "mysite", "--json")[1])
    assert shown["feeds"] == [f"{site.origin}/feed"]
    assert (shown["schedule"]["every"], shown["schedule"]["cron"]) == ("1h", None)


@pytest.mark.parametrize("command", ["show", "check"])
def test_unknown_name(site: Site, tmp_path: Path, command: str) -> None:
    write(site, tmp_path, feeds=[f"{site.origin}/feed"])
    with pytest.raises(SourceError, match="did you mean mysite") as caught:
        run(command, "mysiet")
    assert caught.value.exit_code == 2
    assert not site.hits


def test_check_of_a_good_address(site: Site, tmp_path: Path) -> None:
    write(site, tmp_path, feeds=[f"{site.origin}/feed"])
    code, found = check()
    assert code == 0
    assert found["feed"] == {
        "source": "mysite", "kind": "feed", "url": f"{site.origin}/feed", "status": 200,
        "entries": 3, "wanted": 2, "newest": "2024-03-04", "problem": None,
    }  # fmt: skip
    code, out = run("check", "mysite")
    assert code == 0
    assert "1 address checked, all well" in out


def test_check_tells_what_is_wrong(site: Site, tmp_path: Path) -> None:
    site.add("/page", "<html><a href='/x'>x</a></html>")
    site.add("/foreign", FEED.replace("/news/", "https://other.example/"), "application/xml")
    site.add("/old", FEED.replace("2024", "2019"), "application/xml")
    site.add("/empty", "<rss version='2.0'><channel/></rss>", "application/xml")
    names = ["feed", "page", "foreign", "old", "empty", "absent"]
    write(site, tmp_path, feeds=[f"{site.origin}/{name}" for name in names])
    write(site, tmp_path, "away", homepage="http://10.1.2.3", feeds=["http://10.1.2.3/blocked"])
    code, found = check("mysite", "away", "mysite")
    assert code == 1
    problems = {name: str(item["problem"]) for name, item in found.items()}
    assert problems.pop("feed") == "None"
    for name, words in {
        "page": "is a web page", "foreign": "hosts", "old": "nothing since 2019-03-04", "empty": "announces nothing",
        "absent": "HTTP status 404", "blocked": "10.1.2.3",
    }.items():  # fmt: skip
        assert words in problems.pop(name)
    assert not problems
    assert site.hits["/feed"] == 1
    code, out = run("check", "mysite")
    assert code == 1
    assert "6 addresses checked, 5 with a problem" in out


def test_h06_a_feed_on_which_reading_hangs_is_told_and_the_others_are_checked(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSSPIDER_CRAWL_EXTRACT_TIMEOUT", "0.5")
    endless = '<?xml version="1.0"?>' + "\n" * 150_000 + "<rss/>"  # feedparser's time grows with the square
    site.add("/endless", endless, "application/xml")
    write(site, tmp_path, feeds=[f"{site.origin}/endless", f"{site.origin}/feed"])
    code, found = check("mysite")
    assert code == 1
    assert (found["endless"]["problem"], found["feed"]["problem"]) == ("not read within 3 s", None)


def test_check_counts_what_the_source_refuses(site: Site, tmp_path: Path) -> None:
    write(site, tmp_path, feeds=[f"{site.origin}/feed"], allow=["^/story/"])
    code, found = check("mysite")
    assert code == 1
    assert found["feed"]["problem"] == "announces no article of this source (2 not_allowed, 1 offsite)"


def test_o07_broken_source_file_ends_it_before_any_request(site: Site, tmp_path: Path) -> None:
    write(site, tmp_path, feeds=[f"{site.origin}/feed"])
    write(site, tmp_path, "other", feeds=["nonsense"])
    with pytest.raises(SourceError, match=r"other\.toml:6: feeds\[0\]"):
        run("check", "mysite")
    assert not site.hits


def test_sources_are_paused_disabled_retired_and_enabled(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSPIDER_DATA_FOLDER", str(tmp_path / "data"))
    write(site, tmp_path, feeds=[site.origin + "/feed"])
    for command, state in (("pause", "paused"), ("disable", "disabled"), ("retire", "retired"), ("enable", "enabled")):
        assert run(command, "mysite", "--note", "as they asked") == (0, f"mysite: {state}\n")
        assert json.loads(run("list", "--json")[1])[0]["state"] == state
    with pytest.raises(SourceError, match="no source"):
        run("pause", "yoursite")
