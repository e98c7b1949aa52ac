"""The test server is what the tests take it for: Elasticsearch with the usual filters, and one with security on."""

from __future__ import annotations

from typing import Any

from es_server import Node, Server


def tokens(server: Server, analysis: dict[str, Any]) -> list[str]:
    return [token["token"] for token in server.request("POST", "_analyze", analysis)["tokens"]]


def test_the_arabic_analyzer_is_there(elasticsearch: Server) -> None:
    assert tokens(elasticsearch, {"analyzer": "arabic", "text": "الكتابُ في المكتبة"}) == ["كتاب", "مكتب"]


def test_the_stock_filters_are_there_under_their_names(elasticsearch: Server) -> None:
    chain: list[Any] = [
        "lowercase",
        "decimal_digit",
        "arabic_normalization",
        {"type": "keyword_marker", "keywords": ["بلبنان"]},
        {"type": "stemmer_override", "rules": ["قصائد => قصيد"]},
        {"type": "pattern_replace", "pattern": "^ال", "replacement": ""},
        {"type": "stemmer", "language": "arabic"},
    ]
    analysis = {"tokenizer": "standard", "char_filter": [{"type": "mapping", "mappings": ["\\u200c => ", "ک => ك"]}], "filter": chain}
    assert tokens(elasticsearch, {**analysis, "text": "قصائد بلبنان کتب‌ ٢٠٢٥"}) == ["قصيد", "بلبنان", "كتب", "2025"]
    assert tokens(
        elasticsearch, {"tokenizer": "keyword", "filter": [{"type": "ngram", "min_gram": 4, "max_gram": 4}], "text": "_مصر_"}
    ) == ["_مصر", "مصر_"]


def test_synonyms_are_read_by_the_chain_before_them(elasticsearch: Server, es_prefix: str) -> None:
    analysis = {
        "filter": {"same": {"type": "synonym_graph", "synonyms": ["إسبانيا, اسبانيه => اسبانيا"]}},
        "analyzer": {"a": {"type": "custom", "tokenizer": "standard", "filter": ["arabic_normalization", "same"]}},
    }
    elasticsearch.request("PUT", es_prefix, {"settings": {"analysis": analysis}})
    answer = elasticsearch.request("POST", f"{es_prefix}/_analyze", {"analyzer": "a", "text": "إسبانية"})
    assert [token["token"] for token in answer["tokens"]] == ["اسبانيا"]


def test_a_document_goes_in_and_is_found(elasticsearch: Server, es_prefix: str) -> None:
    elasticsearch.request("PUT", f"{es_prefix}/_doc/1?refresh=true", {"title": "خبر"})
    assert elasticsearch.request("GET", f"{es_prefix}/_count")["count"] == 1


def test_the_secured_server_wants_credentials_and_makes_keys(secured_elasticsearch: Node) -> None:
    anonymous = Server(secured_elasticsearch.url)
    assert anonymous.ask("GET", "_search")[0] == 401
    key = secured_elasticsearch.request("POST", "_security/api_key", {"name": "a key", "role_descriptors": {}})
    assert key["encoded"]
