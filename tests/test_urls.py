from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsspider.urls import canonical_url, join, origin, same_site, url_key

ARTICLE = "https://news.example/سياسة/2024/خبر-عاجل-اليوم"
ENCODED = "https://news.example/" + quote("سياسة/2024/خبر-عاجل-اليوم")

SAME_PAGE = [
    (ARTICLE, ENCODED),
    (ARTICLE, ENCODED.replace("%D8", "%d8").replace("%D9", "%d9")),
    (ARTICLE, ARTICLE + "/"),
    (ARTICLE, ARTICLE + "#comments"),
    (ARTICLE, ARTICLE + "?"),
    (ARTICLE, ARTICLE + "\u200f"),
    (ARTICLE, f"  {ARTICLE}\n"),
    (ARTICLE, ARTICLE.replace("https", "http")),
    (ARTICLE, ARTICLE.replace("https://", "HTTPS://WWW.").replace("example", "EXAMPLE:443")),
    (ARTICLE, ARTICLE.replace("https://news.", "http://m.news.")),
    (ARTICLE, ARTICLE.replace("https://news.", "https://amp.news.")),
    (ARTICLE, ARTICLE.replace("https://news.", "https://www.m.news.")),
    (ARTICLE, ARTICLE.replace("example", "example:80").replace("https", "http")),
    (ARTICLE, ARTICLE.replace("/سياسة", "/x/../سياسة")),
    (ARTICLE, ARTICLE.replace("/سياسة", "/./سياسة")),
    (ARTICLE, ARTICLE.replace("/سياسة", "//سياسة")),
    (ARTICLE, ARTICLE.replace("example/", "example./")),
    (ARTICLE, ARTICLE + "/amp"),
    (ARTICLE, ARTICLE + "/amp/"),
    (ARTICLE, ARTICLE + "?amp"),
    (ARTICLE, ARTICLE + "?amp=1"),
    (ARTICLE, ARTICLE + "?outputType=amp"),
    (ARTICLE, ARTICLE.replace("/سياسة", "/amp/سياسة")),
    (ARTICLE, ARTICLE.replace("https://", "https://news-example.cdn.ampproject.org/c/s/")),
    (ARTICLE, ARTICLE.replace("https://", "https://www.google.com/amp/s/") + "/amp"),
    (ARTICLE, ARTICLE + "/print/"),
    (ARTICLE, ARTICLE + "?print=1"),
    (ARTICLE, ARTICLE + "?ot=ot.AMPPageLayout"),
    (ARTICLE, ARTICLE + "?utm_source=twitter&utm_medium=social&utm_campaign=خبر"),
    (ARTICLE, ARTICLE + "?fbclid=IwAR0abc"),
    (ARTICLE, ARTICLE + "?UTM_Source=x&gclid=1"),
    (ARTICLE, ARTICLE + "?traffic_source=rss"),
    (ARTICLE, ARTICLE + "?ref=twitter"),
    (ARTICLE, ARTICLE + "?PHPSESSID=0123456789abcdef0123456789abcdef"),
    (ARTICLE, ARTICLE + ";jsessionid=1A2B3C.node1"),
    (ARTICLE, ARTICLE.replace("/سياسة", "/(S(lit3py55t21z5v55vlm25s55))/سياسة")),
    (ARTICLE, ARTICLE + "?replytocom=991"),
    (ARTICLE, ARTICLE + "?srsltid=AfmBOop&wt.mc_id=x&__amp_source_origin=https%3A%2F%2Fnews.example"),
    (ARTICLE, ARTICLE + "?share=jetpack-whatsapp&nb=1"),
    (ARTICLE, ARTICLE + "?outputType=amp-type"),
    (ARTICLE, ARTICLE + "?mobile=1"),
    (ARTICLE, ENCODED.replace("%", "%25")),
    (ARTICLE, ENCODED.replace("%", "%25").replace("D8", "d8")),
    (ARTICLE, ARTICLE + "/index.html"),
    ("http://news.example/", "http://news.example"),
    ("http://news.example/index.php?id=5", "http://news.example/?id=5"),
    ("http://news.example/2024/01/a.html", "http://news.example/2024/01/a.html?m=1"),
    ("http://news.example/a/story.html", "http://news.example/a/story.amp.html"),
    ("http://news.example/a/story", "http://news.example/a/story.amp"),
    ("http://news.example/a/story-7123", "http://news.example/a/story-7123/amp.html"),
    ("http://news.example/article/712345", "http://news.example/mobile/article/712345"),
    ("http://news.example/article/712345", "http://news.example/m/article/712345"),
    ("http://news.example/v?id=5&cat=3", "http://news.example/v?cat=3&id=5"),
    ("http://news.example/v?id=5&cat=", "http://news.example/v?id=5&cat"),
    ("http://news.example/v?q=%D8%B9+x", "http://news.example/v?q=ع%20x"),
    ("http://news.example/v?id=5", "http://news.example/v?&id=5&"),
    ("http://news.example/%7Euser/(a),b", "http://news.example/~user/%28a%29%2cb"),
    ("http://news.example/\u0623مر", "http://news.example/\u0627\u0654مر"),
    ("http://موقع.مثال/خبر", "http://xn--4gbrim.xn--mgbh0fb/خبر"),
    ("http://[::1]:80/a", "http://[::1]/a"),
]

DIFFERENT_PAGES = [
    ("http://news.example/a?id=1", "http://news.example/a?id=2"),
    ("http://news.example/a?sid=1021", "http://news.example/a?sid=1022"),
    ("http://news.example/?p=1", "http://news.example/?p=2"),
    ("http://news.example/?m=202001", "http://news.example/?m=202002"),
    ("http://news.example/a?source=5", "http://news.example/a?source=6"),
    ("http://news.example/a?ncid=5", "http://news.example/a?ncid=6"),
    ("http://news.example/a?session_id=5", "http://news.example/a?session_id=6"),
    ("http://news.example/a?page=1", "http://news.example/a?page=2"),
    ("http://news.example/a?x=1&x=2", "http://news.example/a?x=2&x=1"),
    ("http://news.example/a?x=1%262", "http://news.example/a?x=1&2"),
    ("http://news.example/a?x=1%2B2", "http://news.example/a?x=1+2"),
    ("http://news.example/a%2Fb", "http://news.example/a/b"),
    ("http://news.example/a%3Fid=1", "http://news.example/a?id=1"),
    ("http://news.example/a%2541", "http://news.example/aA"),
    ("http://news.example/a%252Fb", "http://news.example/a/b"),
    ("http://news.example/a%252Fb", "http://news.example/a%2Fb"),
    ("http://news.example/?mobile=5", "http://news.example/?mobile=6"),
    ("http://news.example/?share=5", "http://news.example/?share=6"),
    ("http://news.example/AbC", "http://news.example/abc"),
    ("http://news.example/خبر-1", "http://news.example/خبر-١"),
    ("http://news.example/علي", "http://news.example/على"),
    ("http://news.example/%E5%C7", "http://news.example/%E5%C8"),  # windows-1256
    ("http://news.example/5", "http://news.example/amp/6"),
    ("http://news.example/mobile/7", "http://news.example/7"),
    ("http://news.example/amplifier-news", "http://news.example/lifier-news"),
    ("http://news.example/stamp", "http://news.example/st"),
    ("http://news.example/amp", "http://news.example/"),
    ("http://news.example/print", "http://news.example/"),
    ("http://news.example/#!/news/1", "http://news.example/#!/news/2"),
    ("http://news.example/index/5", "http://news.example/5"),
    ("http://news.example/a.html", "http://news.example/a.php"),
    ("http://news.example/a", "http://sport.example/a"),
    ("http://news.example/a", "http://arabic.news.example/a"),
    ("http://news.example:8080/a", "http://news.example:8081/a"),
    ("http://news.example:8080/a", "http://news.example/a"),
    ("http://m.com.eg/a", "http://com.eg/a"),
    ("http://www.com/a", "http://com/a"),
]

REFUSED = [
    "",
    "news.example/a",
    "/etc/passwd",
    "file:///etc/passwd",
    "ftp://news.example/a",
    "javascript:alert(1)",
    "data:text/html,x",
    "gopher://news.example",
    "http://",
    "http:///a",
    "http://user@news.example/",
    "http://user:secret@news.example/",
    "http://aljazeera.example@evil.test/",
    "http://news.example:99999/",
    "http://news.example:x/",
    "http://news%2eexample/",
    "http://news example/",
    "http://[::1/",
    "http://new<s>.example/",
    "http://" + "a" * 64 + ".example/",
]


@pytest.mark.parametrize(("left", "right"), SAME_PAGE)
def test_s09_one_key_for_all_addresses_of_a_page(left: str, right: str) -> None:
    assert url_key(left) == url_key(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT_PAGES)
def test_s09_different_pages_keep_different_keys(left: str, right: str) -> None:
    assert url_key(left) != url_key(right)


@pytest.mark.parametrize("url", REFUSED)
def test_h09_only_plain_web_addresses(url: str) -> None:
    for read in (canonical_url, url_key, origin):
        with pytest.raises(ValueError, match=r"."):
            read(url)


@pytest.mark.parametrize("pairs", [SAME_PAGE, DIFFERENT_PAGES])
def test_canonical_is_idempotent_and_keeps_the_key(pairs: list[tuple[str, str]]) -> None:
    for url in (url for pair in pairs for url in pair):
        once = canonical_url(url)
        assert once.isascii()
        assert canonical_url(once) == once
        assert url_key(once) == url_key(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://News.Example:80/b/../%d8%b9 x?utm_source=a&id=%d9%a1#c", "http://news.example/%D8%B9%20x?id=%D9%A1"),
        ("https://www.news.example/amp/x/", "https://www.news.example/amp/x/"),  # what may not exist is not asked for
        ("https://news.example/a?b=1&fbclid=x&a=2&amp=1", "https://news.example/a?b=1&a=2"),
        ("https://news.example/a%zz?q=50%", "https://news.example/a%25zz?q=50%25"),
        ("https://news.example\\a\\b", "https://news.example/a/b"),
        ("https://news.example/a?x=\\", "https://news.example/a?x=%5C"),
    ],
)
def test_canonical_can_still_be_fetched(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("x.html", "https://news.example/a/x.html"),
        ("../y?utm_source=z#f", "https://news.example/y?utm_source=z"),
        ("?page=2", "https://news.example/a/b?page=2"),
        ("//other.example/z", "https://other.example/z"),
        ("/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("\n /x\ty ", "https://news.example/xy"),
        ("/\\evil.test/x", "https://evil.test/x"),  # as browsers read it, so that it is seen as another site
        ("\\\\evil.test", "https://evil.test/"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("mailto:a@news.example", None),
        ("https://user@news.example/", None),
        ("http://[", None),
        ("https://a.cdn.ampproject.org/c/s/no_host!.example/x", None),
        ("", None),
        ("  ", None),
    ],
)
def test_h09_join(href: str, expected: str | None) -> None:
    assert join("https://news.example/a/b?c", href) == expected


def test_same_site() -> None:
    assert same_site("https://www.news.example/a", "http://m.news.example/")
    assert same_site("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b")
    assert not same_site("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a")
    assert not same_site("https://news.example/", "https://news.example.evil.test/")
    assert not same_site("https://news.example/", "https://evilnews.example/")
    assert not same_site("https://news.example/", "https://news.example@evil.test/")
    assert same_site("https://news.example/", "https://news.example\\@evil.test/")  # a backslash ends the host
    assert not same_site("nonsense", "nonsense")


def test_origin() -> None:
    assert origin("HTTPS://News.Example:443/a") == "https://news.example"
    assert origin("http://news.example:8080/a?b") == "http://news.example:8080"
    assert origin("http://موقع.مثال/") == "http://xn--4gbrim.xn--mgbh0fb"


texts = st.text(max_size=30)
names = st.sampled_from(["id", "p", "sid", "page", "cat", "newsid"])


@given(texts, texts, texts)
def test_any_address_is_idempotent_or_refused(path: str, query: str, fragment: str) -> None:
    url = f"http://news.example/{path}?{query}#{fragment}"
    once = canonical_url(url)
    assert once.isascii()
    assert canonical_url(once) == once
    assert url_key(once) == url_key(url)
    assert same_site(url, "https://www.news.example")


@given(st.text(max_size=60))
def test_nothing_but_value_error(text: str) -> None:
    for prefix in ("", "http:", "https://"):
        try:
            once = canonical_url(prefix + text)
        except ValueError:
            continue
        assert canonical_url(once) == once
    assert join("http://news.example/", text) is None or origin(str(join("http://news.example/", text)))


VARIANTS = [
    lambda url: url + ("&" if "?" in url else "?") + "utm_source=x",
    lambda url: url.replace("https://", "http://www."),
    lambda url: url + "#top",
    lambda url: url.replace("https://", "https://m."),
    lambda url: url.replace("%D", "%d"),
    lambda url: url + ("&" if "?" in url else "?") + "fbclid=Iw1",
    lambda url: url + ("&" if "?" in url else "?") + "amp=1&PHPSESSID=0123456789abcdef",
    lambda url: url.replace("?", "/?", 1) if "/?" not in url else url,
    lambda url: url.replace("?", "/amp/?", 1) if "/amp/?" not in url and "/?" not in url else url,
    lambda url: url if "%25" in url else url.replace("%", "%25"),
]


@given(st.lists(st.sampled_from(VARIANTS), max_size=4), st.text("ابتثجحخ-", min_size=1), st.integers(0), names, st.integers(0))
def test_variants_meet_and_articles_stay_apart(variants: list, slug: str, number: int, name: str, value: int) -> None:  # type: ignore[type-arg]
    article = f"https://news.example/{quote(slug)}/{number}?{name}={value}"
    url = article
    for vary in variants:
        url = vary(url)
    assert url_key(url) == url_key(article)
    assert url_key(url) != url_key(f"https://news.example/{quote(slug)}/{number}?{name}={value + 1}")
    assert url_key(url) != url_key(f"https://news.example/{quote(slug)}/{number + 1}?{name}={value}")
    assert url_key(url) != url_key(f"https://news.example/{quote(slug + 'ة')}/{number}?{name}={value}")


words = st.text("abcxyz0123456789", min_size=1, max_size=12)


@given(st.lists(words, min_size=1, max_size=4, unique=True), st.lists(words, min_size=1, max_size=4, unique=True))
def test_different_paths_never_merge(left: list[str], right: list[str]) -> None:
    if left != right:
        assert url_key("http://news.example/" + "/".join(left)) != url_key("http://news.example/" + "/".join(right))


PIECES = st.sampled_from(
    [
        *"/ // . .. %2e amp .amp print m index.html ;jsessionid=x (S(aaaaaaaaaaaaaaaaaaaaaaaa)) % %2F %25 %d8 %D9%8A %25D9%258A %2525 ? & = + # !".split(),
        *"utm_source sid id 7 \\ خ أ https://a-b.cdn.ampproject.org/c/s/".split(),
        *" \u200f\t",
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_tricky_pieces_in_any_order(pieces: list[str]) -> None:
    for start in ("https://news.example/", "https://a-b.cdn.ampproject.org/c/s/news.example/"):
        url = start + "".join(pieces)
        once = canonical_url(url)
        assert canonical_url(once) == once
        assert url_key(once) == url_key(url)
