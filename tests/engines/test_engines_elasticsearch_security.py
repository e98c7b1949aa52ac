"""On a node with security on: least privileges do their work and no more, and no secret is told."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from articles import fill
from certificates import self_signed
from es_server import ADMIN, PASSWORD, Node, own_names
from fault_proxy import proxy_to
from sites import Installation

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.elasticsearch.keys import CLUSTER, INDICES, PURPOSES
from newsspider.errors import ConfigError, EngineUnavailable
from newsspider.store import Store

AS_ADMIN = {"NEWSSPIDER_ENGINE_USERNAME": ADMIN, "NEWSSPIDER_ENGINE_PASSWORD": PASSWORD}


@pytest.fixture
def prefix(secured_elasticsearch: Node) -> Iterator[str]:
    with own_names(secured_elasticsearch) as name:
        yield name


@pytest.fixture
def installation(tmp_path: Path, secured_elasticsearch: Node, prefix: str) -> Installation:
    made = Installation(tmp_path, f'[index]\nwait = 1\n[engine]\nurl = "{secured_elasticsearch.url}"\nindex = "{prefix}"\ntimeout = 60\n')
    (tmp_path / "data").mkdir(mode=0o700)
    with Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}") as store:
        fill(store, range(20))
    return made


@pytest.fixture
def keys(installation: Installation) -> dict[str, dict[str, str]]:
    """The environment of each purpose, from keys made as an operator makes them."""
    folder = installation.folder / "keys"
    told = installation.run("index", "keys", "--folder", str(folder), "--json", environment=AS_ADMIN).stdout
    assert {row["purpose"] for row in json.loads(told)["keys"]} == set(PURPOSES)
    for purpose in PURPOSES:
        file = folder / purpose
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text().strip() not in told
    return {purpose: {"NEWSSPIDER_ENGINE_API_KEY_FILE": str(folder / purpose)} for purpose in PURPOSES}


def secret(environment: dict[str, str]) -> str:
    return Path(environment["NEWSSPIDER_ENGINE_API_KEY_FILE"]).read_text().strip()


def test_each_key_does_its_work_and_no_more(
    installation: Installation, keys: dict[str, dict[str, str]], secured_elasticsearch: Node, prefix: str
) -> None:
    indexer, searcher, admin = (keys[purpose] for purpose in ("indexer", "searcher", "admin"))
    refused = installation.run("index", "sync", code=75, environment=indexer)
    assert "access refused" in refused.stderr, "an indexer makes no index"
    installation.run("index", "rebuild", environment=admin)
    with Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}") as store:
        (old, *_) = [article.id for article in store.articles()]
        fill(store, range(20, 30))
        store.delete(old)
    assert json.loads(installation.run("index", "sync", "--json", environment=indexer).stdout)["indexed"] == 11
    assert json.loads(installation.run("search", "القمح", "--json", environment=searcher).stdout)["total"] == 29
    assert "access refused" in installation.run("search", "القمح", code=1, environment=indexer).stderr
    installation.run("searches", "add", "wheat", "القمح")
    with Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}") as store:
        fill(store, range(30, 35))
    assert "access refused" in installation.run("index", "sync", code=75, environment=searcher).stderr
    assert json.loads(installation.run("index", "sync", "--json", environment=indexer).stdout)["indexed"] == 5
    assert json.loads(installation.run("alerts", "run", "--json", environment=searcher).stdout)["alerts"] == 5
    installation.run("index", "verify", environment=admin)
    installation.run("index", "rebuild", "--drop", environment=admin)
    installation.run("forget", "farm.example", "--yes", environment=admin)
    assert json.loads(installation.run("search", "القمح", "--json", environment=searcher).stdout)["total"] == 0


def test_each_key_shows_what_it_may_and_says_which_right_is_missing(installation: Installation, keys: dict[str, dict[str, str]]) -> None:
    installation.run("index", "rebuild", environment=keys["admin"])
    exported = installation.run("search", "القمح", "--export", "-", environment=keys["searcher"]).stdout
    assert len(exported.splitlines()) == 20
    for purpose in PURPOSES:
        engine = installation.run("doctor", "--json", code=None, environment=keys[purpose]).stdout
        (finding,) = [finding for finding in json.loads(engine) if finding["about"] == "engine"]
        assert (finding["state"], "nothing pending" in finding["text"]) == ("ok", True), (purpose, finding)
    for purpose in ("searcher", "admin"):
        (index,) = json.loads(installation.run("index", "status", "--json", environment=keys[purpose]).stdout)["indexes"]
        assert (index["current"], index["articles"], index["pending"]) == (True, 20, 0), purpose
        told = json.loads(installation.run("status", "--json", environment=keys[purpose]).stdout)
        assert told["index"]["pending"] == 0, purpose
    assert installation.run("index", "analyze", "القمح", environment=keys["admin"]).stdout
    for purpose, arguments, right in (
        ("searcher", ("index", "analyze", "القمح"), "indices:admin/analyze"),
        ("indexer", ("index", "analyze", "القمح"), "indices:admin/analyze"),
        ("indexer", ("search", "القمح", "--export", "-"), "indices:data/read"),
        ("indexer", ("index", "status"), "indices:"),
    ):
        refused = installation.run(*arguments, code=1, environment=keys[purpose]).stderr
        assert "access refused" in refused, (purpose, arguments, refused)
        assert right in refused, (purpose, arguments, refused)


def test_an_indexer_that_follows_goes_to_a_promoted_index(installation: Installation, keys: dict[str, dict[str, str]]) -> None:
    installation.run("index", "rebuild", environment=keys["admin"])
    following = installation.start("index", "sync", "--follow", environment=keys["indexer"] | {"NEWSSPIDER_INDEX_INTERVAL": "0.1"})
    installation.run("index", "rebuild", "--drop", environment=keys["admin"])
    with Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}") as store:
        fill(store, range(20, 30))
        (status,) = json.loads(installation.run("index", "status", "--json", environment=keys["admin"]).stdout)["indexes"]
        with suppress(TimeoutError):
            wait_until(lambda: not store.backlog(status["index"]).pending)
        following.terminate()
        errors = following.communicate(timeout=240)[1]
        assert store.backlog(status["index"]).pending == 0, errors
    assert following.returncode == 0, errors


def wait_until(condition: Any) -> None:
    import time

    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


def test_the_keys_have_exactly_these_privileges_and_expire(
    keys: dict[str, dict[str, str]], secured_elasticsearch: Node, prefix: str
) -> None:
    for purpose, environment in keys.items():
        key_id = base64.b64decode(secret(environment)).decode().partition(":")[0]
        (about,) = secured_elasticsearch.request("GET", f"_security/api_key?id={key_id}")["api_keys"]
        role = about["role_descriptors"][purpose]
        (on_indices,) = role["indices"]
        assert (role["cluster"], on_indices["privileges"]) == (CLUSTER[purpose], INDICES[purpose])
        assert on_indices["names"] == [prefix, f"{prefix}-*"]
        assert about["metadata"] | {"version": ""} == {"owner": "newsspider", "purpose": purpose, "version": ""}
        assert round((about["expiration"] - about["creation"]) / 86_400_000) == 90


def test_keys_are_not_written_over_and_are_made_by_users_only(installation: Installation, keys: dict[str, dict[str, str]]) -> None:
    again = installation.run("index", "keys", "--folder", str(installation.folder / "keys"), code=2, environment=AS_ADMIN)
    assert "exists already" in again.stderr
    assert "engine.username" in installation.run("index", "keys", code=2, environment=keys["admin"]).stderr
    printed = installation.run("index", "keys", "--days", "1", environment=AS_ADMIN).stdout
    assert printed.count("good until") == 3


PLANTED = "PLANTEDwsHBwYXNzd29yZA=="


def test_i12_o08_a_wrong_key_leaves_all_pending_and_no_secret_is_told_anywhere(
    installation: Installation, keys: dict[str, dict[str, str]]
) -> None:
    installation.run("index", "rebuild", environment=keys["admin"])
    with Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}") as store:
        fill(store, range(20, 30))
    revoked = {"NEWSSPIDER_ENGINE_API_KEY": PLANTED, "NEWSSPIDER_LOG_LEVEL": "DEBUG"}
    good = {"NEWSSPIDER_ENGINE_API_KEY": secret(keys["indexer"]), "NEWSSPIDER_LOG_LEVEL": "DEBUG"}
    password = {"NEWSSPIDER_ENGINE_USERNAME": ADMIN, "NEWSSPIDER_ENGINE_PASSWORD": PLANTED, "NEWSSPIDER_LOG_LEVEL": "DEBUG"}
    secrets = {PLANTED, good["NEWSSPIDER_ENGINE_API_KEY"], base64.b64decode(good["NEWSSPIDER_ENGINE_API_KEY"]).decode()}
    secrets |= {base64.b64encode(f"{ADMIN}:{PLANTED}".encode()).decode()}
    for environment in (revoked, password):
        done = installation.run("index", "sync", code=75, environment=environment)
        assert "access refused" in done.stderr
        assert "30 changes still pending" in done.stderr
    following = installation.start("index", "sync", "--follow", environment=revoked)
    wait_until(lambda: "sync" in command_line(following.pid))
    told = [command_line(following.pid)]
    following.terminate()
    told += following.communicate(timeout=240)
    runs = [(arguments, revoked) for arguments in (("doctor",), ("search", "القمح"), ("index", "status"), ("index", "verify"))]
    runs += [(("index", "sync"), good), (("config", "show"), good), (("config", "show"), password), (("index", "keys"), password)]
    for arguments, environment in runs:
        done = installation.run(*arguments, code=None, environment=environment)
        told += [done.stdout, done.stderr]
    assert not [one for one in secrets if one in "\n".join(told)]
    files = [file for file in installation.folder.rglob("*") if file.is_file() and file.parent.name != "keys"]
    assert not [(file, one) for file in files for one in secrets if one.encode() in file.read_bytes()]
    with Store.open(f"sqlite:///{installation.folder / 'data' / 'newsspider.db'}") as store:
        assert store.dead() == []


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_certificate_is_trusted_by_authority_or_by_fingerprint(secured_elasticsearch: Node, prefix: str, tmp_path: Path) -> None:
    context = self_signed(tmp_path, "search.example")
    certificate = ssl.PEM_cert_to_DER_cert((tmp_path / "search.example.pem").read_text().partition("-----END PRIVATE KEY-----\n")[2])
    digest = hashlib.sha256(certificate).hexdigest().upper()
    colons = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
    with proxy_to(secured_elasticsearch.url, context) as proxy:

        def index_id(**trust: Any) -> str:
            engine = ElasticsearchEngine.open(EngineConfig(url=proxy.url, index=prefix, username=ADMIN, password=PASSWORD, **trust))
            try:
                return engine.index_id
            finally:
                engine.close()

        assert index_id(fingerprint=digest) == index_id(fingerprint=colons)
        for trust in ({}, {"fingerprint": "0" * 64}, {"ca_file": tmp_path / "search.example.pem"}):  # the last: another name than its own
            with pytest.raises(EngineUnavailable, match="cannot be reached"):
                index_id(**trust)
    with pytest.raises(ConfigError, match="begins with http"):
        ElasticsearchEngine.open(EngineConfig(url="http://127.0.0.1:9200", fingerprint=digest))
    with pytest.raises(ValueError, match="both set"):
        EngineConfig(url="https://a:9200", fingerprint=digest, ca_file=tmp_path / "a.pem")
    with pytest.raises(ValueError, match="fingerprint"):
        EngineConfig(url="https://a:9200", fingerprint="abc")
