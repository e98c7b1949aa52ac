"""Searching an Elasticsearch that is slow, half there or gone. The server here says what a test wants it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from engine_samples import article

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.elasticsearch.documents import document
from newsspider.engines.elasticsearch.indices import SCHEMA_VERSION
from newsspider.errors import AnalysisMismatch, EngineError, EngineTimeout, EngineUnavailable
from newsspider.search import Query, parse_query
from newsspider.text import analysis_id

INDEX = f"news-20250122t101500000000-{analysis_id()}-{SCHEMA_VERSION}-00000000"


class Answering(ThreadingHTTPServer):
    """Gives every request the answer that stands in `answer`, once `ready` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, Any]] = (200, {})
        self.ready = threading.Event()
        self.ready.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                server.ready.wait(60)
                status, answer = server.answer
                body = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in (
                    ("Content-Type", "application/json"),
                    ("Content-Length", str(len(body))),
                    ("X-Elastic-Product", "Elasticsearch"),
                ):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def server() -> Iterator[Answering]:
    with Answering() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.ready.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def engine(server: Answering) -> Iterator[ElasticsearchEngine]:
    engine = ElasticsearchEngine.open(EngineConfig(url=f"http://127.0.0.1:{server.server_port}", index="news", search_timeout=60))
    yield engine
    engine.close()


def found(index: str = INDEX, *, timed_out: bool = False, failed: int = 0) -> tuple[int, dict[str, Any]]:
    hit = {"_index": index, "_id": "1", "_score": 1.0, "_source": json.loads(document(article(1, "خبر"))), "sort": [1.0, "a"]}
    return 200, {
        "timed_out": timed_out,
        "_shards": {"total": 2, "failed": failed},
        "hits": {"total": {"value": 1}, "hits": [hit]},
    }


@pytest.mark.parametrize(("state", "partial"), [({}, False), ({"timed_out": True}, True), ({"failed": 1}, True)])
def test_q03_results_of_a_part_of_the_index_say_so(
    server: Answering, engine: ElasticsearchEngine, state: dict[str, Any], partial: bool
) -> None:
    server.answer = found(**state)
    results = engine.search(parse_query("خبر"))
    assert (results.total, results.partial) == (1, partial)


def test_q02_a_search_that_takes_too_long_is_given_up(server: Answering) -> None:
    server.ready.clear()
    engine = ElasticsearchEngine.open(EngineConfig(url=f"http://127.0.0.1:{server.server_port}", index="news", search_timeout=1))
    with pytest.raises(EngineTimeout, match="did not answer in time"):
        engine.search(parse_query("خبر"))


def test_q01_a_server_that_is_away_is_said_to_be(server: Answering, engine: ElasticsearchEngine) -> None:
    server.answer = 503, {"error": {"type": "no_master_exception", "reason": "starting"}}
    with pytest.raises(EngineUnavailable):
        engine.search(Query())
    server.answer = found()
    assert engine.search(Query()).total == 1


def test_q08_an_index_of_another_analysis_is_found_out_by_its_answers(server: Answering, engine: ElasticsearchEngine) -> None:
    server.answer = found(INDEX.replace(analysis_id(), "0" * 12))
    with pytest.raises(AnalysisMismatch, match="rebuild"):
        engine.search(parse_query("خبر"))


def test_o06_an_older_elasticsearch_is_named_as_such(server: Answering, engine: ElasticsearchEngine) -> None:
    """What 8.19 says to a client of version 9."""
    reason = "A compatible version is required on both Content-Type and Accept headers if either one has requested a compatible version"
    error = {"type": "media_type_header_exception", "reason": f"Invalid media-type value on headers [Accept, Content-Type]: {reason}"}
    server.answer = 400, {"error": error | {"root_cause": [error]}, "status": 400}
    with pytest.raises(EngineError, match="older Elasticsearch: newsspider needs version 9"):
        engine.search(parse_query("خبر"))
