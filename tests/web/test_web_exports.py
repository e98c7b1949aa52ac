"""Exports over HTTP: the file, its manifest, and limits."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pyarrow.parquet
import pytest
from articles import article
from web_hostile import hostile_article
from web_site import add_user, bearer, configured, problem_code, serving, take_in

from newsspider.config import EngineConfig
from newsspider.web.exports import Exports


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    config = configured(tmp_path_factory.mktemp("exports"), exports_per_hour=1000)
    formula = replace(article(900), title="=HYPERLINK(0)", body="معادلة")
    take_in(config, [*(article(number) for number in range(1, 121)), formula, hostile_article()])
    with serving(config) as client:
        client.headers.update(bearer(add_user(config, "amal")))
        client.headers["X-Other"] = add_user(config, "sara")
        yield client


def test_all_hits_as_csv_with_a_manifest(client: httpx.Client) -> None:
    response = client.get("/api/v1/exports", params={"q": "القمح", "source": "farm"})
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"].startswith('attachment; filename="newsspider-')
    assert response.headers["x-content-type-options"] == "nosniff"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == client.get("/api/v1/search", params={"q": "القمح", "source": "farm"}).json()["total"] == 120
    manifest = client.get(response.headers["x-export-manifest"]).json()
    assert manifest["sha256"] == hashlib.sha256(response.content).hexdigest()
    assert (manifest["articles"], manifest["complete"], manifest["engine"]) == (120, True, "embedded")
    assert manifest["query"] == {"q": "القمح", "source": ["farm"]}
    assert client.get("/api/v1/exports/latest/manifest").json() == manifest
    other = client.get(response.headers["x-export-manifest"], headers=bearer(client.headers["X-Other"]))
    assert (other.status_code, problem_code(other)) == (404, "not_found")


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", ["embedded", pytest.param("elasticsearch", marks=pytest.mark.xdist_group("elasticsearch"))])
def test_more_hits_than_pages_show_are_taken_along(request: pytest.FixtureRequest, tmp_path: Path, engine: str) -> None:
    count = 10_050
    config = configured(tmp_path)
    if engine == "elasticsearch":
        server, prefix = request.getfixturevalue("elasticsearch"), request.getfixturevalue("es_prefix")
        config = config.model_copy(update={"engine": EngineConfig(url=server.url, index=prefix, timeout=120)})
    take_in(config, [article(number) for number in range(1, count + 1)])
    with serving(config) as client:
        client.headers.update(bearer())
        client.timeout = httpx.Timeout(300)
        assert client.get("/api/v1/search", params={"q": "القمح"}).json()["total"] >= 10_000
        response = client.get("/api/v1/exports", params={"q": "القمح", "format": "jsonl"})
        manifest = client.get(response.headers["x-export-manifest"]).json()
    assert len({json.loads(line)["url"] for line in response.text.splitlines()}) == len(response.text.splitlines()) == count
    assert (manifest["articles"], manifest["complete"], manifest["engine"]) == (count, True, engine)
    file = tmp_path / "hits.csv"
    told = {"NEWSSPIDER_DATA_FOLDER": str(config.data_folder), "NEWSSPIDER_SOURCES_FOLDER": str(config.sources.folder)}
    if engine == "elasticsearch":
        told |= {"NEWSSPIDER_ENGINE_URL": server.url, "NEWSSPIDER_ENGINE_INDEX": prefix}
    command = [sys.executable, "-m", "newsspider", "search", "القمح", "--export", str(file)]
    subprocess.run(command, env=os.environ | told, check=True, capture_output=True, timeout=300)
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert len({row["url"] for row in rows}) == len(rows) == count


def test_u12_cells_are_no_formulas(client: httpx.Client) -> None:
    text = client.get("/api/v1/exports", params={"q": "معادلة"}).text
    assert "'=HYPERLINK(0)" in text


def test_json_lines_and_parquet_hold_the_same(client: httpx.Client) -> None:
    lines = [json.loads(line) for line in client.get("/api/v1/exports", params={"format": "jsonl"}).text.splitlines()]
    table = pyarrow.parquet.read_table(io.BytesIO(client.get("/api/v1/exports", params={"format": "parquet"}).content))
    assert len(lines) == table.num_rows == 122


def test_what_cannot_be_exported_is_refused_before_anything_is_sent(client: httpx.Client) -> None:
    assert problem_code(client.get("/api/v1/exports", params={"q": '"'})) == "invalid_query"
    assert problem_code(client.get("/api/v1/exports", params={"format": "xlsx"})) == "invalid_parameter"
    assert client.get("/api/v1/exports/x/manifest").status_code == 404


def test_u11_one_export_of_a_user_at_a_time() -> None:
    exports = Exports()
    assert exports.begin("amal")
    assert not exports.begin("amal")
    assert exports.begin("sara")
    exports.end("amal", "1", {"articles": 1})
    assert exports.begin("amal")
    exports.end("amal", "2", None)
    assert [exports.manifest("amal", export_id) for export_id in ("1", "2", "latest")] == [{"articles": 1}, None, None]


def test_u11_two_exports_an_hour(tmp_path: Path) -> None:
    config = configured(tmp_path)
    take_in(config, [article(1)])
    with serving(config) as client:
        client.headers.update(bearer())
        answers = [client.get("/api/v1/exports") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 1800
        assert answers[-1].json()["error"]["message"] == "Too many requests in a short time. Try again in 30 minutes."
        followed = client.get("/api/v1/exports", headers={"Accept": "text/html,*/*;q=0.8"})  # by a reader, from the page
        assert (followed.status_code, followed.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert "حاول مرة أخرى بعد 30 دقيقة." in followed.text


def test_an_export_that_is_broken_off_does_not_bar_the_next(client: httpx.Client) -> None:
    with client.stream("GET", "/api/v1/exports", params={"format": "jsonl"}) as response:
        next(response.iter_bytes(10))
    for _ in range(50):
        if client.get("/api/v1/exports", params={"q": "معادلة"}).status_code == 200:
            return
    pytest.fail("the export that nobody reads bars others")
