"""Delivery to a real Elasticsearch that is in trouble: what must stay pending does, what is dead is, and nothing is made by the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from engine_samples import article, put, states
from es_server import Node, Server
from sites import Installation

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine, bulk
from newsspider.engines.elasticsearch.indices import SCHEMA_VERSION
from newsspider.errors import EngineError
from newsspider.items import Change, Delivered, Delivery, StoredArticle
from newsspider.store import Store
from newsspider.text import analysis_id

INDEXED, PENDING, DEAD = Delivery.INDEXED, Delivery.PENDING, Delivery.DEAD


@pytest.fixture
def engine(elasticsearch: Server, es_prefix: str) -> Iterator[ElasticsearchEngine]:
    engine = ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix))
    put(engine, article(1, "خبر"))
    yield engine
    engine.close()


def changes(*articles: StoredArticle) -> list[Change]:
    return [Change(one.change_no, one.id, one) for one in articles]


def indices(server: Server, prefix: str) -> set[str]:
    return set(server.request("GET", f"{prefix}*/_alias"))


def test_i05_an_id_that_is_too_long_costs_no_other_document(engine: ElasticsearchEngine) -> None:
    long = replace(article(300, "خبر"), id="ا" * 257)
    batch = changes(*(long if number == 300 else article(number, "خبر") for number in range(1, 501)))
    delivered = engine.apply(batch)
    assert [one.change_no for one in delivered if one.delivery is not INDEXED] == [300]
    assert (delivered[299].delivery, delivered[299].error_type) == (DEAD, "action_request_validation_exception")
    engine.refresh()
    assert engine.count() == 499


def test_i09_a_document_that_does_not_fit_the_mapping_is_dead(engine: ElasticsearchEngine) -> None:
    delivered = engine.apply(changes(article(2, "خبر"), replace(article(3, "خبر"), revision=2**40), article(4, "خبر")))
    assert states(delivered) == [INDEXED, DEAD, INDEXED]
    assert delivered[1].error_type == "document_parsing_exception"
    assert "revision" in delivered[1].reason


def test_each_change_has_its_own_verdict_though_their_numbers_are_one(engine: ElasticsearchEngine) -> None:
    first, bad, unknown = article(1, "خبر"), replace(article(2, "خبر"), revision=2**40), article(3, "خبر")
    delivered = engine.apply([Change(7, first.id, None), Change(7, bad.id, bad), Change(7, unknown.id, None)])
    assert states(delivered) == [INDEXED, DEAD, INDEXED]
    engine.refresh()
    assert engine.count() == 0


def test_i14_the_newest_state_wins_whichever_comes_last(engine: ElasticsearchEngine, elasticsearch: Server) -> None:
    newer, older = replace(article(2, "جديد"), change_no=9), replace(article(2, "قديم"), change_no=8)
    assert states(engine.apply(changes(newer)) + engine.apply(changes(older))) == [INDEXED, INDEXED]
    stored = elasticsearch.request("GET", f"{engine.index_id}/_doc/{newer.id}")
    assert (stored["_source"]["title"], stored["_version"]) == ("جديد", 9)
    assert states(engine.apply([Change(10, newer.id, None)]) + engine.apply(changes(older))) == [INDEXED, INDEXED]
    assert elasticsearch.ask("GET", f"{engine.index_id}/_doc/{newer.id}")[0] == 404


@pytest.mark.parametrize(
    ("block", "said"), [("index.blocks.read_only_allow_delete", "disk is full"), ("index.blocks.write", "blocked for writing")]
)
def test_i10_i11_a_blocked_index_keeps_documents_pending(engine: ElasticsearchEngine, elasticsearch: Server, block: str, said: str) -> None:
    batch = changes(article(2, "خبر"), article(3, "خبر"))
    elasticsearch.request("PUT", f"{engine.index_id}/_settings", {block: True})
    delivered = engine.apply(batch)
    assert states(delivered) == [PENDING, PENDING]
    assert said in delivered[0].reason
    assert elasticsearch.url in delivered[0].reason
    elasticsearch.request("PUT", f"{engine.index_id}/_settings", {block: None})
    assert states(engine.apply(batch)) == [INDEXED, INDEXED]


def test_i11_a_closed_index_keeps_documents_pending(engine: ElasticsearchEngine, elasticsearch: Server) -> None:
    elasticsearch.request("POST", f"{engine.index_id}/_close")
    delivered = engine.apply(changes(article(2, "خبر")))
    assert states(delivered) == [PENDING]
    assert "closed" in delivered[0].reason


def test_i11_a_lost_index_keeps_documents_pending_and_is_not_made_by_writing(
    engine: ElasticsearchEngine, elasticsearch: Server, es_prefix: str
) -> None:
    elasticsearch.request("DELETE", engine.index_id)
    delivered = engine.apply(changes(article(2, "خبر")))
    assert states(delivered) == [PENDING]
    assert indices(elasticsearch, es_prefix) == set()


def test_i11_a_lost_alias_is_an_error_and_no_second_index_is_made(
    engine: ElasticsearchEngine, elasticsearch: Server, es_prefix: str
) -> None:
    before = engine.index_id
    elasticsearch.request("DELETE", f"{before}/_alias/{es_prefix}-write")
    again = ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix))
    with pytest.raises(EngineError, match=f"{es_prefix}-write is missing"):
        again.apply(changes(article(2, "خبر")))
    again.close()
    assert indices(elasticsearch, es_prefix) == {before}


def test_a_write_alias_on_a_foreign_index_is_refused(elasticsearch: Server, es_prefix: str) -> None:
    elasticsearch.request("PUT", f"{es_prefix}-foreign", {"aliases": {f"{es_prefix}-write": {}}})
    engine = ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix))
    with pytest.raises(EngineError, match="no index of newsspider"):
        engine.apply(changes(article(1, "خبر")))
    engine.close()


def test_two_processes_that_start_at_once_share_one_index(elasticsearch: Server, es_prefix: str) -> None:
    engines = [ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda engine: engine.index_id, engines))
    assert found == indices(elasticsearch, es_prefix)
    assert len(found) == 1
    for engine in engines:
        engine.close()


def test_i02_i04_a_node_under_pressure_gets_everything_in_the_end(small_elasticsearch: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = 0
    send = bulk._send

    def counted(*arguments: object) -> object:
        nonlocal sent
        sent += len(arguments[1])  # type: ignore[arg-type]
        return send(*arguments)  # type: ignore[arg-type]

    engine = ElasticsearchEngine.open(EngineConfig(url=small_elasticsearch.url, index="pressed"))
    engine.refresh()
    batches = [changes(*(article(at * 50 + n, "خبر", "نص طويل " * 40) for n in range(50))) for at in range(40)]

    def until_done(batch: list[Change]) -> list[Delivered]:
        delivered: list[Delivered] = []
        while batch:
            delivered += (now := engine.apply(batch))
            batch = [change for change, one in zip(batch, now, strict=True) if one.delivery is PENDING]
        return delivered

    monkeypatch.setattr(bulk, "_send", counted)
    with ThreadPoolExecutor(8) as pool:
        outcomes = [one for delivered in pool.map(until_done, batches) for one in delivered]
    assert {one.delivery for one in outcomes} <= {INDEXED, PENDING}
    engine.refresh()
    assert engine.count() == 2000
    huge = engine.apply(changes(article(9001, "خبر", "نص " * 200_000), article(9002, "خبر", "نص " * 30_000), article(9003, "خبر", "نص")))
    assert states(huge) == [DEAD, DEAD, INDEXED]
    assert all("larger than Elasticsearch takes" in one.reason for one in huge[:2])
    assert sent <= 3 * 2003
    engine.close()


def test_o06_an_index_of_an_older_schema_is_named_by_doctor_and_rebuilt(elasticsearch: Server, es_prefix: str, tmp_path: Path) -> None:
    older = f"{es_prefix}-20250122t101500000000-{analysis_id()}-{SCHEMA_VERSION - 1}-00000000"
    elasticsearch.request("PUT", older, {"mappings": {"properties": {"id": {"type": "keyword"}, "title": {"type": "text"}}}})
    for alias in (es_prefix, f"{es_prefix}-write"):
        elasticsearch.request("PUT", f"{older}/_alias/{alias}", {"is_write_index": True})
    elasticsearch.request("PUT", f"{older}/_doc/1?refresh=true", {"id": "1", "title": "خبر"})
    made = Installation(tmp_path, f'[engine]\nurl = "{elasticsearch.url}"\nindex = "{es_prefix}"\n')
    Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}").close()
    found = {item["about"]: item for item in json.loads(made.run("doctor", "--json", code=1).stdout)}
    assert (found["engine"]["state"], found["engine"]["remedy"]) == ("problem", "newsspider index rebuild")
    assert "another version" in found["engine"]["text"]
    assert "index rebuild" in made.run("search", "خبر", code=1).stderr
    made.run("index", "rebuild")
    assert made.json("search", "خبر")["total"] == 0
    assert {item["about"]: item["state"] for item in json.loads(made.run("doctor", "--json", code=None).stdout)}["engine"] == "ok"
    (template,) = elasticsearch.request("GET", f"_index_template/{es_prefix}")["index_templates"]
    assert template["index_template"]["version"] == SCHEMA_VERSION
