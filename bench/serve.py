"""The page and API under load: 50 clients against 100,000 articles, and what the API adds to the engine's own time.

    python bench/serve.py [ARTICLES] [SECONDS] [--folder FOLDER]

Serves the embedded engine by `newsspider serve`, as users do, and asks it over keep-alive connections. The clients, each a user with a token of
its own, run on the same cores as the server, so that a machine of two cores does the work of both. Needs the news corpus that
tests/shared_data.py points to. `--folder` keeps index and store there, and serves them again the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter, process_time
from urllib.parse import urlencode

import psutil
from rich.console import Console
from rich.table import Table
from search import corpus, fill

from newsspider.engines.embedded import EmbeddedEngine
from newsspider.items import Role
from newsspider.store import Store
from newsspider.text import analyse
from newsspider.web.parameters import SearchParameters

ARTICLES = 100_000
SECONDS = 20.0
CLIENTS = 50
ALONE = 300  # requests of each kind by one client
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
console = Console(width=130)


def texts() -> list[str]:
    """Searches of one to four words that stand together in a headline."""
    chance = random.Random(3)
    words = ([one["title"][token.start : token.end] for token in analyse(one["title"]) if token.stem] for one in corpus())
    return [" ".join(title[1 : 2 + chance.randrange(4)]) for title in words if len(title) >= 6][:2000]


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    """A server of that data folder: its port and process."""
    environment = os.environ | {
        "NEWSSPIDER_DATA_FOLDER": str(folder),
        "NEWSSPIDER_SOURCES_BUILTIN": "false",
        "NEWSSPIDER_WEB_SEARCHES_PER_MINUTE": "1000000",
    }
    command = [sys.executable, "-m", "newsspider", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=folder) as server:
        assert server.stdout
        found = re.search(r":(\d+)/", server.stdout.readline())
        assert found
        try:
            yield int(found[1]), psutil.Process(server.pid)
        finally:
            server.terminate()
            server.communicate(timeout=30)


class Client:
    """One user over one connection. It reads of an answer what it must, for its own time is none of the server's: http.client takes half a millisecond."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"

    def get(self, path: str) -> tuple[int, bytes, float]:
        """Status, body, and milliseconds from the request's first byte to the answer's last."""
        request = f"GET {path}{self._rest}".encode("ascii")
        began = perf_counter()
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._received()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert length, head
        while len(body) < int(length[1]):
            body += self._received()
        return int(head.split()[1]), body, (perf_counter() - began) * 1000

    def _received(self) -> bytes:
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise ConnectionError("the server closed the connection")
        return piece


def load(port: int, tokens: Sequence[str], place: str, asked: Sequence[str], seconds: float) -> tuple[list[float], int, float]:
    """Milliseconds of all answers of 50 clients at once, how many were no answers, and the seconds that it took."""
    times: list[float] = []
    errors = [0]
    end = perf_counter() + seconds

    def run(number: int) -> None:
        client, chance, own = Client(port, tokens[number]), random.Random(number), []
        while perf_counter() < end:
            status, _, took = client.get(f"{place}?{urlencode({'q': chance.choice(asked)})}")
            own.append(took)
            errors[0] += status != 200
        times.extend(own)

    began = perf_counter()
    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, errors[0], perf_counter() - began


def at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", type=int, nargs="?", default=ARTICLES)
    parser.add_argument("seconds", type=float, nargs="?", default=SECONDS)
    parser.add_argument("--folder", type=Path, help="keep index and store here, for another run")
    given = parser.parse_args()
    asked = texts()
    with nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory() as name:
        folder = Path(name).absolute()
        engine = EmbeddedEngine.open(folder / "index")
        if engine.count() != given.articles:
            with console.status(f"indexing {given.articles:,} articles"):
                fill(engine, given.articles)
        with Store.open(f"sqlite:///{folder / 'newsspider.db'}") as store:
            for user in store.users():
                store.remove_user(user.name)
            tokens = [store.add_user(f"client{number}", Role.READER) for number in range(CLIENTS)]
        with served(folder) as (port, server):
            under_load(port, tokens, asked, given.seconds, given.articles)
            alone(Client(port, tokens[0]), server, engine, asked)


def under_load(port: int, tokens: Sequence[str], asked: Sequence[str], seconds: float, count: int) -> None:
    table = Table(
        f"{CLIENTS} clients, {count:,} articles",
        "p50 ms",
        "p99 ms",
        "requests/s",
        "errors",
        title=f"{seconds:.0f} s of each, {os.cpu_count()} cores",
    )
    for said, place in (("API: search", "/api/v1/search"), ("API: facets", "/api/v1/facets"), ("page: hits, chart, facets", "/")):
        load(port, tokens, place, asked, 2)  # warm
        times, errors, took = load(port, tokens, place, asked, seconds)
        table.add_row(said, f"{at(times, 0.5):.0f}", f"{at(times, 0.99):.0f}", f"{len(times) / took:.0f}", str(errors))
    console.print(table)


def alone(client: Client, server: psutil.Process, engine: EmbeddedEngine, asked: Sequence[str]) -> None:
    """One client: what it waits for, and, for what a busy machine does not change, the processor time of the server and of the engine alone."""
    whole, own = [], []
    began = sum(server.cpu_times()[:2])
    for text in asked[:ALONE]:
        status, body, took = client.get(f"/api/v1/search?{urlencode({'q': text})}")
        assert status == 200
        whole.append(took)
        own.append(json.loads(body)["took"] * 1000)
    served_by = (sum(server.cpu_times()[:2]) - began) * 1000 / ALONE
    queries = [SearchParameters(q=text).query() for text in asked[:ALONE]]
    engine.search(queries[0])
    began = process_time()
    for query in queries:
        engine.search(query)
    searched_by = (process_time() - began) * 1000 / ALONE
    table = Table("one client", "API ms", "engine ms", "ratio", title="What the API adds to the engine's own time")
    for said, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        table.add_row(said, f"{at(whole, share):.2f}", f"{at(own, share):.2f}", f"{at(whole, share) / at(own, share):.2f}")
    table.add_row("processor, mean", f"{served_by:.2f}", f"{searched_by:.2f}", f"{served_by / searched_by:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
