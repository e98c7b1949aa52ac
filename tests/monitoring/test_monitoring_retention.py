"""Retention as it is configured: nothing goes unseen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsspider import clock
from newsspider.config import Config, StoreConfig
from newsspider.items import Delivered, Delivery
from newsspider.monitoring.retention import prune
from newsspider.store import Pruned, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'newsspider.db'}") as opened:
        with clock.fixed(clock.now() - timedelta(days=900)):
            opened.bury("index-1", Delivered(1, "a" * 32, Delivery.DEAD, "mapper", "bad"))
        yield opened


def test_dead_letters_are_kept_for_ever_by_default(store: Store) -> None:
    assert prune(store, Config()) == Pruned()
    assert len(store.dead()) == 1


def test_each_dead_letter_that_is_dropped_is_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    config = Config(store=StoreConfig(dead_letters_days=90))
    with caplog.at_level(logging.WARNING):
        assert len(prune(store, config, dry_run=True).dead_letters) == 1
        assert caplog.text == ""
        assert len(prune(store, config).dead_letters) == 1
    assert f"article {'a' * 32}, refused by index-1 (mapper: bad)" in caplog.text
    assert store.dead() == []
