"""Scrapy's settings: what must never be loosened, and Scrapy's own commands in the project's folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import HostileSite, reply, serving
from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from newsspider import settings
from newsspider.config import Config
from newsspider.settings import scrapy_settings, user_agent

ROOT = Path(__file__).resolve().parents[1]
OWN = {"NEWSSPIDER_CONFIG", "RETRY_BACKOFF"}


def scrapy(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, env={**os.environ, **environ}, check=False)


def test_safe_and_polite_by_default() -> None:
    made = scrapy_settings(Config())
    expected = {
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 1.0,
        "AUTOTHROTTLE_ENABLED": True,
        "DOWNLOAD_MAXSIZE": 10 << 20,
        "DOWNLOAD_WARNSIZE": 2 << 20,
        "DOWNLOAD_TIMEOUT": 30,
        "DNS_TIMEOUT": 10,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "HTTPPROXY_ENABLED": False,
        "REDIRECT_MAX_TIMES": 10,
        "METAREFRESH_MAXDELAY": 5,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "RETRY_TIMES": 2,
        "DEPTH_LIMIT": 10,
        "URLLENGTH_LIMIT": 2048,
        "CLOSESPIDER_PAGECOUNT": 20_000,
        "CLOSESPIDER_TIMEOUT": 21_600,
        "MEMUSAGE_LIMIT_MB": 1024,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "JOBDIR": None,
    }
    assert {name: made[name] for name in expected} == expected
    assert {scheme for scheme, handler in made["DOWNLOAD_HANDLERS"].items() if handler} == {"http", "https"}


def test_every_name_is_scrapys_or_our_own() -> None:
    assert {name for name in scrapy_settings(Config()) if not hasattr(default_settings, name)} == OWN


def test_components_can_be_loaded() -> None:
    made = scrapy_settings(Config())
    own = [path for name in ("DOWNLOADER_MIDDLEWARES", "EXTENSIONS") for path, order in made[name].items() if order is not None]
    assert all(
        load_object(path)
        for path in [*own, *(made[name] for name in ("TWISTED_DNS_RESOLVER", "DUPEFILTER_CLASS", "SCHEDULER_PRIORITY_QUEUE"))]
    )
    replaced = {path for path, order in made["DOWNLOADER_MIDDLEWARES"].items() if order is None}
    assert replaced <= default_settings.DOWNLOADER_MIDDLEWARES_BASE.keys()


@pytest.mark.parametrize("contact", ["", "mailto:news@example.org"])
def test_user_agent(contact: str) -> None:
    assert user_agent(contact).endswith(f" (+{contact})" if contact else f"newsspider/{settings.__version__}")


def test_importing_the_settings_reads_no_configuration(tmp_path: Path) -> None:
    code = "import newsspider.settings as s, sys; assert not {'scrapy', 'twisted'} & sys.modules.keys(); s.scrapy_settings"
    environ = {**os.environ, "NEWSSPIDER_CONFIG": str(tmp_path / "missing.toml")}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, timeout=60)


def test_components_do_not_install_a_reactor() -> None:
    code = (
        "import sys, newsspider.middlewares.resolver, newsspider.middlewares.failures; assert 'twisted.internet.reactor' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_scrapy_commands_read_the_configuration() -> None:
    assert scrapy("settings", "--get", "BOT_NAME").stdout.strip() == "newsspider"
    assert scrapy("settings", "--getint", "CONCURRENT_REQUESTS", NEWSSPIDER_CRAWL_CONCURRENCY="3").stdout.strip() == "3"


def test_o07_scrapy_commands_end_with_2_on_a_wrong_configuration(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("[crawl]\ndelay = 1\nspeed = 9\n")
    done = scrapy("settings", "--get", "BOT_NAME", NEWSSPIDER_CONFIG=str(file))
    assert done.returncode == 2
    assert f"{file}:3: crawl.speed" in done.stderr
    assert "Traceback" not in done.stderr


def test_scrapy_lists_the_spider() -> None:
    assert scrapy("list").stdout.split() == ["news"]


def test_scrapy_shell_fetches_a_page_through_the_guard() -> None:
    with serving(HostileSite(routes={"/": reply(b"<title>in the shell</title>"), "/robots.txt": reply(b"")})) as site:
        code = "print(response.css('title::text').get())"
        url = f"http://127.0.0.2:{site.port}/"
        assert "in the shell" in scrapy("shell", url, "-c", code, NEWSSPIDER_NET_ALLOW_NETWORKS='["127.0.0.2/32"]').stdout
        seen = len(site.hits)
        assert "in the shell" not in scrapy("shell", url, "-c", code).stdout
        assert len(site.hits) == seen
