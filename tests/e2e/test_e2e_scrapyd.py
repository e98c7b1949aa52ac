"""The ecosystem's own ways: `scrapy crawl` with its settings and feed exports, and a real scrapyd whose project is an egg that holds only settings."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ports import free_port
from sites import Installation, Site, serve
from test_e2e_crash import add_articles

ROOT = Path(__file__).parents[2]
ARTICLES = 12


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as running:
        add_articles(running, ARTICLES)
        yield running


@pytest.fixture
def installation(tmp_path: Path, site: Site) -> Installation:
    made = Installation(tmp_path, '[net]\nallow_networks = ["127.0.0.0/8"]\n')
    made.source("farm", homepage=site.origin + "/", sitemaps=[site.origin + "/sitemap.xml"])
    return made


def test_scrapy_crawl_takes_settings_and_exports_feeds(site: Site, installation: Installation) -> None:
    (installation.folder / "scrapy.cfg").write_text("[settings]\ndefault = newsspider.settings\n")
    scrapy = [sys.executable, "-m", "scrapy"]
    more = {"cwd": installation.folder, "env": installation.environment, "capture_output": True, "text": True, "timeout": 240}
    assert subprocess.run([*scrapy, "list"], **more).stdout == "news\n"  # type: ignore[call-overload]
    command = [
        *scrapy,
        "crawl",
        "news",
        "-a",
        "source=farm",
        "-s",
        "CLOSESPIDER_ITEMCOUNT=0",
        "-s",
        "USER_AGENT=tester",
        "-O",
        "items.jsonl",
    ]
    done = subprocess.run(command, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    items = [json.loads(line) for line in (installation.folder / "items.jsonl").read_text().splitlines()]
    assert {item["url"] for item in items} == {f"{site.origin}/news/{number}" for number in range(ARTICLES)}
    assert all(item["title"] and item["publication"] for item in items)
    assert len(installation.articles()) == ARTICLES
    (run,) = installation.json("runs", "list")
    assert (run["state"], run["outcomes"]) == ("finished", {"new": ARTICLES})
    wrong = subprocess.run([*scrapy, "crawl", "news"], **more)  # type: ignore[call-overload]
    assert "say which source" in wrong.stderr


class Scrapyd:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"

    def ask(self, path: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
        data = urllib.parse.urlencode(fields).encode() if fields else None
        with urllib.request.urlopen(self.url + path, data, timeout=30) as response:
            return dict(json.load(response))

    def add_egg(self, egg: Path) -> dict[str, Any]:
        edge = "egg-of-settings"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (("project", "arabic"), ("version", "1"))
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="egg"; filename="e.egg"\r\n\r\n'.encode()
            + egg.read_bytes()
            + f"\r\n--{edge}--\r\n".encode()
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        with urllib.request.urlopen(urllib.request.Request(self.url + "addversion.json", b"".join(parts), headers), timeout=60) as response:
            return dict(json.load(response))


@pytest.fixture
def scrapyd(tmp_path: Path, installation: Installation) -> Iterator[Scrapyd]:
    """A scrapyd in an environment of its own that has newsspider's wheel; what both need is shared with this one."""
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("newsspider-*.whl")
    home = tmp_path / "env"
    venv.create(home, with_pip=True, symlinks=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    shared = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "shared.pth").write_text(shared + "\n")
    port = free_port()
    folder = tmp_path / "scrapyd"
    folder.mkdir()
    (folder / "scrapyd.conf").write_text(f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\n")
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen([python, "-m", "scrapyd"], cwd=folder, env=installation.environment, stdout=log, stderr=log)
        try:
            server = Scrapyd(port)
            deadline = time.monotonic() + 120
            while True:
                try:
                    server.ask("daemonstatus.json")
                    break
                except OSError:
                    assert daemon.poll() is None, (folder / "log").read_text()
                    assert time.monotonic() < deadline
                    time.sleep(0.2)
            yield server
        finally:
            daemon.terminate()
            daemon.wait(30)


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_scrapyd_runs_sources_from_an_egg_of_settings(tmp_path: Path, site: Site, installation: Installation, scrapyd: Scrapyd) -> None:
    egg = tmp_path / "arabic.egg"
    with zipfile.ZipFile(egg, "w") as archive:
        archive.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 2.1\nName: arabic\nVersion: 1\n")
        archive.writestr("EGG-INFO/entry_points.txt", "[scrapy]\nsettings = newsspider.settings\n")
        archive.writestr("EGG-INFO/top_level.txt", "\n")
    assert scrapyd.add_egg(egg) | {"node_name": ""} == {"status": "ok", "project": "arabic", "version": "1", "spiders": 1, "node_name": ""}
    assert scrapyd.ask("listspiders.json?project=arabic")["spiders"] == ["news"]
    job = scrapyd.ask("schedule.json", {"project": "arabic", "spider": "news", "source": "farm"})
    assert job["status"] == "ok"
    deadline = time.monotonic() + 240
    while not (finished := scrapyd.ask("listjobs.json?project=arabic")["finished"]):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    assert [item["id"] for item in finished] == [job["jobid"]]
    assert len(installation.articles()) == ARTICLES
    (run,) = installation.json("runs", "list")
    assert (run["source"], run["state"]) == ("farm", "finished")
    assert (tmp_path / "scrapyd" / "logs" / "arabic" / "news" / f"{job['jobid']}.log").exists()
