"""`newsspider serve` as a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Queue

import httpx
import pytest
from articles import article
from web_site import TOKEN, bearer, take_in

from newsspider.cli.serve import require_protection
from newsspider.config import load_config
from newsspider.errors import ConfigError


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    file = tmp_path / "newsspider.toml"
    file.write_text('data_folder = "data"\n[sources]\nbuiltin = false\n', encoding="utf-8")
    return file


def command(config_file: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {"NEWSSPIDER_CONFIG": str(config_file), "PATH": "", "PYTHONUNBUFFERED": "1"}
    whole = [sys.executable, "-m", "newsspider", "serve", *arguments]
    return subprocess.Popen(whole, env=environment, cwd=config_file.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def served(config_file: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The process, its address, and a list that fills with the lines it prints."""
    process = command(config_file, "--port", "0")
    lines: list[str] = []
    address: Queue[str] = Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.append(line.strip())
            if found := re.search(r"http://\S+/", line):
                address.put(found[0])

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield process, address.get(timeout=240), lines
    finally:
        process.terminate()
        process.wait(240)
        reading.join(240)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def test_u01_it_serves_on_loopback_prints_the_token_once_and_stops_cleanly(config_file: Path) -> None:
    take_in(load_config(config_file), [article(1)])
    with served(config_file) as (process, address, lines):
        assert address.startswith("http://127.0.0.1:")
        health = httpx.get(f"{address}healthz", timeout=60)
        assert (health.status_code, "server" in health.headers) == (200, False)
        token = next(line.removeprefix("access token: ") for line in lines if line.startswith("access token: "))
        found = httpx.get(f"{address}api/v1/search", params={"q": "القمح"}, headers=bearer(token), timeout=60)
        assert found.json()["total"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) in (0, -signal.SIGTERM)
        assert process.stderr
        assert "Traceback" not in process.stderr.read()
    with served(config_file) as (_, address, lines):
        assert httpx.get(f"{address}readyz", headers=bearer(token), timeout=60).status_code == 200
        assert token not in "".join(lines)
        assert any("web-token" in line for line in lines)


def test_u01_an_address_that_others_can_reach_is_refused(config_file: Path) -> None:
    process = command(config_file, "--host", "0.0.0.0")
    out, err = process.communicate(timeout=240)
    assert process.returncode == 2
    assert "--behind-tls-proxy" in err
    assert not out
    assert not (config_file.parent / "data").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "", "127.0.0.1.example"])
def test_u01_only_loopback_without_protection(host: str) -> None:
    with pytest.raises(ConfigError, match="behind-tls-proxy"):
        require_protection(host, behind_tls_proxy=False)
    require_protection(host, behind_tls_proxy=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_u01_loopback_needs_none(host: str) -> None:
    require_protection(host, behind_tls_proxy=False)


def test_o09_told_to_stop_under_load_it_finishes_what_it_has_accepted(config_file: Path) -> None:
    """Searches from eight clients, and an export that is read slowly: all that was begun is answered, and nothing with an error."""
    config_file.write_text(config_file.read_text() + f'[web]\ntoken = "{TOKEN}"\nsearches_per_minute = 1000000\n', encoding="utf-8")
    take_in(load_config(config_file), [replace(article(number), body=f"القمح {number} " * 2000) for number in range(150)])
    with served(config_file) as (process, address, _):
        told, statuses, refused = threading.Event(), Counter[int](), list[httpx.TransportError]()

        def search() -> None:
            while True:
                before = told.is_set()
                try:
                    answer = httpx.get(f"{address}api/v1/search", params={"q": "القمح"}, headers=bearer(), timeout=60)
                except httpx.TransportError as e:  # the listening socket is closed
                    if not (before or told.is_set()):
                        raise
                    refused.append(e)
                    return
                statuses[answer.status_code] += 1

        clients = [threading.Thread(target=search) for _ in range(8)]
        with httpx.stream(
            "GET", f"{address}api/v1/exports", params={"q": "القمح", "format": "jsonl"}, headers=bearer(), timeout=60
        ) as export:
            pieces = export.iter_bytes()
            received = [next(pieces)]
            for client in clients:
                client.start()
            while not statuses:
                time.sleep(0.05)
            told_at = time.monotonic()
            told.set()
            process.send_signal(signal.SIGTERM)
            received += pieces
        for client in clients:
            client.join(60)
        assert process.wait(240) in (0, -signal.SIGTERM)
        took = time.monotonic() - told_at
        assert (export.status_code, len(b"".join(received).splitlines())) == (200, 150)
        assert set(statuses) == {200}
        assert len(refused) == len(clients)
        assert process.stderr
        errors = process.stderr.read()
        assert "Traceback" not in errors
        assert "graceful shutdown exceeded" not in errors, f"{took:.1f} s"
