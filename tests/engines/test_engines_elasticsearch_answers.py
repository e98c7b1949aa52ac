"""What delivery makes of every answer a server, or something before it, may give. The server here says what a test wants it to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from engine_samples import article, states

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine, bulk
from newsspider.engines.elasticsearch.indices import SCHEMA_VERSION, Concrete
from newsspider.errors import ConfigError, EngineError, EngineUnavailable
from newsspider.items import Change, Delivered, Delivery
from newsspider.search import Query
from newsspider.text import analysis_id

INDEXED, PENDING, DEAD = Delivery.INDEXED, Delivery.PENDING, Delivery.DEAD
INDEX = f"news-20250122t101500000000-{analysis_id()}-{SCHEMA_VERSION}-00000000"
Item = dict[str, Any]
Reply = tuple[int, str, bytes]  # status, content type, body


class Scripted(ThreadingHTTPServer):
    """Answers every request by `answer`, and remembers the ids that each asked to index."""

    answer: Callable[[list[str]], Reply]

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                ids = re.findall(r'^\{"(?:index|delete)":.*"_id":"([^"]+)"', body, re.MULTILINE)
                server.asked.append(ids)
                status, kind, answer = server.answer(ids)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.end_headers()
                self.wfile.write(answer)

            do_PUT = do_POST  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setattr(bulk, "PAUSES", (0.0, 0.0))
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def deliver(server: Scripted, count: int = 4, *, deleted: bool = False) -> list[Delivered]:
    concrete = Concrete.named(INDEX)
    assert concrete
    config = EngineConfig(url=server.url, index="news", timeout=60)
    engine = ElasticsearchEngine(ElasticsearchEngine.open(config)._client, server.url, config, concrete)
    changes = [Change(n, f"{n:032x}", None if deleted else article(n, "خبر")) for n in range(1, count + 1)]
    try:
        return engine.apply(changes)
    finally:
        engine.close()


def number(article_id: str) -> int:
    return int(article_id, 16)


def as_json(status: int, body: object) -> Reply:
    return status, "application/json", json.dumps(body).encode()


def items(of: Callable[[int], Item]) -> Callable[[list[str]], Reply]:
    """A bulk answer with an item a document."""
    return lambda ids: as_json(
        200, {"errors": False, "items": [{"index": {"_index": INDEX, "_id": one, **of(number(one))}} for one in ids]}
    )


def error(kind: str, reason: str = "so it is", **more: Any) -> dict[str, Any]:
    return {"error": {"type": kind, "reason": reason, **more}}


def whole(status: int, kind: str, reason: str = "so it is") -> Callable[[list[str]], Reply]:
    return lambda ids: as_json(status, {**error(kind, reason), "status": status})


CREATED: Item = {"status": 201, "result": "created"}


@pytest.mark.parametrize(
    ("item", "state"),
    [
        ({"status": 200}, INDEXED),
        ({"status": 409, **error("version_conflict_engine_exception")}, INDEXED),
        ({"status": 400, **error("document_parsing_exception")}, DEAD),
        ({"status": 400, **error("strict_dynamic_mapping_exception")}, DEAD),
        ({"status": 400, **error("illegal_argument_exception", caused_by={"type": "max_bytes_length_exceeded_exception"})}, DEAD),
        ({"status": 400, **error("some_new_exception")}, DEAD),  # the others went through
        ({"status": 400, **error("index_closed_exception")}, PENDING),
        ({"status": 403, **error("cluster_block_exception")}, PENDING),
        ({"status": 429, **error("cluster_block_exception", "read-only-allow-delete")}, PENDING),
        ({"status": 403, **error("security_exception")}, PENDING),
        ({"status": 404, **error("index_not_found_exception")}, PENDING),
        ({"status": 429, **error("es_rejected_execution_exception")}, PENDING),
        ({"status": 503, **error("unavailable_shards_exception")}, PENDING),
        ({"status": 404}, PENDING),  # of a delete only would this be an ending
        ({"status": 200, **error("no_such_exception")}, PENDING),
        ({"status": None}, PENDING),
        ({"status": 201, "_id": "of another"}, PENDING),
    ],
)
def test_f6_i13_an_item_is_read_by_its_own_status_and_error(server: Scripted, item: Item, state: Delivery) -> None:
    server.answer = items(lambda n: item if n == 2 else CREATED)
    delivered = deliver(server)
    assert states(delivered) == [INDEXED, state, INDEXED, INDEXED]
    if state is not INDEXED:
        assert delivered[1].error_type
        assert delivered[1].reason


def test_f6_an_unknown_error_of_every_document_is_not_the_documents_fault(server: Scripted) -> None:
    server.answer = items(lambda n: {"status": 400, **error("illegal_argument_exception", "no write index is defined")})
    assert states(deliver(server)) == [PENDING] * 4


@pytest.mark.parametrize(
    ("item", "state"),
    [({"status": 200}, INDEXED), ({"status": 404}, INDEXED), ({"status": 404, **error("index_not_found_exception")}, PENDING)],
)
def test_a_delete_of_nothing_is_done_unless_the_index_is_missing(server: Scripted, item: Item, state: Delivery) -> None:
    server.answer = lambda ids: as_json(200, {"items": [{"delete": {"_id": one, **item}} for one in ids]})
    assert states(deliver(server, deleted=True)) == [state] * 4


@pytest.mark.parametrize(
    "reply",
    [
        (200, "text/html", b"<html>Sign in</html>"),
        (200, "application/json", b'{"items": [{"index": {"_id"'),
        (200, "application/json", b""),
        (200, "application/json", b"[]"),
        (200, "application/json", b'{"errors": false}'),
        (200, "application/json", b'{"items": 7}'),
        (502, "text/html", b"<html>Bad gateway</html>"),
        (400, "text/html", b"<html>Bad request</html>"),
        (401, "application/json", json.dumps(error("security_exception")).encode()),
        (403, "application/json", json.dumps(error("security_exception")).encode()),
        (404, "application/json", json.dumps(error("index_not_found_exception")).encode()),
        (503, "application/json", json.dumps(error("no_master_exception")).encode()),
    ],
)
def test_i13_an_answer_that_says_nothing_of_the_documents_leaves_all_pending(server: Scripted, reply: Reply) -> None:
    server.answer = lambda ids: reply
    delivered = deliver(server)
    assert states(delivered) == [PENDING] * 4
    assert server.url in delivered[0].reason


def test_i13_a_document_without_an_item_of_its_own_is_pending(server: Scripted) -> None:
    def two_of_four(ids: list[str]) -> Reply:
        status, kind, body = items(lambda n: CREATED)(ids)
        return status, kind, json.dumps({"items": json.loads(body)["items"][:2]}).encode()

    server.answer = two_of_four
    assert states(deliver(server)) == [INDEXED, INDEXED, PENDING, PENDING]


def test_i03_only_what_a_busy_server_refused_is_sent_again(server: Scripted) -> None:
    rejected = {"status": 429, **error("es_rejected_execution_exception")}
    server.answer = items(lambda n: rejected if n == 3 and len(server.asked) == 1 else CREATED)
    assert states(deliver(server)) == [INDEXED] * 4
    assert [[number(one) for one in ids] for ids in server.asked] == [[1, 2, 3, 4], [3]]


def test_i04_a_request_that_is_too_large_is_halved_until_it_fits(server: Scripted) -> None:
    def at_most_two(ids: list[str]) -> Reply:
        too_large = len(ids) > 2 or f"{7:032x}" in ids
        return (413, "text/html", b"<html>Too large</html>") if too_large else items(lambda n: CREATED)(ids)

    server.answer = at_most_two
    delivered = deliver(server, 8)
    assert states(delivered) == [INDEXED] * 6 + [DEAD, INDEXED]
    assert "larger" in delivered[6].reason


def test_i04_a_bulk_above_the_pressure_limit_is_halved_and_a_busy_server_is_not(server: Scripted) -> None:
    reason = "rejected execution of coordinating operation [coordinating_operation_bytes={}, max_coordinating_bytes=2]"
    server.answer = lambda ids: (
        whole(429, "es_rejected_execution_exception", reason.format(len(ids)))(ids) if len(ids) > 2 else items(lambda n: CREATED)(ids)
    )
    assert states(deliver(server, 8)) == [INDEXED] * 8
    server.asked.clear()
    server.answer = whole(429, "es_rejected_execution_exception", reason.format(1))
    assert states(deliver(server, 8)) == [PENDING] * 8
    assert [len(ids) for ids in server.asked] == [8, 4, 2], "asked with less each time, and given up"


def test_i05_one_document_that_spoils_the_request_is_found(server: Scripted) -> None:
    refused = whole(400, "action_request_validation_exception", "id is too long")
    server.answer = lambda ids: refused(ids) if f"{5:032x}" in ids else items(lambda n: CREATED)(ids)
    delivered = deliver(server, 9)
    assert [one.change_no for one in delivered if one.delivery is DEAD] == [5]
    assert states(delivered).count(INDEXED) == 8


def test_a_server_that_is_not_there_leaves_all_pending_and_no_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAUSES", ())
    config = EngineConfig(url="http://reader:S3CRET-IN-URL@127.0.0.1:1", index="news", timeout=1)
    engine = ElasticsearchEngine.open(config)
    for ask in (lambda: engine.search(Query()), lambda: engine.index_id, engine.count, engine.indexes, lambda: engine.apply([])):
        with pytest.raises(EngineUnavailable) as raised:
            ask()
        assert str(raised.value).startswith("http://127.0.0.1:1: ")
        assert "S3CRET" not in str(raised.value)
    engine.close()


def test_what_is_not_elasticsearch_is_said_to_be_none(server: Scripted) -> None:
    server.answer = lambda ids: (200, "text/html", b"<html></html>")
    engine = ElasticsearchEngine.open(EngineConfig(url=server.url, index="news"))
    with pytest.raises(EngineError, match=re.escape(server.url)):
        engine.search(Query())
    engine.close()


@pytest.mark.parametrize("url", ["http://search.example.org", "http://a:port", "http://:9200"])
def test_an_address_that_cannot_be_one_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError, match=r"engine\.url"):
        ElasticsearchEngine.open(EngineConfig(url=url))
