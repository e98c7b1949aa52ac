"""`newsspider import` and `export`: good lines in, bad ones reported by number, and everything out again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cli_command import newsspider

from newsspider.cli.imports import article_from
from newsspider.export import article_as_json
from newsspider.items import EvidenceKind, EvidenceRole
from newsspider.store import Store

GOOD = {"url": "https://news.example/1", "source": "levant", "title": "عنوان أول", "body": "نص الخبر الأول"}


def line(**fields: Any) -> str:
    return json.dumps(GOOD | fields, ensure_ascii=False)


def exported(folder: Path, *options: str) -> list[dict[str, Any]]:
    return sorted(
        (json.loads(text) for text in newsspider(folder, "export", "-", *options).stdout.splitlines()), key=lambda item: str(item["url"])
    )


def test_bad_lines_are_reported_by_number_and_the_rest_is_imported(tmp_path: Path) -> None:
    bad = [
        ("not json", "not JSON"), ("[1]", "not a JSON object"), (line(title=5), "title must be a text"), (line(body=""), "body is missing"),
        (line(url="ftp://news.example/x"), "not an http or https address"), (line(tags="قمح"), "tags must be a list"),
        (line(fetched_at="yesterday"), "ISO 8601"), (line(timezone="Asia/Atlantis"), "Asia/Atlantis"), (line(evidence=[{"kind": "odd"}]), "evidence"),
        (line(country="ZZ"), "country 'ZZ' is none"), (line(language="xx"), "language 'xx' is none"),
        (line(published_at="soon"), "published_at 'soon' is no date"), (line(fetched_at="0001-01-01T00:00:00+14:00"), "not a time at which a page"), (line(evidence=[{"kind": "given", "raw": "2024", "distance": float("inf")}]), "evidence"),
    ]  # fmt: skip
    lines = [line(), *(text for text, _ in bad), "", line(url="https://news.example/2", body="نص ثان")]
    done = newsspider(tmp_path, "import", "-", stdin="\n".join(lines), code=1)
    assert done.stdout == f"2 new; {len(bad)} bad lines\n"
    for number, (_, reason) in enumerate(bad, 2):
        assert any(report.startswith(f"error: line {number}: ") and reason in report for report in done.stderr.splitlines()), (
            number,
            reason,
        )
    assert [item["url"] for item in exported(tmp_path)] == ["https://news.example/1", "https://news.example/2"]
    assert "newsspider index sync" in done.stderr


def test_countries_and_languages_are_stored_by_their_codes(tmp_path: Path) -> None:
    newsspider(tmp_path, "import", "-", stdin=line(country="سوريا", language="Arabic"))
    assert [(item["country"], item["language"]) for item in exported(tmp_path)] == [("SY", "ar")]


def test_what_is_exported_can_be_imported_and_is_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    rich = line(
        published_at="2025-01-22T10:00:00+03:00", timezone="Asia/Damascus", authors=["سمر"], tags=["قمح"], section="محليات", language="ar", country="SY",
        summary="ملخص", image_url="https://news.example/a.jpg", signature="سانا", fetched_at="2025-01-23T00:00:00+00:00",
    )  # fmt: skip
    newsspider(
        first, "import", "-", stdin=rich + "\n" + line(url="https://news.example/2", body="بلا تاريخ", fetched_at="2025-01-23T00:00:00")
    )
    newsspider(first, "export", "all.jsonl")
    newsspider(second, "import", str(first / "all.jsonl"))
    one, two = exported(first), exported(second)
    for item in (*one, *two):
        del item["first_seen_at"], item["updated_at"]
    assert one == two
    assert (one[0]["published_at"], one[0]["published_day"]) == ("2025-01-22T10:00:00+03:00", "2025-01-22")
    assert one[0]["publication"]["winner"]["kind"] == "given"
    assert one[1]["published_at"] is None
    assert newsspider(second, "import", str(first / "all.jsonl")).stdout == "2 unchanged; 0 bad lines\n"
    assert [item["url"] for item in exported(first, "--from", "2025-01-22", "--to", "2025-01-22")] == ["https://news.example/1"]
    assert exported(first, "--source", "gulf") == []


@pytest.mark.parametrize("arguments", [("import", "missing.jsonl"), ("export", "missing/out.jsonl"), ("export", "--from", "2025-13-40")])
def test_wrong_use_names_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    Store.open(f"sqlite:///{tmp_path}/data/newsspider.db").close()
    assert arguments[-1] in newsspider(tmp_path, *arguments, code=2).stderr


def test_a_date_of_the_users_word_is_evidence() -> None:
    (evidence,) = article_from({**GOOD, "published_at": "2025-01-22"}).evidence
    assert (evidence.kind, evidence.raw, evidence.place, evidence.role) == (
        EvidenceKind.GIVEN,
        "2025-01-22",
        "import published_at",
        EvidenceRole.PUBLISHED,
    )
    assert article_from(GOOD).evidence == []


def test_export_has_every_field_of_an_article(tmp_path: Path) -> None:
    newsspider(tmp_path, "import", "-", stdin=line())
    with Store.open(f"sqlite:///{tmp_path}/data/newsspider.db") as store:
        (stored,) = store.articles()
    assert set(stored.__slots__) <= set(article_as_json(stored))


def test_an_export_is_whole_or_not_there_and_described(tmp_path: Path) -> None:
    newsspider(tmp_path, "import", "-", stdin=line() + "\n" + line(url="https://news.example/2", title="=1+1", body="نص ثان"))
    for name in ("all.csv", "all.parquet", "all.jsonl"):
        done = newsspider(tmp_path, "export", name)
        assert (done.stdout, f"2 articles in {name}" in done.stderr) == ("", True)
        told = json.loads((tmp_path / f"{name}.manifest.json").read_text("utf-8"))
        assert (told["articles"], told["sha256"]) == (2, hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert "'=1+1" in (tmp_path / "all.csv").read_text("utf-8-sig")
    assert newsspider(tmp_path, "export", "-", "--format", "csv").stdout.startswith("\ufeffid,url,")
    assert "--format" in newsspider(tmp_path, "export", "all.xlsx", code=2).stderr
    (tmp_path / "taken.csv.manifest.json").mkdir()
    assert "error: taken.csv is whole, but taken.csv.manifest.json" in newsspider(tmp_path, "export", "taken.csv", code=1).stderr
    assert list(tmp_path.glob("*.part")) == []


def test_a_search_is_exported_whole(tmp_path: Path) -> None:
    newsspider(tmp_path, "import", "-", stdin="\n".join(line(url=f"https://news.example/{n}", body=f"قمح رقم {n}") for n in range(120)))
    newsspider(tmp_path, "import", "-", stdin=line(url="https://news.example/other", body="شعير وحده في الحقل"))
    newsspider(tmp_path, "index", "sync")
    newsspider(tmp_path, "search", "قمح", "--export", "hits.csv")
    assert len((tmp_path / "hits.csv").read_text("utf-8-sig").splitlines()) == 121
    told = json.loads((tmp_path / "hits.csv.manifest.json").read_text("utf-8"))
    assert (told["query"]["words"], told["engine"], told["articles"], bool(told["index_id"])) == ("قمح", "embedded", 120, True)
    found = newsspider(tmp_path, "search", "شعير", "--export", "-").stdout.splitlines()
    assert [json.loads(text)["url"] for text in found] == ["https://news.example/other"]
