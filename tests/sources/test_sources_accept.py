from __future__ import annotations

import pytest

from newsspider.sources import Source, accepts, reachable

SITE = "https://news.example"


def source(**changes: object) -> Source:
    return Source.model_validate(
        {
            "name": "news",
            "title": "News",
            "homepage": SITE,
            "timezone": "UTC",
            "feeds": [f"{SITE}/feed"],
            "hosts": ["blog.example"],
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"{SITE}/سياسة/2024/خبر", None),
        ("http://www.news.example/a", None),
        ("https://m.news.example/a", None),
        ("https://blog.example/a", None),
        ("https://evil.example/a", "offsite"),
        ("https://news.example:8443/a", "offsite"),
        ("https://sport.news.example/a", "offsite"),
        ("https://news.example@evil.example/a", "not_web"),
        ("ftp://news.example/a", "not_web"),
        ("/etc/passwd", "not_web"),
        (SITE, "homepage"),
        (f"{SITE}/index.html?utm_source=x#top", "homepage"),
        (f"{SITE}/a.pdf", "not_a_page"),
        (f"{SITE}/a.JPG?w=300", "not_a_page"),
        (f"{SITE}/a.jpg.html", None),
        (f"{SITE}/" + "a" * 2048, "too_long"),
    ],
)
def test_accepts(url: str, reason: str | None) -> None:
    assert accepts(source(), url) == reason


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/" + "/".join(f"s{n}" for n in range(16)), None),
        ("/" + "/".join(f"s{n}" for n in range(17)), "too_deep"),
        ("/a/b/a", None),
        ("/a/b/a/c/a", "too_deep"),
        ("/a/../a/../a/../a", None),
        ("/x?" + "&".join(f"p{n}=1" for n in range(32)), None),
        ("/x?" + "&".join(f"p{n}=1" for n in range(33)), "too_deep"),
    ],
)
def test_c11_traps_end(path: str, reason: str | None) -> None:
    assert reachable(source(), SITE + path) == reason


def test_patterns_see_decoded_path_and_query() -> None:
    wanted = source(allow=[r"^/خبر/\d+$", r"\?id=\d+$"], exclude=["/صور"])
    assert accepts(wanted, f"{SITE}/%D8%AE%D8%A8%D8%B1/12?utm_source=rss") is None
    assert accepts(wanted, f"{SITE}/v?id=3") is None
    assert accepts(wanted, f"{SITE}/خبر/صور") == "excluded"
    assert accepts(wanted, f"{SITE}/رأي/12") == "not_allowed"
    assert reachable(wanted, f"{SITE}/رأي/12") is None
