"""The story of a page of any common system: whole and clean, with its author and day; its listing and error pages are told as such."""

from __future__ import annotations

import pytest
from cms_pages import BODY, HEADING, LIVE, NO_AUTHOR, NOT_STORIES, SIGNED, STORIES
from extract_pages import LAST, LEAD, MIDDLE, QUOTE, TITLE, URL, extract

from newsspider import intake
from newsspider.extract import Reason


@pytest.mark.parametrize("system", STORIES)
def test_the_story_is_read_whole_and_clean(system: str) -> None:
    encoding = "windows-1256" if "windows-1256" in system else "utf-8"
    found = extract(STORIES[system].encode(encoding), URL, headers={"content-type": "text/html"}, country="SY", timezone="Asia/Damascus")
    article = found.article
    assert (found.reason, article.title) == (Reason.ARTICLE, TITLE)
    assert article.body == "\n\n".join(BODY)
    assert article.authors == ([] if system in NO_AUTHOR else ["سمر الحلبي"])
    assert str(intake.decide(article).published_day) == "2025-01-21"


@pytest.mark.parametrize("page", NOT_STORIES)
def test_what_is_no_story_is_told(page: str) -> None:
    reason = extract(NOT_STORIES[page], "https://www.marsa-news.example/local").reason
    assert reason is (Reason.SOFT_404 if page.endswith("no such page") else Reason.LISTING)


def test_a_live_report_has_all_its_entries() -> None:
    found = extract(LIVE)
    assert (found.reason, found.article.title, found.article.authors) == (Reason.ARTICLE, TITLE, ["سمر الحلبي"])
    positions = [found.article.body.index(text) for text in (LEAD, HEADING, MIDDLE, QUOTE, LAST)]
    assert positions == sorted(positions)
    assert "شارك" not in found.article.body.split("\n\n")


def test_who_signs_is_a_field() -> None:
    assert extract(SIGNED).article.signature == "وكالة الساحل للأنباء"
