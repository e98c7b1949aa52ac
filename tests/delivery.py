"""What tests of delivery share: a store, an engine behind a fault proxy, and the invariant that holds after every case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from articles import fill
from es_server import Server
from fault_proxy import FaultProxy

from newsspider import indexing
from newsspider.config import Config, EngineConfig, IndexConfig
from newsspider.engines import Engine, open_engine
from newsspider.indexing import SyncReport
from newsspider.search import parse_query
from newsspider.store import Owner, Store

OWNER = Owner.current()


class Rig:
    """A store and an installation's configuration whose Elasticsearch is `url`; index names begin with `prefix`."""

    def __init__(self, folder: Path, url: str, prefix: str, *, timeout: float = 30, **index: int) -> None:
        (folder / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.config = Config(
            data_folder=folder / "data", engine=EngineConfig(url=url, index=prefix, timeout=timeout), index=IndexConfig(wait=1, **index)
        )
        self.store = Store.open(self.config.store_url)
        self.engine = open_engine(self.config)
        self.ids: list[str] = []

    def fill(self, count: int) -> None:
        self.ids += fill(self.store, range(len(self.ids), len(self.ids) + count))

    def sync(self, engine: Engine | None = None) -> SyncReport:
        return indexing.sync(self.store, engine or self.engine, OWNER, self.config.index)

    def check(self, *, indexed: int, pending: int = 0, dead: int = 0, engine: Engine | None = None) -> None:
        """stored = indexed + pending + dead, every id once, the store whole, and nothing differs."""
        engine = engine or self.engine
        engine.refresh()
        held = Counter(engine.ids())
        backlog = self.store.backlog(engine.index_id)
        buried = {letter.article_id for letter in self.store.dead(engine.index_id)}
        waiting = {change.article_id for change in self.store.changes(self.store.checkpoint(engine.index_id), 1 << 20)}
        assert not [one for one, count in held.items() if count > 1]
        assert set(held) | buried | waiting == {article.id for article in self.store.articles()}
        assert (len(set(held) - waiting), backlog.pending, backlog.dead) == (indexed, pending, dead)
        assert engine.search(parse_query("القمح")).total == len(held) == engine.count()
        assert indexing.verify(self.store, engine) == []
        assert self.store.check() == []

    def close(self) -> None:
        self.engine.close()
        self.store.close()


@contextmanager
def rig(folder: Path, server: Server | FaultProxy, prefix: str, *, timeout: float = 30, **index: int) -> Iterator[Rig]:
    made = Rig(folder, server.url, prefix, timeout=timeout, **index)
    try:
        yield made
    finally:
        made.close()
