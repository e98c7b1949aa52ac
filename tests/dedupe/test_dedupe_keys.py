from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsspider.dedupe import keys
from newsspider.items import Article
from newsspider.urls import url_key

URL = "https://news.example/politics/164913-long-story-name"


def article(url: str, canonical: str | None) -> Article:
    return Article(
        url=url, source="news", fetched_at=datetime(2024, 1, 1, tzinfo=UTC), title="خبر", body="نص الخبر", canonical_url=canonical
    )


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (URL, "/politics/164913-another-slug"),
        (URL + "?ref=main", URL),
        ("https://news.example/?p=164913", URL),
        ("https://news.example/story.aspx?id=164913", "https://www.news.example/story/164913"),
        ("https://m.news.example/print/1/long-story-name", "https://news.example/world/long-story-name"),
        ("https://news.example/story?id=7&view=full", "https://news.example/story/7?id=7"),
    ],
)
def test_declared_address_is_the_identity(url: str, canonical: str) -> None:
    found = keys(article(url, canonical)).url_keys
    assert found[0] == url_key(canonical if canonical.startswith("http") else f"https://news.example{canonical}")
    assert url_key(url) in found


@pytest.mark.parametrize(
    "canonical",
    [
        None,
        "",
        "https://news.example/",
        "https://news.example/politics",
        "https://news.example/politics/",
        "https://other.example/politics/164913-long-story-name",
        "https://news.example/politics/170000-the-template-of-all-pages",
        "https://news.example/category/164913",
        "javascript:void(0)",
        "http://[",
        "https://me@news.example/politics/164913-long-story-name",
    ],
)
def test_address_that_cannot_be_this_article_is_not_believed(canonical: str | None) -> None:
    assert keys(article(URL, canonical)).url_keys == (url_key(URL),)


def test_lost_number_is_not_believed() -> None:
    url = "https://news.example/view.aspx?id=5"
    assert keys(article(url, "https://news.example/view.aspx")).url_keys == (url_key(url),)


def test_s09_one_key_for_variants_of_the_same_address() -> None:
    assert keys(article(URL + "/amp?utm_source=x", URL)).url_keys == (url_key(URL),)


def test_content_keys() -> None:
    one, other = keys(article(URL, None)), keys(article("https://other.example/1", None))
    assert one.content_hash == other.content_hash
    assert one.sketch == other.sketch == ()
