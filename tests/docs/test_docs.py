"""Documentation is part of a change: these fail when a setting, command, outcome or reason is undocumented."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from reasons import every_reason, given

from newsspider.items import EvidenceKind, Outcome

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

spec = importlib.util.spec_from_file_location("docs_render", DOCS / "render.py")
assert spec
assert spec.loader
render = importlib.util.module_from_spec(spec)
spec.loader.exec_module(render)


@pytest.mark.parametrize("page", ["settings", "commands"])
def test_rendered_page_is_up_to_date(page: str) -> None:
    assert (DOCS / f"{page}.md").read_text(encoding="utf-8") == getattr(render, page)(), "run: python docs/render.py"


def test_every_setting_says_what_it_does() -> None:
    assert not [location for location, info in render.keys().items() if not info.description]


@pytest.mark.parametrize("word", sorted({*Outcome, *every_reason()}))
def test_every_outcome_and_reason_is_documented(word: str) -> None:
    assert f"`{word}`" in (DOCS / "outcomes.md").read_text(encoding="utf-8")


def test_reasons_are_found_in_the_code() -> None:
    assert len(given()) >= 8


PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_readme_links_every_page(page: Path) -> None:
    assert f"(docs/{page.name})" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in headings], link


def test_every_stat_is_documented() -> None:
    page = (DOCS / "stats.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for room in ("newsspider", "pipelines") for path in (ROOT / room).rglob("*.py"))
    stats = re.findall(r'(?:inc|set|max)_value\(\s*f?"([^"]+)"', code)
    assert len(stats) >= 5
    kinds = [f"dates/{kind}_count" for kind in [*EvidenceKind, "none"]]
    assert not [stat for stat in [*kinds, *stats] if "{" not in stat and f"`{stat}`" not in page]


def test_every_case_is_on_the_reliability_page_with_files_that_exist() -> None:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    counts = {"C": 18, "S": 12, "I": 20, "Q": 8, "H": 26, "U": 19, "O": 14}
    cases = [f"{letter}{number:02}" for letter, count in counts.items() for number in range(1, count + 1)]
    assert re.findall(r"^\| ([A-Z]\d\d) \|", page, re.MULTILINE) == cases
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert not set(re.findall(r"`(test_\w+\.py)`", page)) - there
