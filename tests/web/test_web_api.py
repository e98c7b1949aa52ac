"""The JSON API: search, articles, feeds, health, and what it says when something is wrong."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from articles import article
from web_site import bearer, configured, problem_code, serving, take_in

from newsspider.engines.embedded import EmbeddedEngine
from newsspider.errors import AnalysisMismatch, EngineUnavailable
from newsspider.search import Query, Results
from newsspider.web import create_app, resources


def test_search_gives_hits_with_dates_and_marks(site: httpx.Client) -> None:
    found = site.get("/api/v1/search", params={"q": "القمح", "source": "farm", "limit": 5, "page": 2}).json()
    assert found["total"] == 27
    assert len(found["hits"]) == 5
    hit = found["hits"][0]
    assert [part["text"] for part in hit["title"] if part["marked"]] == ["القمح"]
    assert any(part["marked"] for part in hit["snippet"])
    assert (hit["published_at"], hit["published_day"], hit["precision"]) == ("2026-04-30T10:00:00+03:00", "2026-04-30", "second")


def test_search_filters_and_tells_of_looser_matches(site: httpx.Client) -> None:
    assert site.get("/api/v1/search", params={"from": "2026-05-01"}).json()["total"] == 0
    assert site.get("/api/v1/search", params={"to": "2026-04-30", "q": "القمح"}).json()["total"] == 26
    assert site.get("/api/v1/search", params={"section": ["زراعة", ""], "from": ""}).json()["total"] == 1
    assert site.get("/api/v1/search", params={"q": "القمح كنغر", "match": "auto"}).json()["notice"] == "any_word"
    assert site.get("/api/v1/search", params={"q": "القمح كنغر", "match": "all"}).json()["total"] == 0


def test_countries_and_languages_are_named_by_code_or_name(site: httpx.Client) -> None:
    every = site.get("/api/v1/search").json()["total"]
    for names in ({"language": "العربية"}, {"language": ["ar", "Arabic"]}):
        assert site.get("/api/v1/search", params=names).json()["total"] == every
    for path in ("/api/v1/search", "/api/v1/facets", "/api/v1/histogram"):
        answer = site.get(path, params={"country": ["SY", "زحل"]}, headers={"Accept-Language": "ar"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_query")
        assert "«زحل»" in answer.json()["error"]["message"]


def test_article_with_evidence_revisions_and_addresses(site: httpx.Client) -> None:
    found = site.get("/api/v1/search", params={"q": "الشعير"}).json()["hits"][0]
    full = site.get(f"/api/v1/articles/{found['id']}").json()
    assert full["text"] == "نص جديد عن الشعير في الجزيرة السورية."
    assert full["revision"] == 2
    assert [(old["revision"], "رقم 27" in old["text"]) for old in full["revisions"]] == [(1, True)]
    changes = full["revisions"][0]["changes"]["text"]
    assert {piece["kind"] for piece in changes} >= {"removed", "added"}
    assert "".join(piece["text"] for piece in changes if piece["kind"] != "removed") == full["text"]
    assert full["revisions"][0]["changed"] == ["body"]
    assert [address["url"] for address in full["addresses"]] == ["https://farm.example/news/27"]
    assert full["publication"]["winner"]["place"] == "meta article:published_time"
    assert {(item["evidence"]["place"], item["reason"]) for item in full["publication"]["rejected"]} == {("header > div.today", "chrome")}


def test_article_without_a_date_says_so(site: httpx.Client) -> None:
    found = site.get("/api/v1/search", params={"section": "زراعة"}).json()["hits"][0]
    assert found["published_at"] is found["published_day"] is found["precision"] is None
    publication = site.get(f"/api/v1/articles/{found['id']}").json()["publication"]
    assert (publication["published_at"], publication["reason"]) == (None, "no_evidence")


@pytest.mark.parametrize(
    "path", ["/api/v1/articles/0123", "/api/v1/articles/https:%2F%2Ffarm.example%2Fnews%2F1", "/api/v1/nothing", "/api/"]
)
def test_what_is_not_there_is_404(site: httpx.Client, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 404
    assert problem_code(response) == "not_found"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("خبر " * 2_500, 400),
        ("ب " * 33, 400),
        ("(" * 200 + "خبر" + ")" * 40, 400),
        ("/.*a.*/", 400),
        ("*خبر*", 400),
        ("a~2", 400),
        ('"' * 250, 400),
        ("\u202eخبر\u202c\u2066", 200),
        ("\x00\x1b", 200),
        ("-", 400),
    ],
)
def test_u07_hostile_queries_are_answered_or_refused(site: httpx.Client, text: str, status: int) -> None:
    response = site.get("/api/v1/search", params={"q": text})
    assert response.status_code == status
    if status == 400:
        assert problem_code(response) == "invalid_query"
    assert site.get("/", params={"q": text}).status_code == status


def test_a_parameter_that_a_route_does_not_have_is_refused(site: httpx.Client) -> None:
    paths = site.get("/api/v1/openapi.json").json()["paths"]
    asked = [re.sub(r"{\w+}", "x", path) for path, methods in paths.items() if "get" in methods and path.startswith("/api/")]
    assert len(asked) > 10
    for path in asked:
        response = site.get(path, params={"q": "القمح", "sources": "farm", "lang": "en"})
        assert (response.status_code, problem_code(response)) == (422, "invalid_parameter"), path
        assert "sources: there is no such field here" in response.json()["error"]["message"]
        assert site.get(path, params={"lang": "en", "page": "1"}).status_code != 422  # what a page's links keep


@pytest.mark.parametrize(
    ("parameters", "status", "names"),
    [
        ({"limit": "10000000"}, 422, "limit"),
        ({"page": "-1"}, 422, "page"),
        ({"page": "9" * 5000}, 422, "page"),
        ({"page": "1001"}, 200, ""),
        ({"page": "1002"}, 400, "offset"),
        ({"from": "9999"}, 422, "from"),
        ({"from": "2025-13-40"}, 422, "from"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, 400, "2026-05-02"),
        ({"sort": "oldest"}, 422, "sort"),
        ({"source": ["x"] * 101}, 422, "source"),
        ({"source": "%ED%A0%80"}, 200, ""),
        ({"fold": "", "recency": "", "from": "", "cursor": ""}, 200, ""),
        ({"fold": "maybe"}, 422, "fold"),
    ],
)
def test_u08_numbers_and_days_out_of_range(site: httpx.Client, parameters: dict[str, str], status: int, names: str) -> None:
    response = site.get("/api/v1/search", params=parameters)
    assert response.status_code == status
    if names:
        problem_code(response)
        assert names in response.json()["error"]["message"]


def test_a_refused_method_is_told_which_there_are(site: httpx.Client) -> None:
    for path, methods in (("/api/v1/searches", "GET, POST"), ("/api/v1/searches/0", "DELETE, GET, PATCH"), ("/api/v1/search", "GET")):
        refused = site.put(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)


def test_u09_no_more_searches_at_once_than_there_are_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsspider.web.app.os.cpu_count", lambda: 2)
    two, lock, inside, most = threading.Barrier(2, timeout=60), threading.Lock(), set[int](), []
    found = EmbeddedEngine.search

    def search(engine: EmbeddedEngine, query: Query) -> Results:
        with lock:
            inside.add(threading.get_ident())
            most.append(len(inside))
        two.wait()
        with lock:
            inside.discard(threading.get_ident())
        return found(engine, query)

    with serving(configured(tmp_path)) as client, ThreadPoolExecutor(8) as readers:
        monkeypatch.setattr(EmbeddedEngine, "search", search)
        client.headers.update(bearer())
        answers = readers.map(lambda number: client.get("/api/v1/search", params={"page": number}).status_code, range(1, 9))
        assert set(answers) == {200}
    assert max(most) == 2


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "en"),
        ("ar", "ar"),
        ("ar-SY, en;q=0.5", "ar"),
        ("fr, en;q=0.4, ar;q=0.7", "ar"),
        ("ar;q=0, fr", "en"),
        ("en, ar", "en"),
        ("ar" + " " * 5000 + "x", "en"),
    ],
)
def test_mistakes_are_told_in_the_language_that_is_accepted(site: httpx.Client, accepts: str, language: str) -> None:
    response = site.get("/api/v1/search", params={"q": '"قمح'}, headers={"Accept-Language": accepts})
    assert response.headers["content-language"] == language
    said = {"en": "the quotation mark at character 1 is not closed", "ar": "علامة التنصيص عند الحرف 1 لم تُغلق"}
    error = response.json()["error"]
    assert (error["message"], error["at"], error["suggestion"]) == (said[language], 1, '"قمح"')


def test_a_source_that_is_called_by_its_title_is_told_by_its_name(site: httpx.Client) -> None:
    found = site.get("/api/v1/search", params={"q": "القمح مصدر:الحقل"}).json()
    assert (found["total"], found["did_you_mean"]) == (0, "القمح مصدر:farm")
    assert site.get("/api/v1/search", params={"q": found["did_you_mean"]}).json()["total"] > 0


@pytest.mark.parametrize(
    ("parameters", "status", "says"),
    [
        ({"from": "2026-05-02", "to": "2026-05-01"}, 400, "اليوم الأول 2026-05-02 بعد الأخير 2026-05-01"),
        ({"page": "1002"}, 400, "تُعرض الصفحات حتى النتيجة"),
        ({"cursor": "x"}, 400, "تالف"),
        ({"limit": "0"}, 422, "قيمة limit لا تصحّ: أقل ما يُقبل 1"),
        ({"sort": "oldest"}, 422, "قيمة sort لا تصحّ: ليست من القيم المقبولة: relevance، newest"),
        ({"from": "9999-01-01"}, 422, "قيمة from لا تصحّ: المطلوب يوم بين سنتي 1000 و2999"),
    ],
)
def test_what_is_asked_beside_the_words_too(site: httpx.Client, parameters: dict[str, str], status: int, says: str) -> None:
    response = site.get("/api/v1/search", params=parameters, headers={"Accept-Language": "ar"})
    assert response.status_code == status
    assert says in response.json()["error"]["message"]


def test_feeds_follow_a_search(site: httpx.Client) -> None:
    atom = site.get("/api/v1/feed.atom", params={"q": "القمح", "limit": 3})
    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert atom.text.count("<entry") == 3
    feed = site.get("/api/v1/feed.json", params={"q": "القمح", "limit": 3})
    assert feed.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert len(feed.json()["items"]) == 3
    assert feed.json()["feed_url"] == str(feed.url)


def test_q05_stored_controls_never_break_an_answer(site: httpx.Client) -> None:
    found = site.get("/api/v1/search", params={"q": "هجوم"})
    assert found.json()["total"] == 1
    identity = found.json()["hits"][0]["id"]
    for path in (
        f"/api/v1/articles/{identity}",
        "/api/v1/feed.atom?q=هجوم",
        "/api/v1/feed.json?q=هجوم",
        f"/article/{identity}",
        "/?q=هجوم",
    ):
        response = site.get(path)
        assert response.status_code == 200, path
        assert not set("\x00\x1b\u202e\u2066\ufeff\U000e0041\uffff") & set(response.content.decode()), path
        assert "\\u0000" not in response.text
        assert "\\u202e" not in response.text


def test_q01_engine_away_is_503_until_it_is_back(tmp_path: Path) -> None:
    config = configured(tmp_path)
    take_in(config, [article(1)])
    index, away = config.data_folder / "index", config.data_folder / "away"
    index.rename(away)
    index.touch()  # so that no new index can be made in its place
    with serving(config) as client:
        client.headers.update(bearer())
        assert client.get("/healthz").status_code == 200
        for path in ("/api/v1/search?q=القمح", "/readyz", "/api/v1/feed.atom"):
            response = client.get(path)
            assert response.status_code == 503
            assert problem_code(response) == "engine_unavailable"
            assert str(tmp_path) not in response.text
        page = client.get("/?q=القمح")
        assert page.status_code == 503
        assert "لا يجيب محرك البحث الآن" in page.text
        assert str(tmp_path) not in page.text
        index.unlink()
        away.rename(index)
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/api/v1/search?q=القمح").json()["total"] == 1


def test_u09_probes_do_not_ask_the_engine_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "READY_SECONDS", 3600.0)
    app = create_app(configured(tmp_path))
    asked: list[Query] = []

    def counted(query: Query) -> Results:
        asked.append(query)
        return Results(0, (), took=0.0)

    with serving(app.state.resources.config, app) as client:
        client.headers.update(bearer())
        monkeypatch.setattr(app.state.resources.engine, "search", counted)
        assert [client.get("/readyz").status_code for _ in range(5)] == [200] * 5
    assert len(asked) == 1


def test_those_who_waited_for_what_could_not_be_found_do_not_try_one_after_the_other() -> None:
    tried: list[int] = []
    trying, goes_on = threading.Event(), threading.Event()

    def find() -> None:
        tried.append(1)
        trying.set()
        assert goes_on.wait(60)
        raise EngineUnavailable("away")

    def ask() -> bool:
        with pytest.raises(EngineUnavailable):
            recent.get()
        return True

    recent = resources.Recent(60, find)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(ask)
        assert trying.wait(60)
        later = [threading.Thread(target=ask) for _ in range(3)]
        for thread in later:
            thread.start()
        while not all(thread.is_alive() and _waits(thread) for thread in later):
            time.sleep(0.01)
        goes_on.set()
        for thread in later:
            thread.join(60)
        assert first.result(60)
    assert len(tried) == 1


def _waits(thread: threading.Thread) -> bool:
    """Whether it stands where `Recent` waits for its lock."""
    frame = sys._current_frames().get(thread.ident or 0)
    return bool(frame and frame.f_code.co_name == "get" and frame.f_locals.get("asked"))


def test_store_away_is_503_until_it_is_back(tmp_path: Path) -> None:
    config = configured(tmp_path)
    identity = take_in(config, [article(1)])[0]
    file, away = config.data_folder / "newsspider.db", config.data_folder / "away.db"
    file.rename(away)
    with serving(config) as client:
        client.headers.update(bearer())
        for path in (f"/api/v1/articles/{identity}", "/readyz"):
            response = client.get(path)
            assert response.status_code == 503
            assert problem_code(response) == "store_unavailable"
            assert "newsspider.db" not in response.text
        assert client.get("/api/v1/search?q=القمح").json()["total"] == 1
        away.rename(file)
        assert client.get(f"/api/v1/articles/{identity}").status_code == 200


def test_index_of_another_analysis_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(tmp_path)
    app = create_app(config)

    def mismatch(query: Query) -> Results:
        raise AnalysisMismatch(f"{tmp_path}: built by another analysis")

    with serving(config, app) as client:
        client.headers.update(bearer())
        monkeypatch.setattr(app.state.resources.engine, "search", mismatch)
        response = client.get("/api/v1/search")
        assert problem_code(response) == "index_outdated"
        assert "index rebuild" in response.text
        assert str(tmp_path) not in response.text


def test_a_new_article_is_found_while_serving(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with serving(config) as client:
        client.headers.update(bearer())
        assert "newsspider crawl" in client.get("/").text
        take_in(config, [replace(article(5), title="خبر عن الزيتون")])
        assert client.get("/api/v1/search?q=الزيتون").json()["total"] == 1


def test_the_schema_of_the_api_is_served(site: httpx.Client) -> None:
    schema = site.get("/api/v1/openapi.json").json()
    assert {"/api/v1/search", "/api/v1/articles/{article_id}", "/readyz"} <= schema["paths"].keys()
    assert "from" in json.dumps(schema["paths"]["/api/v1/search"])
    assert site.get("/docs").status_code == site.get("/redoc").status_code == 404
