"""A real Elasticsearch for the tests, without Docker; `python tests/es_server.py` starts the same one for a developer.

Where one is looked for: NEWSSPIDER_TEST_ES_URL; else the node that Maven Central offers for integration tests (needs `mvn` and a JDK of 21 or
later; kept in NEWSSPIDER_TEST_CACHE, else ~/.cache/newsspider-tests); else Docker, where it answers; else the test skips, and fails in CI.
The node of Maven Central comes without the module analysis-common: elasticsearch/plugin/ puts Lucene's filters back under their usual names.

Tests ask for the fixtures `elasticsearch` (a server, one for all tests), `es_prefix` (a name of one's own for indices on it) and
`secured_elasticsearch` (a second server with security on) and `small_elasticsearch` (a third that is soon too busy, and may be killed).
"""

from __future__ import annotations

import base64
import ctypes
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ports import free_port

VERSION = "9.2.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
IMAGE = f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}"
PLUGIN = Path(__file__).parent / "elasticsearch" / "plugin" / "CommonAnalysisPlugin.java"
DESCRIPTOR = {
    "name": "common-analysis-for-tests",
    "description": "The filters of analysis-common",
    "version": VERSION,
    "classname": "newsspider.testing.CommonAnalysisPlugin",
    "java.version": "21",
    "elasticsearch.version": VERSION,
}
SETTINGS = {
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    "action.destructive_requires_name": "false",
    "xpack.security.enabled": "false",
}
ADMIN, PASSWORD = "admin", "admin-of-the-test-node"
PASSWORD_HASH = "$2a$10$nVnrbKQcEBcSALV8mgI0/.ehYSgl7uLGJ0SRN8zJx9gKstMUEchke"  # bcrypt of PASSWORD
START_SECONDS = 180.0


class NoElasticsearch(Exception):
    """None can be started here; the message says what to install."""


class Server:
    """An address, and the JSON requests that tests make around the code under test."""

    def __init__(self, url: str, credentials: tuple[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self.credentials = credentials

    def request(self, method: str, path: str, body: object = None, *, refused: bool = False) -> Any:
        """The parsed answer; raises AssertionError with the server's words on an error status unless `refused`, which wants one."""
        status, answer = self.ask(method, path, body)
        assert (status >= 400) is refused, f"{method} {path}: {status} {answer}"
        return answer

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if self.credentials:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(self.credentials).encode()).decode()
        data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/" + path.lstrip("/"), data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as e:
            with e:
                return e.code, json.loads(e.read() or b"null")

    def healthy(self) -> bool:
        try:
            return self.ask("GET", "_cluster/health?wait_for_status=yellow&timeout=1s")[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        """Nothing to do for a server that was there before."""


class Node(Server):
    """The node of Maven Central, on a free port of 127.0.0.1, with its data in a temporary folder. `kill` and `start` keep port and data."""

    def __init__(self, settings: Mapping[str, str] | None = None, *, secured: bool = False, heap: str = "512m") -> None:
        jdk = find_jdk()
        archive = fetch_archive()
        port = free_port()
        super().__init__(f"http://127.0.0.1:{port}", (ADMIN, PASSWORD) if secured else None)
        self.folder = Path(tempfile.mkdtemp(prefix="newsspider-elasticsearch-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "ES_JAVA_HOME": str(jdk),
            "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        }
        try:
            self._unpack(archive, jdk)
            self._configure(SETTINGS | {"http.port": str(port), "transport.port": str(free_port())} | dict(settings or {}), secured)
            if os.geteuid() == 0:  # Elasticsearch refuses to run as root
                for path in (self.folder, *self.folder.rglob("*")):
                    shutil.chown(path, "nobody")
            self.start()
        except BaseException:
            self.stop()
            raise

    def _unpack(self, archive: Path, jdk: Path) -> None:
        with zipfile.ZipFile(archive) as file:
            file.extractall(self.folder)
        self.home = next(self.folder.glob("elasticsearch-*"))
        for path in (self.home / "bin").iterdir():
            path.chmod(0o755)
        plugin = self.home / "plugins" / DESCRIPTOR["name"]
        plugin.mkdir(parents=True)
        shutil.copy(build_plugin(jdk, self.home), plugin / "plugin.jar")
        (plugin / "plugin-descriptor.properties").write_text("".join(f"{key}={value}\n" for key, value in DESCRIPTOR.items()))

    def _configure(self, settings: Mapping[str, str], secured: bool) -> None:
        config = self.home / "config"
        if secured:
            settings = {**settings, "xpack.security.enabled": "true", "xpack.security.authc.api_key.enabled": "true"}
            (config / "users").write_text(f"{ADMIN}:{PASSWORD_HASH}\n")
            (config / "users_roles").write_text(f"superuser:{ADMIN}\n")
        (config / "elasticsearch.yml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))

    def start(self) -> None:
        """Starts the server and waits until it answers; raises RuntimeError with the end of its log when it does not."""
        log = self.folder / "output.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                ["bash", "bin/elasticsearch"],
                cwd=self.home,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user="nobody" if os.geteuid() == 0 else None,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - takes no lock
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.healthy():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Elasticsearch did not start; {log} ends with\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)

    def kill(self) -> None:
        """As a power cut: no chance to tidy up."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None


class Container(Server):
    """The official image, for machines with Docker but no Maven."""

    def __init__(self) -> None:
        if _run(["docker", "info"], seconds=10) is None:
            raise NoElasticsearch("Docker does not answer")
        variables = "--env=discovery.type=single-node --env=xpack.security.enabled=false --env=ES_JAVA_OPTS=-Xmx512m"
        command = f"docker run --detach --rm --publish=127.0.0.1::9200 {variables} {IMAGE}".split()
        name = _run(command, seconds=600)
        if name is None:
            raise NoElasticsearch(f"`{' '.join(command)}` failed")
        self.name = name
        super().__init__("http://" + str(_run(["docker", "port", self.name, "9200"], seconds=10)).splitlines()[0])
        deadline = time.monotonic() + START_SECONDS
        while not self.healthy():
            if time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the container of {IMAGE} did not become healthy")
            time.sleep(0.5)

    def stop(self) -> None:
        _run(["docker", "stop", self.name], seconds=60)


def find_jdk() -> Path:
    """The home of a JDK of 21 or later: JAVA_HOME, else the first of the usual places."""
    places = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    places += sorted(Path("/usr/lib/jvm").glob("*")) + sorted(Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home"))
    for place in places:
        release = place / "release"
        version = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE) if release.is_file() else None
        if version and int(version[1]) >= 21 and (place / "bin" / "javac").exists():
            return place
    raise NoElasticsearch("no JDK of 21 or later in JAVA_HOME or /usr/lib/jvm (Debian: apt install openjdk-21-jdk-headless)")


def fetch_archive() -> Path:
    """The server's archive in the cache, fetched once."""
    archive = _cache() / f"elasticsearch-{VERSION}.zip"
    with (_cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            if shutil.which("mvn") is None:
                raise NoElasticsearch("Maven is not installed (Debian: apt install maven)")
            with tempfile.TemporaryDirectory(dir=_cache()) as folder:
                command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
                if _run(command, seconds=600) is None:
                    raise NoElasticsearch(f"`{' '.join(command)}` failed: is Maven Central, or a mirror of it, reachable?")
                next(Path(folder).iterdir()).rename(archive)
    return archive


def build_plugin(jdk: Path, home: Path) -> Path:
    """The jar of our analysis plugin, compiled against the server's own libraries, once for each version of its source."""
    digest = hashlib.sha256(PLUGIN.read_bytes()).hexdigest()[:12]
    jar = _cache() / f"plugin-{VERSION}-{digest}.jar"
    if not jar.exists():
        with tempfile.TemporaryDirectory(dir=_cache()) as folder:
            classes = Path(folder) / "classes"
            command = [str(jdk / "bin" / "javac"), "--release", "21", "-cp", f"{home}/lib/*", "-d", str(classes), str(PLUGIN)]
            subprocess.run(command, check=True, timeout=300)
            shutil.make_archive(str(classes), "zip", classes)
            classes.with_suffix(".zip").rename(jar)
    return jar


def _cache() -> Path:
    folder = Path(os.environ.get("NEWSSPIDER_TEST_CACHE") or Path.home() / ".cache" / "newsspider-tests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: Sequence[str], seconds: float) -> str | None:
    """What the command printed; None when it is not there, fails or takes too long."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def _end_with_parent() -> None:
    """PR_SET_PDEATHSIG: a killed test run leaves no server behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def start() -> Server:
    """The server for the tests; raises NoElasticsearch saying what to install."""
    if url := os.environ.get("NEWSSPIDER_TEST_ES_URL"):
        return Server(url)
    try:
        return Node()
    except NoElasticsearch as no_node:
        try:
            return Container()
        except NoElasticsearch as no_container:
            raise NoElasticsearch(f"no Elasticsearch for the tests: {no_node}; {no_container}; or set NEWSSPIDER_TEST_ES_URL") from None


def without(reason: NoElasticsearch) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(str(reason))
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[Server]:
    try:
        server = start()
    except NoElasticsearch as e:
        without(e)
        return
    yield server
    server.stop()


@pytest.fixture(scope="session")
def secured_elasticsearch() -> Iterator[Node]:
    try:
        node = Node(secured=True)
    except NoElasticsearch as e:
        without(e)
        return
    yield node
    node.stop()


@pytest.fixture(scope="session")
def small_elasticsearch() -> Iterator[Node]:
    """A third one that is soon too busy, takes no large requests, and may be killed as long as it is started again."""
    try:
        node = Node({"indexing_pressure.memory.limit": "300kb", "thread_pool.write.queue_size": "2", "http.max_content_length": "1mb"})
    except NoElasticsearch as e:
        without(e)
        return
    yield node
    node.stop()


@contextmanager
def own_names(server: Server) -> Iterator[str]:
    """The beginning of all names that one test gives to indices, aliases and templates; they are removed afterwards."""
    prefix = f"test-{uuid4().hex[:12]}"
    yield prefix
    remove(server, prefix)


def remove(server: Server, prefix: str) -> None:
    """Delete the indices and templates whose names begin so."""
    for index in server.request("GET", f"{prefix}*/_alias?expand_wildcards=all"):
        server.request("DELETE", index)
    for template in server.ask("GET", f"_index_template/{prefix}*")[1]["index_templates"]:  # 404 where there is none
        server.request("DELETE", f"_index_template/{template['name']}")


@pytest.fixture
def es_prefix(elasticsearch: Server) -> Iterator[str]:
    with own_names(elasticsearch) as prefix:
        yield prefix


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of one server run in one process, so that `pytest -n` starts it once."""
    for item in items:
        for name in ("elasticsearch", "secured_elasticsearch", "small_elasticsearch"):
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    node = Node(secured="--secured" in sys.argv[1:], heap="1g")
    try:
        print(f"NEWSSPIDER_ENGINE_URL={node.url}")
        if node.credentials:
            print(f"NEWSSPIDER_ENGINE_USERNAME={ADMIN}\nNEWSSPIDER_ENGINE_PASSWORD={PASSWORD}")
        print("Ctrl-C stops it.", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        print()
    finally:
        node.stop()


if __name__ == "__main__":
    main()
