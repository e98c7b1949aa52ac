"""Metrics for Prometheus, read from the store and the engine when they are asked for, so that every process's work is in them (docs/stats.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from newsspider import __version__, clock
from newsspider.config import Config
from newsspider.engines import Engine
from newsspider.errors import EngineError
from newsspider.monitoring.status import disk_use
from newsspider.store import Backlog, NoticeKind, Store


def metrics(store: Store, engine: Engine, config: Config) -> bytes:
    """In Prometheus' text format (version 0.0.4). Raises StoreError; an engine that is away is a metric."""
    registry = CollectorRegistry()
    registry.register(_Collected([*_of_crawls(store), *_of_index(store, engine), *_of_operators(store), *_of_disk(config)]))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        return self._found


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"newsspider_{name}", text, value=value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"newsspider_{name}", text, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _of_crawls(store: Store) -> Iterator[Metric]:
    ended = CounterMetricFamily("newsspider_addresses", "Addresses that ended with an outcome.", labels=("source", "kind", "outcome"))
    for source, kind, outcome, count in store.outcome_counts():
        ended.add_metric((source, kind, outcome), count)
    yield ended
    retries = CounterMetricFamily("newsspider_retries", "Requests that were sent again within a run.", labels=("source",))
    for source, count in store.retry_counts().items():
        retries.add_metric((source,), count)
    yield retries
    yield _gauges("retries_waiting", "Addresses that failed and wait for another try.", "source", store.waiting_to_retry())
    yield _gauges("articles", "Articles in the store.", "source", store.totals())
    yield _gauges("last_run_age_seconds", "Since the newest run that came to its end.", "source", store.seconds_since_runs())
    active = {source: last.active for source, last in store.last_runs().items()}
    yield _gauges("run_active", "1 while the source is being crawled.", "source", active)


def _of_index(store: Store, engine: Engine) -> Iterator[Metric]:
    yield CounterMetricFamily("newsspider_changes", "Changes of articles.", value=store.last_change())
    try:
        index_id = next((index.index_id for index in engine.indexes() if index.current), "")
        documents = engine.at(index_id).count() if index_id else 0
    except EngineError:
        yield _gauge("index_up", "1 while the engine answers.", 0)
        return
    yield _gauge("index_up", "1 while the engine answers.", 1)
    backlog = store.backlog(index_id) if index_id else Backlog(store.pending(0), None, "", 0)
    age = (clock.now() - backlog.since).total_seconds() if backlog.since else 0.0
    yield CounterMetricFamily("newsspider_index_delivered", "Up to which change the index is complete.", value=store.checkpoint(index_id))
    yield _gauge("index_documents", "Articles in the index.", documents)
    yield _gauge("index_pending", "Changes that the index lacks.", backlog.pending)
    yield _gauge("index_oldest_pending_seconds", "How long the oldest of them waits.", age)
    yield _gauge("index_dead_letters", "Changes that the engine refused for good.", backlog.dead)


def _of_operators(store: Store) -> Iterator[Metric]:
    counts = store.message_counts()
    states = {state: counts.get(state, 0) for state in ("pending", "delivered", "dead")}
    yield _gauges("messages", "Messages of alerts and notices.", "state", states)
    kinds = [notice.kind for notice in store.notices(ended=False, limit=10_000)]
    yield _gauges("notices", "Notices that hold.", "kind", {kind: kinds.count(kind) for kind in NoticeKind})
    yield _gauge("requests_waiting", "Requests of operators that no run has done yet.", len(store.requests()))


def _of_disk(config: Config) -> Iterator[Metric]:
    used, free = disk_use(config.data_folder)
    yield _gauges("disk_bytes", "What lies in the data folder.", "part", used)
    yield _gauge("disk_free_bytes", "What is free there.", free)
    yield _gauges("info", "1, with the version.", "version", {__version__: 1})
