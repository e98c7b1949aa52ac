"""Saved pages tell whether a source is still read as it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import Installation, Site, serve

TEXT = "".join(f"<p>فقرة {n} عن موسم الزيتون، وقال المزارعون إن المحصول جيد هذا العام وإن الأسعار ثابتة في الأسواق.</p>" for n in range(4))
PAGE = (
    '<html lang="ar"><head><title>خبر الزيتون اليوم</title></head><body><article><h1>خبر الزيتون اليوم</h1><div class="when">نشر أمس الساعة 10:30</div>'
    f'{TEXT}<i class="desk">مكتب الزراعة</i></article></body></html>'
)


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[tuple[Installation, Path, str]]:
    with serve(Site()) as site:
        installation = Installation(tmp_path, '[net]\nallow_networks = ["127.0.0.0/8"]\n')
        installation.source("olive", homepage=site.origin + "/", feeds=[site.origin + "/feed"])
        site.add("/news/1", PAGE)
        url = f"{site.origin}/news/1"
        path = Path(installation.json("sources", "save", "olive", url)["file"])
        yield installation, path, url


def test_a_saved_page_is_read_as_at_its_own_time(saved: tuple[Installation, Path, str]) -> None:
    installation, path, url = saved
    frozen = json.loads(path.read_text(encoding="utf-8"))
    assert (frozen["url"], frozen["expected"]["title"], frozen["expected"]["is_article"]) == (url, "خبر الزيتون اليوم", True)
    assert frozen["headers"]["content-type"] == "text/html; charset=utf-8"
    assert path.with_suffix(".html").read_bytes() == PAGE.encode()
    path.write_text(json.dumps(frozen | {"fetched_at": "2024-03-10T12:00:00+00:00"}, ensure_ascii=False), encoding="utf-8")
    tested = installation.run("sources", "test", "olive", code=1).stdout
    assert "2024-03-09" in tested, "yesterday is the day before the page was fetched"
    assert "1 otherwise than expected" in tested


def test_what_drifted_is_shown_and_can_be_accepted(saved: tuple[Installation, Path, str]) -> None:
    installation, path, url = saved
    assert "1 saved page read, all as expected" in installation.run("sources", "test").stdout
    source = path.parents[1] / "olive.toml"
    source.write_text(source.read_text(encoding="utf-8") + '[selectors]\nsection = "i.desk"\n', encoding="utf-8")
    done = installation.run("sources", "test", "olive", "--json", code=1)
    assert json.loads(done.stdout) == {
        "pages": 1,
        "drifted": [{"source": "olive", "url": url, "field": "section", "expected": None, "read": "مكتب الزراعة"}],
    }
    installation.run("sources", "test", "olive", "--accept")
    installation.run("sources", "test", "olive")


def test_expectations_can_be_corrected_or_left_out(saved: tuple[Installation, Path, str]) -> None:
    installation, path, _ = saved
    frozen = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(frozen | {"expected": {"title": "خبر الزيتون اليوم"}}), encoding="utf-8")
    installation.run("sources", "test", "olive")
    path.write_text(json.dumps(frozen | {"expected": {"authors": ["سمر الحلبي"]}}), encoding="utf-8")
    assert "سمر الحلبي" in installation.run("sources", "test", "olive", code=1).stdout


def test_h20_the_address_is_no_part_of_the_path(saved: tuple[Installation, Path, str]) -> None:
    _, path, _ = saved
    assert path.parent.name == "olive.pages"
    assert len(path.stem) == 32
    assert path.stem.isalnum()


def test_what_is_not_there_is_said(saved: tuple[Installation, Path, str]) -> None:
    installation, path, url = saved
    assert "answered 404" in installation.run("sources", "save", "olive", url + "7", code=1).stderr
    assert "there is no source" in installation.run("sources", "test", "oliva", code=2).stderr
    path.write_text("{}", encoding="utf-8")
    assert f"{path.name}: no saved page" in installation.run("sources", "test", code=2).stderr.replace("\n", "")
    path.unlink()
    assert "no page is saved" in installation.run("sources", "test", "olive", code=2).stderr
