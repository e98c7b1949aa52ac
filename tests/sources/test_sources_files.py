from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsspider.config import SourcesConfig
from newsspider.errors import SourceError
from newsspider.sources import Source, load_sources, source_from_toml
from newsspider.sources.loader import BUILTIN

WHOLE = """\
name = "mysite"
title = "موقعي"
homepage = "https://www.mysite.example"
country = "SY"
timezone = "Asia/Damascus"
feeds = ["https://feeds.mysite.example/rss.xml"]
hosts = ["archive.mysite.example:8443"]

[[listings]]
url = "https://www.mysite.example/news"
links = "h2 a"
next = "xpath://a[@rel='next']"
max_pages = 3

[selectors]
title = "h1"
remove = [".ad", "xpath://aside"]

[limits]
delay = 2.5

[schedule]
every = "30m"
"""


def changed(old: str, new: str) -> SourceError:
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    with pytest.raises(SourceError) as caught:
        source_from_toml(text, Path("sources/mysite.toml"))
    return caught.value


def test_whole_file() -> None:
    source = source_from_toml(WHOLE, Path("mysite.toml"))
    assert source.discovery_addresses() == [
        ("feed", "https://feeds.mysite.example/rss.xml"),
        ("listing", "https://www.mysite.example/news"),
    ]
    assert source.sites() == {"mysite.example", "feeds.mysite.example", "archive.mysite.example:8443"}
    assert source.site_hosts() == {"www.mysite.example", "feeds.mysite.example", "archive.mysite.example:8443"}
    assert source.listings[0].max_pages == 3
    assert source.selectors.remove == (".ad", "xpath://aside")
    assert source.schedule.interval == timedelta(minutes=30)
    assert source.limits.depth is None


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ('title = "موقعي"', 'titel = "موقعي"', 2, "titel", ["no such key", "title", "homepage", "timezone"]),
        ("max_pages = 3", "pages = 3", 13, "listings[0].pages", ["no such key", "max_pages", "links"]),
        ("delay = 2.5", "dealy = 2.5", 20, "limits.dealy", ["did you mean delay?", "concurrency"]),
        ('name = "mysite"', 'name = "My Site"', 1, "name", ["lower-case"]),
        ('homepage = "https://www.mysite.example"', 'homepage = "mysite.example"', 3, "homepage", ["http or https"]),
        ('"https://feeds.mysite.example/rss.xml"', '"/etc/passwd"', 6, "feeds[0]", ["http or https"]),
        ('"https://feeds.mysite.example/rss.xml"', '"file:///etc/passwd"', 6, "feeds[0]", ["http or https"]),
        ('"https://feeds.mysite.example/rss.xml"', '"https://me:pw@mysite.example/"', 6, "feeds[0]", ["user name"]),
        ('country = "SY"', 'country = "Syria"', 4, "country", ["two capital letters", "did you mean SY?"]),
        ('country = "SY"', 'country = "ZZ"', 4, "country", ["'ZZ' is no country", "two capital letters"]),
        ('country = "SY"', 'country = "UK"', 4, "country", ["did you mean GB?"]),
        ('country = "SY"', 'language = "xx"', 4, "language", ["'xx' is no language", "ISO 639"]),
        ('country = "SY"', 'language = "Arabic"', 4, "language", ["did you mean ar?"]),
        ("Asia/Damascus", "Asia/Damascos", 5, "timezone", ["IANA", "did you mean Asia/Damascus?"]),
        ('"archive.mysite.example:8443"', '"https://archive.mysite.example"', 7, "hosts[0]", ["host name"]),
        ('links = "h2 a"', 'links = "h2 >"', 11, "listings[0].links", ["CSS selector", "xpath:"]),
        ("xpath://a[@rel='next']", "xpath://a[", 12, "listings[0].next", ["CSS selector", "xpath:"]),
        ("xpath://a[@rel='next']", "xpath:count(//a)", 12, "listings[0].next", ["selects no elements"]),
        ("max_pages = 3", "max_pages = 0", 13, "listings[0].max_pages", ["greater than or equal to 1"]),
        ('remove = [".ad", ', 'remove = ["..", ', 17, "selectors.remove[0]", ["CSS selector"]),
        ("delay = 2.5", 'delay = "fast"', 20, "limits.delay", ["valid number"]),
        ('every = "30m"', 'every = "30 minutes"', 23, "schedule.every", ["m, h or d"]),
        ('country = "SY"', 'allow = ["("]', 4, "allow[0]", ["regular expression"]),
        ('timezone = "Asia/Damascus"\n', "", 1, "timezone", ["missing", "time zone"]),
        ('name = "mysite"', 'name = "other"', 1, "name", ["file's name", "mysite", "other"]),
    ],
)
def test_h21_errors_name_file_line_key_and_what_is_allowed(old: str, new: str, line: int, key: str, words: list[str]) -> None:
    error = changed(old, new)
    told = next(told for told in str(error).splitlines() if told.startswith(f"sources/mysite.toml:{line}: {key}: "))
    for word in words:
        assert word in told
    assert error.exit_code == 2


def test_every_mistake_is_told_at_once() -> None:
    error = changed('country = "SY"\ntimezone = "Asia/Damascus"', 'country = "sy"\ntimezone = "Damascus"')
    assert [line.split(": ")[1] for line in str(error).splitlines()] == ["country", "timezone"]


def test_a_source_announces_somehow() -> None:
    text = WHOLE.split("[[listings]]", maxsplit=1)[0].replace('feeds = ["https://feeds.mysite.example/rss.xml"]', "")
    with pytest.raises(SourceError, match="feeds, news_sitemaps, sitemaps, listings"):
        source_from_toml(text, Path("mysite.toml"))


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(SourceError, match=r"mysite\.toml: not valid TOML: .*line 2"):
        source_from_toml('name = "mysite"\ntitle = ]', Path("mysite.toml"))


def test_own_files_override_builtin_ones(tmp_path: Path) -> None:
    (tmp_path / "levant.toml").write_text(WHOLE.replace('name = "mysite"', 'name = "levant"'), encoding="utf-8")
    (tmp_path / "mysite.toml").write_text(WHOLE, encoding="utf-8")
    sources = load_sources(SourcesConfig(folder=tmp_path))
    assert sources["levant"].title == sources["mysite"].title == "موقعي"
    assert sources.files["levant"] == tmp_path / "levant.toml"
    assert sources.files["youm7"].parent == BUILTIN
    assert list(sources) == sorted(sources)
    assert list(load_sources(SourcesConfig(folder=tmp_path, builtin=False))) == ["levant", "mysite"]


def test_all_broken_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("name = 1", encoding="utf-8")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.toml").write_text("=", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_sources(SourcesConfig(folder=tmp_path))
    assert all(str(tmp_path / name) in str(caught.value) for name in ("a.toml", "b.toml", "c.toml"))


def test_a_named_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        load_sources(SourcesConfig(folder=tmp_path / "absent"))


def test_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    sources = load_sources(SourcesConfig(folder=tmp_path))
    with pytest.raises(SourceError, match="did you mean levant") as caught:
        sources.named("levent")
    assert caught.value.exit_code == 2
    with pytest.raises(SourceError, match="sources list"):
        sources.named("zzzzzz")


@pytest.mark.parametrize("path", sorted(BUILTIN.glob("*.toml")), ids=lambda path: path.stem)
def test_builtin_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    source = source_from_toml(text, path)
    assert f"newsspider sources check {source.name}" in text
    assert source.country
    assert source.homepage.startswith("https://")


def test_builtin_files_span_the_arab_world(tmp_path: Path) -> None:
    sources = load_sources(SourcesConfig(folder=tmp_path))
    assert len(sources) >= 21
    countries = {source.country for source in sources.values()}
    assert countries.issuperset(
        {"SY", "EG", "SA", "QA", "AE", "LB", "IQ", "JO", "MA", "DZ", "TN", "LY", "SD", "YE", "KW", "OM", "BH", "PS", "MR"}
    )
    levant = sources["levant"]
    assert (levant.country, levant.timezone, levant.language) == ("SY", "Asia/Damascus", "ar")
    assert levant.accepts_host("thelevantnews.com")


def test_accepts_host() -> None:
    source = source_from_toml(WHOLE, Path("mysite.toml"))
    for host in ("mysite.example", "WWW.mysite.example", "m.mysite.example", "feeds.mysite.example", "archive.mysite.example:8443"):
        assert source.accepts_host(host)
    for host in ("evil.example", "mysite.example:8080", "archive.mysite.example", "mysite.example.evil.example", "", "a b"):
        assert not source.accepts_host(host)


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to-add-a-source.md").read_text(encoding="utf-8")
    tables = [Source, *(Source.model_fields[name].default.__class__ for name in ("selectors", "limits", "schedule"))]
    tables.append(type(source_from_toml(WHOLE, Path("mysite.toml")).listings[0]))
    keys = {key for table in tables for key in table.model_fields}
    assert len(keys) > 25
    assert not [key for key in keys if f"`{key}`" not in page]
    assert not [key for table in tables for key, info in table.model_fields.items() if not info.description]


def test_documented_file_is_right() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to-add-a-source.md").read_text(encoding="utf-8")
    examples = page.split("```toml\n")[1:]
    assert len(examples) == 2
    for example in examples:
        assert source_from_toml(example.partition("```")[0], Path("mysite.toml")).name == "mysite"
