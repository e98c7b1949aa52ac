"""Everything that the pages show of the house's own words is said in Arabic: reasons, notices, states, mistakes; the list is read off the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from articles import article
from lxml import html
from reasons import ROOT, every_reason
from scrapy.extensions import memusage
from web_site import bearer, configured, serving, take_in

from newsspider import errors, session, settings
from newsspider.config import Config
from newsspider.dates import decision
from newsspider.errors import ArchiveError, StoreError
from newsspider.items import DateEvidence, EvidenceKind, Link, Outcome, Role
from newsspider.search import Level
from newsspider.search.problems import MESSAGES
from newsspider.store import Action, Condition, Field, FieldCoverage, Note, NoticeKind, Owner, SourceState, Store
from newsspider.store.fields import degradation
from newsspider.store.runs import ENDINGS, RUNNING
from newsspider.web import create_app
from newsspider.web.invalid import Invalid
from newsspider.web.telling import duration, size
from newsspider.wording.languages import LANGUAGES, Language
from newsspider.wording.notices import coded, meaning, noted

BOTH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = {
    *"newsspider English UTC Atom JSON Lines Feed CSV Parquet LD robots txt users add web token https".split(),
    *"page from sort relevance newest".split(),  # of parameters and their values, in what is told of them
}
FOREIGN = "code, pre, script, style, [lang=en], bdi[dir=ltr]"


@BOTH
def test_every_reason_is_said(language: Language) -> None:
    assert language.words["reasons"].keys() == every_reason() - {"article"}
    assert all(language.words["reasons"].values())


@BOTH
def test_every_reason_of_a_date_is_said(language: Language) -> None:
    lines = re.findall(r"reason ?= ?.*", inspect.getsource(decision))
    reasons = {word for line in lines for word in re.findall(r'"([a-z_]+)', line)}
    assert {"agreed", "only_", "no_evidence"} < reasons
    assert {word.rstrip("_") for word in reasons} == language.words["decisions"].keys()


@BOTH
def test_every_state_and_ending_of_a_run_is_said(language: Language) -> None:
    assert language.words["run_states"].keys() == {*ENDINGS, RUNNING}
    limits = {name.lower() for name in re.findall(r"CLOSESPIDER_[A-Z]+", inspect.getsource(settings))}
    closed = set(re.findall(r'reason="(\w+)"', (ROOT / "newsspider/extensions/ledger.py").read_text(encoding="utf-8")))
    assert '"shutdown"' in inspect.getsource(session)
    memory = re.findall(r'"(memusage_exceeded)"', inspect.getsource(memusage))
    assert language.words["operations"]["endings"].keys() == {"finished", "shutdown", *limits, *memory, *closed}
    stopping = {name for name, error in vars(errors).items() if inspect.isclass(error) and issubclass(error, StoreError | ArchiveError)}
    assert language.words["operations"]["problems"].keys() == stopping
    assert language.words["levels"].keys() == {*Level}


def test_no_mistake_in_a_search_is_told_in_english_letters() -> None:
    allowed = {"cursor", "TO"}
    for english, arabic in MESSAGES.values():
        assert english != arabic
        assert not set(LATIN.findall(re.sub(r"\{[^}]*\}", "", arabic))) - allowed


def test_a_reason_is_told_with_its_word_and_a_foreign_one_by_it_alone() -> None:
    arabic = LANGUAGES["ar"]
    assert coded(arabic, "http_503") == 'أجاب الموقع بالحالة 503 (<bdi dir="ltr"><code>http_503</code></bdi>)'
    assert meaning(arabic, "callback_error: KeyError") == "تعثّر الزاحف في الصفحة، والتفصيل في السجل"
    assert coded(arabic, "MyDrop<b>") == '<bdi dir="ltr"><code>MyDrop&lt;b&gt;</code></bdi>'
    assert noted(arabic, Note("finished")) == noted(arabic, Note()) == ""
    assert noted(arabic, Note("closespider_pagecount")) == "بلغت أكثر ما يجوز من الصفحات"
    own_words = '<bdi dir="ltr" lang="en" class="soft">the &lt;disk&gt; is full</bdi>'
    assert noted(arabic, Note("the <disk> is full")) == noted(arabic, Note("the <disk> is full", {"problem": "Later"})) == own_words
    assert noted(arabic, Note("the <disk> is full", {"problem": "StoreFull"})) == f"امتلأ قرص المخزن، ولم يضع شيء. {own_words}"
    assert [size(arabic, count) for count in (0, 1_940_000, 70_500_000_000)] == ["0 م.ب", "1.9 م.ب", "70.5 غ.ب"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "دقيقة واحدة"), (120, "دقيقتين"), (7200, "ساعتين"), (2 * 86_400, "يومين"), (11 * 86_400, "11 يومًا")]
)
def test_a_time_ago_is_in_the_genitive(seconds: float, said: str) -> None:
    assert duration(LANGUAGES["ar"], seconds) == said


def parameters(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parameters(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parameters(value)


LIMITS = {
    "minimum": "greater_than_equal", "maximum": "less_than_equal", "minLength": "string_too_short", "maxLength": "string_too_long",
    "minItems": "too_short", "maxItems": "too_long", "enum": "enum", "pattern": "string_pattern_mismatch", "exclusiveMinimum": "greater_than",
    "exclusiveMaximum": "less_than", "multipleOf": "multiple_of",
}  # fmt: skip


@BOTH
def test_every_limit_of_the_api_is_said(language: Language, tmp_path: Path) -> None:
    described = create_app(configured(tmp_path)).openapi()
    asked = [operation for path in described["paths"].values() for operation in path.values()]
    bodies = [schema for name, schema in described["components"]["schemas"].items() if not name.endswith(("View", "ValidationError"))]
    found = list(parameters([[one.get("parameters", []) for one in asked], bodies]))
    days = {"pattern": "^[1-2]"}  # of a day, which has words of its own
    kinds = {kind for schema in found for limit, kind in LIMITS.items() if limit in schema and not days.items() <= schema.items()}
    assert {"greater_than_equal", "string_too_long", "enum"} < kinds
    assert not kinds - language.words["invalid"].keys()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A site on which everything is shown that can be: each kind of notice, a run of each ending, an article of each kind."""
    made = configured(tmp_path)
    header = DateEvidence(EvidenceKind.VISIBLE, "الجمعة 1 أيار 2026", "header > div.today", in_article=False)
    take_in(made, [article(1), replace(article(2), evidence=[header]), replace(article(1), body="نصّ جديد عن الشعير.")])
    note = degradation([Field.TITLE] * 20, FieldCoverage(), [])
    assert note
    failed = [(Outcome.FAILED, "http_500"), (Outcome.FAILED, "callback_error: KeyError"), (Outcome.REJECTED, "undecodable")]
    with Store.open(made.store_url) as store:
        for state, words in (("finished", "finished"), ("stopped", "shutdown"), ("limited", "closespider_timeout"), ("degraded", "")):
            run = store.begin_run("farm", Owner.current())
            store.announce(run.id, "farm", [Link(f"https://farm.example/{state}/{n}") for n in range(3)])
            for row, (outcome, reason) in zip(store.claim(run.id, run.owner, 3), failed, strict=True):
                store.finish(run.id, row.key, outcome, reason)
            store.end_run(run.id, state, note if state == "degraded" else Note(words))
        facts = {"stored": 0, "usual": 21.5, "addresses": 7, "runs": 3, "attempts": 12}
        for kind in NoticeKind:
            detail = {"failing": "dns, http_503", "degraded": note.text}.get(kind, "")
            store.set_notices(
                kind,
                "farm",
                [
                    Condition(
                        "https://farm.example/feed" if "feed" in kind else "x",
                        "x",
                        {**facts, **(note.facts if kind == "degraded" else {}), "detail": detail},
                    )
                ],
            )
        store.set_notices(NoticeKind.LOUD, "farm", [])
        store.request("farm", Action.RUN, "owner")
        store.save_search("القمح", "القمح", {"sources": ["farm"]}, owner="owner")
    return made


def english_words(text: str) -> set[str]:
    tree = html.document_fromstring(text)
    for element in tree.cssselect(FOREIGN):
        element.drop_tree()
    said = [
        tree.text_content(),
        *(str(value) for name in ("aria-label", "title", "placeholder", "alt") for value in tree.xpath(f"//@{name}")),
    ]
    return {word for one in said for word in LATIN.findall(one)} - NAMES


def test_nothing_on_an_arabic_page_is_in_english(config: Config) -> None:
    with serving(config) as client:
        client.headers.update(bearer())
        ids = [hit["id"] for hit in client.get("/api/v1/search").json()["hits"]]
        paths = [
            "/",
            "/?q=القمح&source=farm&from=2026-01-01",
            "/?q=لاشيء",
            "/?q=(قمح",
            "/?page=0",
            "/?from=x",
            "/?sort=x",
            "/compare?q=القمح&q=الشعير",
        ]
        paths += ["/sources", "/sources/farm", "/saved", "/nowhere", "/login", *(f"/article/{identity}?q=القمح" for identity in ids)]
        paths += ["/operations", "/operations/farm", "/operations/trace?url=farm"]
        paths += [f"/operations/trace?url=https://farm.example/{path}" for path in ("news/1", "finished/1", "unknown")]
        found = {path: english_words(client.get(path).text) for path in paths}
        with Store.open(config.store_url) as store:
            store.set_source_state("farm", SourceState.PAUSED, "owner")
            reader = store.add_user("sara", Role.READER)
        found["paused"] = english_words(client.get("/operations").text)
        found["403"] = english_words(client.get("/operations", headers=bearer(reader)).text)
        found["401"] = english_words(client.get("/", headers=bearer("wrong")).text)
    assert {path: words for path, words in found.items() if words} == {}


MISTAKES: list[tuple[str, str, Any]] = [
    ("GET", "/api/v1/search?page=0", None),
    ("GET", "/api/v1/search?page=x", None),
    ("GET", "/api/v1/search?limit=1000", None),
    ("GET", "/api/v1/search?sort=x", None),
    ("GET", "/api/v1/search?fold=x", None),
    ("GET", "/api/v1/search?from=x", None),
    ("GET", "/api/v1/search?from=3000-01-01", None),
    ("GET", "/api/v1/search?" + "source=x&" * 101, None),
    ("GET", "/api/v1/search?cursor=" + "x" * 2001, None),
    ("GET", "/api/v1/suggest?q=" + "x" * 257, None),
    ("GET", "/api/v1/histogram?interval=year", None),
    ("GET", "/api/v1/facets?by=x", None),
    ("GET", "/api/v1/exports?format=pdf", None),
    ("POST", "/api/v1/searches", {}),
    ("POST", "/api/v1/searches", {"name": "", "q": "x"}),
    ("POST", "/api/v1/searches", {"name": 1, "q": "x"}),
    ("POST", "/api/v1/searches", {"name": "x", "q": "x", "source": "farm"}),
    ("POST", "/api/v1/searches", {"name": "x", "q": "x", "webhook_url": "http://127.0.0.1/"}),
    ("POST", "/api/v1/searches", []),
    ("POST", "/api/v1/searches", b"{"),
]


def test_every_mistake_is_told_in_arabic(site: httpx.Client) -> None:
    for method, path, body in MISTAKES:
        content = {"content": body, "headers": {"Content-Type": "application/json"}} if isinstance(body, bytes) else {"json": body}
        request = site.build_request(method, path, **(content if body is not None else {}))
        request.headers["Accept-Language"] = "ar"
        answer = site.send(request)
        assert answer.status_code == 422, path[:80]
        said = re.fullmatch(r"قيمة (\w+) لا تصحّ: (.+)", answer.json()["error"]["message"])
        assert said, path[:80]
        assert said[2] != LANGUAGES["ar"].words["invalid"]["other"], path[:80]


def test_a_mistake_without_words_is_told_all_the_same() -> None:
    unknown = Invalid.of({"loc": ("query", "source", 3), "type": "never_heard_of", "msg": "Input is odd"})
    assert unknown.message("ar") == "قيمة source لا تصحّ: ليست مما يُقبل هنا"
    assert unknown.message("en") == "source: Input is odd"
