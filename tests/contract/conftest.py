"""Every engine, each with an index of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsspider.config import EngineConfig
from newsspider.engines import Engine
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.embedded import EmbeddedEngine


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.xdist_group("elasticsearch"))])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine: Engine
    if request.param == "embedded":
        engine = EmbeddedEngine.open(tmp_path / "index")
    else:
        server, prefix = request.getfixturevalue("elasticsearch"), request.getfixturevalue("es_prefix")
        engine = ElasticsearchEngine.open(EngineConfig(url=server.url, index=prefix))
    yield engine
    engine.close()
