"""Every engine, each with an index of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from engine_samples import NEWS, put
from es_server import own_names

from newsspider.config import EngineConfig
from newsspider.engines import Engine
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.embedded import EmbeddedEngine

ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.xdist_group("elasticsearch"))]


@contextmanager
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "embedded":
        yield EmbeddedEngine.open(tmp_path_factory.mktemp("index"))
        return
    server = request.getfixturevalue("elasticsearch")
    with own_names(server) as prefix:
        engine = ElasticsearchEngine.open(EngineConfig(url=server.url, index=prefix))
        yield engine
        engine.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with opened(request, tmp_path_factory) as engine:
        yield engine


@pytest.fixture(params=ENGINES, scope="module")
def news(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with NEWS in it, for searching only."""
    with opened(request, tmp_path_factory) as engine:
        put(engine, *NEWS)
        yield engine
