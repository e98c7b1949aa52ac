from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_samples import store_url

from newsspider.store import Owner, Run, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_url(tmp_path)) as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> Run:
    return store.begin_run("levant", Owner.current())
