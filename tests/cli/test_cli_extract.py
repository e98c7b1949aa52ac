from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from sites import Site, serve
from typer.testing import CliRunner

from newsspider import clock
from newsspider.cli import extract
from newsspider.errors import AddressBlocked, FetchError, NewsspiderError, SourceError

TITLE = "ميناء الصيد القديم يستعيد أرصفته بعد عام من العاصفة"
TEXT = (
    "أعلنت بلدية المرسى صباح اليوم انتهاء أعمال ترميم ميناء الصيد القديم، بعد عام كامل من العاصفة التي جرفت رصيفه الشرقي.",
    "وقال رئيس البلدية إن الأرصفة الجديدة ترتفع مترا عن سابقتها، وإن الصيادين شاركوا في اختيار الحجر الذي بنيت به.",
)
KEYS = (
    "is_article reason language title body published_at precision modified_at authors section tags summary image_url canonical_url signature evidence"
).split()


def page(date: str) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
    return f"<html><body><header>الأربعاء ٢٢ / يناير / ٢٠٢٥</header><article><h1>{TITLE}</h1><span>{date}</span>{text}<p>وكالات</p></article></body></html>"


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(page("17 مارس 2020"), encoding="utf-8")
    return path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    (tmp_path / "own").mkdir()
    (tmp_path / "newsspider.toml").write_text('[sources]\nfolder = "own"\nbuiltin = false\n[net]\nallow_networks = ["127.0.0.0/8"]\n')
    monkeypatch.setenv("NEWSSPIDER_CONFIG", str(tmp_path / "newsspider.toml"))
    with serve(Site()) as served:
        yield served


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    extract.register(app)
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def answer(*arguments: str) -> dict[str, Any]:
    code, out = run(*arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_a_stored_page_as_json(stored: Path) -> None:
    found = answer(str(stored), "--url", "https://marsa.example/2020/03/17/port", "--fetched-at", "2025-01-22T09:00:00Z")
    assert list(found) == KEYS
    assert (found["is_article"], found["reason"], found["language"], found["title"]) == (True, "article", "ar", TITLE)
    assert found["body"] == "\n\n".join(TEXT)
    assert (found["published_at"], found["precision"], found["signature"]) == ("2020-03-17", "day", "وكالات")
    assert found["evidence"]["won"]["raw"] in ("17 مارس 2020", "2020-03-17")
    assert [(piece["raw"], piece["reason"]) for piece in found["evidence"]["rejected"]] == [("الأربعاء ٢٢ / يناير / ٢٠٢٥", "chrome")]


def test_a_time_is_printed_where_one_is_known(stored: Path) -> None:
    stored.write_text(page("<time datetime='2020-03-17T10:15:00+02:00'>17 مارس 2020</time>"), encoding="utf-8")
    found = answer(str(stored), "--fetched-at", "2025-01-22T09:00:00Z")
    assert datetime.fromisoformat(found["published_at"]) == datetime(2020, 3, 17, 8, 15, tzinfo=UTC)


def test_without_a_date_there_is_none(stored: Path) -> None:
    stored.write_text(page(""), encoding="utf-8")
    found = answer(str(stored))
    assert (found["published_at"], found["precision"], found["evidence"]["won"]) == (None, None, None)


def test_the_clock_tells_when_it_was_fetched(stored: Path) -> None:
    stored.write_text(page("منذ يومين"), encoding="utf-8")
    with clock.fixed(datetime(2021, 5, 5, 12, tzinfo=UTC)):
        assert answer(str(stored))["published_at"][:10] == "2021-05-03"


def test_for_people(stored: Path) -> None:
    code, out = run(str(stored), "--fetched-at", "2025-01-22T09:00:00Z")
    assert code == 0
    for text in (TITLE, *TEXT, "2020-03-17", "chrome"):
        assert text in " ".join(out.split())


def test_an_address_is_fetched_through_the_guard(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add("/story", page("17 مارس 2020"))
    assert answer(f"{site.origin}/story", "--fetched-at", "2025-01-22T09:00:00Z")["title"] == TITLE
    with pytest.raises(FetchError, match=r"/gone: the server answered 404"):
        run(f"{site.origin}/gone")
    monkeypatch.setenv("NEWSSPIDER_NET_ALLOW_NETWORKS", "[]")
    with pytest.raises(AddressBlocked):
        run(f"{site.origin}/story")


def test_a_source_brings_its_selectors_and_zone(site: Site, stored: Path, tmp_path: Path) -> None:
    (tmp_path / "own" / "marsa.toml").write_text(
        'name = "marsa"\ntitle = "مرسى"\nhomepage = "https://marsa.example"\ncountry = "TN"\ntimezone = "Africa/Tunis"\n'
        'feeds = ["https://marsa.example/feed"]\n[selectors]\ntitle = "header"\n',
        encoding="utf-8",
    )
    assert answer(str(stored), "--source", "marsa")["title"] == "الأربعاء ٢٢ / يناير / ٢٠٢٥"
    with pytest.raises(SourceError, match="other"):
        run(str(stored), "--source", "other")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NewsspiderError, match=r"none\.html: No such file"):
        run(str(tmp_path / "none.html"))


@pytest.mark.parametrize("moment", ["yesterday", "2025-01-22T09:00:00"])
def test_a_moment_needs_a_zone(stored: Path, moment: str) -> None:
    assert run(str(stored), "--fetched-at", moment)[0] == 2
