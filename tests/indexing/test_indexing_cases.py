"""Faults between the store and a real Elasticsearch: after each, everything is indexed, pending or dead, and once it is over, indexed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import fault_proxy
import pytest
from articles import fill
from delivery import OWNER, Rig, rig
from es_server import Node, Server
from fault_proxy import Answer, Asked, FaultProxy, Forward, proxy_to
from sites import Installation, Site, serve

from newsspider import indexing
from newsspider.engines import open_engine
from newsspider.engines.elasticsearch import bulk
from newsspider.indexing.sync import AT_ONCE
from newsspider.search import parse_query

pytestmark = [pytest.mark.xdist_group("elasticsearch"), pytest.mark.timeout(1200)]


@pytest.fixture
def proxy(elasticsearch: Server) -> Iterator[FaultProxy]:
    with proxy_to(elasticsearch.url) as running:
        yield running


@pytest.fixture
def tested(tmp_path: Path, proxy: FaultProxy, es_prefix: str) -> Iterator[Rig]:
    with rig(tmp_path, proxy, es_prefix, batch_documents=50) as made:
        yield made


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAUSES", (0.0,) * len(bulk.PAUSES))


def page(number: int) -> str:
    paragraphs = "".join(
        f"<p>قالت الوزارة إن موسم القمح رقم {number} بدأ في المحافظات الشرقية هذا الأسبوع، وإن الفقرة {n} تتبعها غيرها.</p>"
        for n in range(4)
    )
    return (
        f'<html lang="ar"><head><title>خبر القمح رقم {number}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2024-03-{number % 28 + 1:02}T10:00:00+03:00"></head>'
        f"<body><article><h1>خبر القمح رقم {number}</h1>{paragraphs}</article></body></html>"
    )  # fmt: skip


def add_pages(site: Site, count: int) -> None:
    for number in range(count):
        site.add(f"/news/{number}", page(number))
    urls = "".join(f"<url><loc>{site.origin}/news/{number}</loc></url>" for number in range(count))
    site.add("/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', "application/xml")


def installed(folder: Path, url: str, prefix: str, timeout: int = 60) -> Installation:
    engine = f'[engine]\nurl = "{url}"\nindex = "{prefix}"\ntimeout = {timeout}\n'
    return Installation(
        folder, f'concurrency = 16\nconcurrency_per_site = 16\n[net]\nallow_networks = ["127.0.0.0/8"]\n[index]\nwait = 1\n{engine}'
    )


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.chaos)])
def test_i01_a_crawl_without_elasticsearch_is_delivered_afterwards(tmp_path: Path, proxy: FaultProxy, es_prefix: str, count: int) -> None:
    proxy.down()
    installation = installed(tmp_path, proxy.url, es_prefix)
    with serve(Site()) as site:
        add_pages(site, count)
        installation.source("farm", homepage=site.origin + "/", sitemaps=[site.origin + "/sitemap.xml"])
        crawled = installation.run("crawl", "farm")
    assert f"{count} changes stored, but not searchable yet" in crawled.stderr
    assert installation.run("index", "sync", code=75).stderr.count("cannot be reached") <= 2
    proxy.up()
    assert json.loads(installation.run("index", "sync", "--json").stdout) == {"indexed": count, "dead": 0, "pending": 0, "problem": ""}
    assert installation.json("search", "القمح")["total"] == count
    assert installation.json("index", "verify")["found"] == []


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.chaos)])
def test_i03_a_server_that_takes_seven_documents_of_ten_gets_all(tested: Rig, proxy: FaultProxy, count: int) -> None:
    tested.fill(count)
    seed = next(seed for seed in range(10_000) if all(_attempts(seed, one) <= 8 for one in tested.ids))
    proxy.fault = fault_proxy.busy(0.3, seed)
    report = tested.sync()
    assert (report.indexed, report.dead, report.pending) == (count, 0, 0), f"seed {seed}: {report.problem}"
    assert sum(proxy.attempts.values()) / count <= 2
    assert max(proxy.attempts.values()) <= 8
    tested.check(indexed=count)


def _attempts(seed: int, article_id: str) -> int:
    """How often `busy` must be asked to take this document."""
    return next(n for n in range(1, 100) if not fault_proxy.refuses(0.3, seed, article_id, n))


def test_i05_ids_are_short_and_of_ascii(tested: Rig) -> None:
    tested.fill(3)
    assert all(len(one.encode()) <= 64 for one in tested.ids)


KILLED = """
import os, signal, sys
from newsspider.cli.main import main
from newsspider.store import Store
left, mark = [int(sys.argv.pop(1))], Store.set_checkpoint
def killing(self, *given):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    mark(self, *given)
Store.set_checkpoint = killing
main()
"""


@pytest.mark.parametrize("kills", [5, pytest.param(20, marks=pytest.mark.chaos)])
def test_i07_an_indexer_killed_before_it_marks_loses_nothing(tmp_path: Path, proxy: FaultProxy, es_prefix: str, kills: int) -> None:
    with rig(tmp_path, proxy, es_prefix, batch_documents=20) as tested:
        tested.fill(kills * 60)
        installation = installed(tmp_path, proxy.url, es_prefix).environment | {"NEWSSPIDER_INDEX_BATCH_DOCUMENTS": "20"}
        seed = random.randrange(10_000)
        rng = random.Random(seed)
        for _ in range(kills):
            command = [sys.executable, "-c", KILLED, str(rng.randrange(1, 4)), "index", "sync"]
            assert subprocess.run(command, env=installation, check=False, timeout=120).returncode == -signal.SIGKILL, f"seed {seed}"
        report = tested.sync()
        assert report.pending == 0
        resent = sum(proxy.attempts.values()) - len(tested.ids)
        assert resent <= kills * AT_ONCE * 20, f"seed {seed}: {resent} documents were sent again"
        tested.check(indexed=len(tested.ids))


def test_i08_a_request_whose_answer_is_lost_is_sent_again_and_nothing_doubles(tested: Rig, proxy: FaultProxy) -> None:
    tested.fill(60)
    proxy.fault = fault_proxy.drop_reply
    report = tested.sync()
    assert (report.indexed, report.pending) == (0, 60)
    assert "cannot be reached" in report.problem
    proxy.fault = fault_proxy.none
    assert tested.sync().indexed == 60
    tested.check(indexed=60)


@pytest.mark.parametrize("fault", [fault_proxy.reset, fault_proxy.black_hole])
def test_a_server_that_takes_requests_and_never_answers_leaves_all_pending(
    tmp_path: Path, proxy: FaultProxy, es_prefix: str, fault: fault_proxy.Fault
) -> None:
    with rig(tmp_path, proxy, es_prefix, batch_documents=50) as tested:
        tested.fill(20)
        proxy.fault, patient = fault, tested.engine._client
        tested.engine._client = patient.options(request_timeout=1)
        assert tested.sync().pending == 20
        proxy.fault, tested.engine._client = fault_proxy.none, patient
        assert tested.sync().indexed == 20
        tested.check(indexed=20)


def test_i09_one_document_that_does_not_fit_is_dead_and_goes_in_when_mended(tmp_path: Path, proxy: FaultProxy, es_prefix: str) -> None:
    with rig(tmp_path, proxy, es_prefix) as tested:
        tested.fill(500)
        bad = tested.ids[250]
        proxy.fault = fault_proxy.spoiling(lambda one: one == bad)
        report = tested.sync()
        assert (report.indexed, report.dead, report.pending) == (499, 1, 0)
        tested.check(indexed=499, dead=1)
        installation = installed(tmp_path, proxy.url, es_prefix)
        (letter,) = installation.json("dead", "list")
        assert (letter["article_id"], letter["error_type"]) == (bad, "strict_dynamic_mapping_exception")
        assert "unheard_of" in letter["reason"]
        assert installation.json("dead", "show", bad)["article"]["title"]
        installation.run("dead", "retry", bad, code=1)
        proxy.fault = fault_proxy.none
        installation.run("dead", "retry", "--all")
        tested.check(indexed=500)


BLOCKS = {
    "disk": ("index.blocks.read_only_allow_delete", "its disk is full"),
    "write": ("index.blocks.write", "blocked for writing"),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_i10_i11_a_blocked_index_waits_and_drains_afterwards(tested: Rig, elasticsearch: Server, es_prefix: str, block: str) -> None:
    setting, said = BLOCKS[block]
    tested.fill(30)
    tested.sync()
    tested.fill(30)
    elasticsearch.request("PUT", f"{tested.engine.index_id}/_settings", {setting: True})
    installation = installed(tested.folder, tested.config.engine.url, es_prefix)
    assert said in installation.run("index", "sync", code=75).stderr
    (status,) = installation.json("index", "status")["indexes"]
    assert said in status["problem"]
    assert (status["pending"], status["dead"]) == (30, 0)
    assert status["since"]
    following = installation.start("index", "sync", "--follow", environment={"NEWSSPIDER_INDEX_INTERVAL": "0.1"})
    assert following.stderr
    errors = ""
    while said not in errors:
        assert following.poll() is None, errors
        errors += following.stderr.readline()
    time.sleep(1)  # so that it has failed more than once; what follows holds for any number of times
    elasticsearch.request("PUT", f"{tested.engine.index_id}/_settings", {setting: None})
    deadline = time.monotonic() + 120
    while tested.store.backlog(tested.engine.index_id).pending:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    following.send_signal(signal.SIGTERM)
    errors += following.stderr.read()
    following.communicate(timeout=240)
    assert (following.returncode, errors.count(said), errors.count("indexing goes on")) == (0, 1, 1), errors
    assert tested.store.backlog(tested.engine.index_id).problem == ""
    tested.check(indexed=60)


def test_i11_a_closed_index_waits_and_drains_afterwards(tested: Rig, elasticsearch: Server) -> None:
    tested.fill(10)
    index = tested.engine.index_id
    elasticsearch.request("POST", f"{index}/_close")
    report = tested.sync()
    assert (report.indexed, report.dead, report.pending) == (0, 0, 10)
    assert "the index is closed" in report.problem
    elasticsearch.request("POST", f"{index}/_open")
    elasticsearch.request("GET", f"_cluster/health/{index}?wait_for_status=yellow&timeout=30s")
    assert tested.sync().indexed == 10
    tested.check(indexed=10)


def test_i11_a_missing_write_alias_is_an_error_and_no_index_is_made(tested: Rig, elasticsearch: Server, es_prefix: str) -> None:
    tested.fill(10)
    index = tested.engine.index_id
    elasticsearch.request("DELETE", f"{index}/_alias/{es_prefix}-write")
    installation = installed(tested.folder, tested.config.engine.url, es_prefix)
    assert f"{es_prefix}-write is missing" in installation.run("index", "sync", code=75).stderr
    assert set(elasticsearch.request("GET", f"{es_prefix}*/_alias")) == {index}
    elasticsearch.request(
        "POST", "_aliases", {"actions": [{"add": {"index": index, "alias": f"{es_prefix}-write", "is_write_index": True}}]}
    )
    assert tested.sync().indexed == 10
    tested.check(indexed=10)


def _fewer(answer: Answer) -> Answer:
    body = json.loads(answer.body)
    return Answer(200, answer.kind, json.dumps(body | {"items": body["items"][:-7]}).encode())


def _lying(answer: Answer) -> Answer:
    body = json.loads(answer.body)
    body["items"][3]["index"] |= {"status": 503, "error": {"type": "unavailable_shards_exception", "reason": "so it is"}}
    return Answer(200, answer.kind, json.dumps(body | {"errors": False}).encode())


@pytest.mark.parametrize(
    ("fault", "indexed"),
    [
        (fault_proxy.answering(200, "text/html", b"<html>Please sign in</html>"), 0),
        (fault_proxy.answering(502, "text/html", b"<html>Bad gateway</html>"), 0),
        (fault_proxy.changing(lambda answer: Answer(200, answer.kind, answer.body[: len(answer.body) // 2])), 0),
        (fault_proxy.changing(_fewer), 13),
        (fault_proxy.changing(_lying), 3),
    ],
)
def test_i13_only_a_document_with_an_answer_of_its_own_is_done(
    tested: Rig, proxy: FaultProxy, fault: fault_proxy.Fault, indexed: int
) -> None:
    tested.fill(20)
    proxy.fault = fault
    report = tested.sync()
    assert (report.indexed, report.dead, report.pending) == (indexed, 0, 20 - indexed)
    proxy.fault = fault_proxy.none
    assert tested.sync().pending == 0
    tested.check(indexed=20)


def test_i14_o02_two_indexers_at_once_double_nothing_and_the_newest_state_wins(tested: Rig, es_prefix: str) -> None:
    tested.fill(200)
    installation = installed(tested.folder, tested.config.engine.url, es_prefix)
    both = [installation.start("index", "sync", "--follow") for _ in range(2)]
    for again in range(3):
        fill(tested.store, range(200))
        tested.store.renew(tested.ids[again * 50 : again * 50 + 50])
    deadline = time.monotonic() + 120
    while tested.store.backlog(tested.engine.index_id).pending:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for process in both:
        process.send_signal(signal.SIGTERM)
    errors = [process.communicate(timeout=240)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    tested.check(indexed=200)


def test_i15_a_takedown_holds_after_elasticsearch_forgot_the_delete(tested: Rig, elasticsearch: Server) -> None:
    tested.fill(5)
    tested.sync()
    elasticsearch.request("PUT", f"{tested.engine.index_id}/_settings", {"index.gc_deletes": "1ms"})
    indexing.forget(tested.store, tested.engine, tested.folder / "data" / "archive", "https://farm.example/news/2")
    elasticsearch.request("POST", f"{tested.engine.index_id}/_refresh")
    fill(tested.store, range(5))
    tested.store.renew(tested.ids)
    tested.sync()
    indexing.retry(tested.store, tested.engine, OWNER, tested.ids)
    tested.check(indexed=4)
    assert tested.ids[2] not in set(tested.engine.ids())


def test_i16_a_rebuild_that_is_killed_is_finished_by_the_next_while_search_goes_on(
    tested: Rig, proxy: FaultProxy, elasticsearch: Server, es_prefix: str
) -> None:
    tested.fill(300)
    tested.sync()
    tested.engine.refresh()
    installation = installed(tested.folder, proxy.url, es_prefix)
    small = {"NEWSSPIDER_INDEX_BATCH_DOCUMENTS": "20"}
    totals: list[int] = []
    over = threading.Event()
    searching = open_engine(tested.config)
    searcher = threading.Thread(
        target=lambda: [totals.append(searching.search(parse_query("القمح")).total) or time.sleep(0.02) for _ in iter(over.is_set, True)]
    )
    searcher.start()
    try:
        proxy.fault = fault_proxy.delay(0.1)
        for _ in range(2):
            bulks = proxy.bulks
            rebuild = installation.start("index", "rebuild", environment=small)
            deadline = time.monotonic() + 120
            while proxy.bulks < bulks + 4:
                assert rebuild.poll() is None, rebuild.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.01)
            rebuild.kill()
            rebuild.communicate()
        proxy.fault = fault_proxy.none
        assert len(installation.json("index", "status")["indexes"]) == 2, "the second went on with the index that the first had begun"
        tested.fill(10)
        built = json.loads(installation.run("index", "rebuild", "--drop", "--json", environment=small).stdout)
    finally:
        over.set()
        searcher.join()
    assert (built["articles"], len(built["dropped"])) == (310, 1)
    assert totals
    assert set(totals) <= {300, *range(300, 311)}, "search was empty or doubled"
    aliases = elasticsearch.request("GET", f"{es_prefix}*/_alias")
    assert list(aliases) == [built["index"]]
    tested.check(indexed=310, engine=open_engine(tested.config))


def test_i19_documents_deleted_and_altered_by_hand_are_named_and_mended(tested: Rig, elasticsearch: Server, es_prefix: str) -> None:
    tested.fill(100)
    tested.sync()
    index = tested.engine.index_id
    for one in tested.ids[:10]:
        elasticsearch.request("DELETE", f"{index}/_doc/{one}")
    for one in tested.ids[10:20]:
        document = elasticsearch.request("GET", f"{index}/_doc/{one}")["_source"]
        elasticsearch.request("PUT", f"{index}/_doc/{one}", document | {"title": "عنوان آخر"})
    installation = installed(tested.folder, tested.config.engine.url, es_prefix)
    found = json.loads(installation.run("index", "verify", "--json", code=1).stdout)["found"]
    assert {(one["id"], one["kind"]) for one in found} == {
        *((one, "missing") for one in tested.ids[:10]),
        *((one, "stale") for one in tested.ids[10:20]),
    }
    mended = json.loads(installation.run("index", "verify", "--fix", "--json").stdout)
    assert (len(mended["found"]), mended["remaining"]) == (20, [])
    tested.check(indexed=100)


@pytest.mark.parametrize("count", [600, pytest.param(10_000, marks=pytest.mark.chaos)])
def test_i02_a_node_under_pressure_of_eight_writers_gets_everything(small_elasticsearch: Node, tmp_path: Path, count: int) -> None:
    over = threading.Event()
    noise = ('{"index":{}}\n{"text":"' + "نص " * 200 + '"}\n') * 60
    refused: list[int] = []

    def write(number: int) -> None:
        while not over.wait(0.2):
            status, answer = small_elasticsearch.ask("POST", f"noise-{number}/_bulk", noise)
            refused.append(status == 429 or answer["errors"])

    with proxy_to(small_elasticsearch.url) as proxy, rig(tmp_path, proxy, f"pressed{count}", batch_documents=100) as tested:
        tested.fill(count)
        assert tested.engine.index_id
        writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for writer in writers:
            writer.start()
        try:
            follower = indexing.Follower(tested.store, tested.config, OWNER)
            dead = 0
            while (report := follower.deliver()).pending:
                dead += report.dead
                time.sleep(follower.pause)
        finally:
            over.set()
            for writer in writers:
                writer.join()
        follower.close()
        assert any(refused), "the node was not under pressure"
        assert dead == 0
        assert sum(proxy.attempts.values()) <= 3 * count
        tested.check(indexed=count)


@pytest.mark.parametrize(("kills", "count"), [(1, 1500), pytest.param(3, 12_000, marks=pytest.mark.chaos)])
def test_i06_elasticsearch_is_killed_and_what_was_marked_is_there(
    small_elasticsearch: Node, tmp_path: Path, kills: int, count: int
) -> None:
    with rig(tmp_path, small_elasticsearch, f"killed{kills}", batch_documents=100) as tested:
        tested.fill(count)
        index = tested.engine.index_id
        installation = installed(tmp_path, small_elasticsearch.url, f"killed{kills}", timeout=5)
        following = installation.start("index", "sync", "--follow", environment={"NEWSSPIDER_INDEX_BATCH_DOCUMENTS": "100"})
        for kill in range(kills):
            while tested.store.checkpoint(index) < (kill * 2 + 1) * count // (kills * 3):
                assert following.poll() is None, following.communicate()
                time.sleep(0.02)
            small_elasticsearch.kill()
            marked = tested.store.checkpoint(index)
            small_elasticsearch.start()
            small_elasticsearch.request("GET", f"_cluster/health/{index}?wait_for_status=yellow&timeout=60s")
            small_elasticsearch.request("POST", f"{index}/_refresh")
            present = set(tested.engine.ids())
            changed = [change.article_id for change in tested.store.changes(0, count) if change.change_no <= marked]
            assert not [one for one in changed if one not in present]
        deadline = time.monotonic() + 180
        while tested.store.backlog(index).pending:
            assert time.monotonic() < deadline, tested.store.backlog(index)
            time.sleep(0.1)
        following.send_signal(signal.SIGTERM)
        assert following.communicate(timeout=240)[1].count("Traceback") == 0
        tested.check(indexed=count)


@pytest.mark.chaos
def test_i18_a_slow_elasticsearch_does_not_slow_the_crawl(tmp_path: Path, proxy: FaultProxy, es_prefix: str) -> None:
    """The site takes its time, so that the rate hangs on what the crawl waits for, and not on how busy the machine is."""
    count, rates, pending = 300, {}, 0
    slow = Slow(5)
    for name, fault in (("quick", fault_proxy.none), ("slow", slow)):
        proxy.fault = fault
        with serve(Site(seconds=1.5)) as site, rig(tmp_path / name, proxy, f"{es_prefix}-{name}") as tested:
            installation = installed(tmp_path / name, proxy.url, f"{es_prefix}-{name}", timeout=30)
            add_pages(site, count)
            installation.source("farm", homepage=site.origin + "/", sitemaps=[site.origin + "/sitemap.xml"])
            index = tested.engine.index_id
            crawl = installation.start("crawl", "farm")
            while crawl.poll() is None:
                pending = max(pending, tested.store.backlog(index).pending)
                time.sleep(0.1)
            said = crawl.communicate()
            assert crawl.returncode == 0, said
            (run,) = tested.store.runs()
            ended = [row.at for row in tested.store.ledger(run.id) if row.at]
            rates[name] = count / (max(ended) - min(ended)).total_seconds()
            proxy.fault = fault_proxy.none
            installation.run("index", "sync")
            assert installation.json("search", "القمح")["total"] == count
    print(f"pages a second: {rates}; at most {pending} pending, {slow.at_once} bulks at once, {slow.largest} bytes in one")
    assert rates["slow"] >= 0.95 * rates["quick"]
    assert pending >= 30, "the growing queue is seen"
    assert slow.at_once <= 2
    assert slow.largest <= bulk.MOST_BYTES


class Slow:
    """A server that takes `seconds` for each bulk; and what was asked of it."""

    def __init__(self, seconds: float) -> None:
        self.at_once = self.largest = self._under_way = 0
        self._delayed = fault_proxy.delay(seconds)

    async def __call__(self, asked: Asked, forward: Forward) -> Answer | None:
        self._under_way += 1
        self.at_once, self.largest = max(self.at_once, self._under_way), max(self.largest, len(asked.body))
        try:
            return await self._delayed(asked, forward)
        finally:
            self._under_way -= 1


@pytest.mark.chaos
@pytest.mark.timeout(3000)
def test_i20_a_long_backlog_is_drained_in_bounded_memory(tmp_path: Path, elasticsearch: Server, es_prefix: str) -> None:
    count = int(os.environ.get("NEWSSPIDER_TEST_BACKLOG", "200000"))
    with rig(tmp_path, elasticsearch, es_prefix) as tested:
        tested.fill(count)
        environment = installed(tmp_path, elasticsearch.url, es_prefix).environment
        with (tmp_path / "said").open("wb") as said:
            process = subprocess.Popen([sys.executable, "-m", "newsspider", "index", "sync"], env=environment, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        errors = (tmp_path / "said").read_text()
        assert process.returncode == 0, errors
        assert f"of {count}, " in errors, "progress says how many, how fast and how long"
        assert usage.ru_maxrss <= 300 * 1024
        assert tested.store.backlog(tested.engine.index_id).pending == 0
        tested.engine.refresh()
        assert tested.engine.count() == count
