"""Addresses, pure: what may be fetched, how it is written, and which addresses name the same page.

`canonical_url` is an address that can be fetched: written one way, without what only tells where a visitor came from. `url_key` goes further and
is never fetched: it is the same for http and https, for www., m. and amp. hosts, for AMP, mobile and print paths, and however a path is encoded.
Both follow RFC 3986 section 6.2; both keep apart whatever could name another article, so an unknown parameter stays.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
REMEMBERED = 1024  # addresses: each is asked about several times in a row, and a sitemap has 50,000

_TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "piwik_", "hsa_", "fb_action_", "at_custom", "aspsessionid", "amp_", "_branch_")
_TRACKING = frozenset(
    """fbclid gclid gclsrc dclid gbraid wbraid gad_source msclkid yclid ysclid igshid igsh twclid ttclid epik mc_cid mc_eid _ga _gl _hsenc _hsmi
    hsctatracking mkt_tok vero_id oly_anon_id oly_enc_id wickedid ref_src ref_url fb_source fb_ref fb_comment_id action_object_map action_type_map
    action_ref_map __twitter_impression __tn__ mibextid at_medium at_campaign at_link_type at_link_id at_link_origin at_ptr_name at_bbc_team
    at_format ns_mchannel ns_source ns_campaign ns_linkname ns_fee pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid xtor sr_share
    guccounter guce_referrer guce_referrer_sig traffic_source feedname feedtype replytocom showcomment usqp noamp phpsessid jsessionid cftoken zenid
    oscsid srsltid gad_campaignid li_fat_id rdt_cid sccid s_kwcid _openstat tblci dicbo oborigurl wt_mc wt.mc_id elqtrackid elqtrack sfnsn wprov
    __amp_source_origin __cf_chl_tk __cf_chl_rt_tk fb_locale spref""".split()
)
# Names that mean something else elsewhere, so the value has to say that they tell a channel, a session or another view of the same page.
_CHANNEL = (
    r"rss2?|atom|feeds?|twitter|x|facebook|fb|whatsapp|telegram|instagram|linkedin|social|share|home|homepage|newsletter|e?mail|push|app|nabd"
    r"|google|googlenews|gnews|reddit|tumblr|pinterest|pocket|(?:jetpack-)?whatsapp|skype|threads|bluesky|mastodon|messenger|viber"
)
_AMBIGUOUS = {
    name: re.compile(pattern, re.IGNORECASE)
    for names, pattern in (
        ("ref source src from share via", _CHANNEL),
        ("ocid icid ncid cmpid s_cid smid smtyp spm", r"(?=.*[a-z])(?=.*[^a-z]).+"),
        ("sid s session sessionid session_id sessid", r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{24,}"),  # sid=1234 is a story in old portals
        ("amp isamp ampmode print printable printerfriendly printmode rss nb", r"|1|true|yes|y|on|amp|print"),
        ("output outputtype view layout format mode display action do tmpl", r"amp|amp-type|print|printable|component"),
        ("mobile ismobile desktop nomobile", r"|0|1|true|false|yes|no"),
        ("ot", r"ot\.(amp|print)pagelayout"),
        ("m", r"0|1"),  # Blogger's mobile view; m=202001 is a month's archive of WordPress
        ("_ nocache", r"\d{8,}"),
    )
    for name in names.split()
}

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*|\[[0-9a-f:.]+\]")
_DEVICE_PREFIX = re.compile(r"(?:(?:www\d?|m|amp|mobile|wap|touch)\.)+(?!(?:com?|net|org|gov|edu|ac)\.[a-z]{2}$)(?=[^.]+\..)")
_AMP_CACHE = re.compile(r"/(?:amp|[cv])/(s/)?([^/]+\.[^/]+)(/.*)?")  # of the cached page's address
_AMP_CACHE_HOST = re.compile(r".+\.cdn\.ampproject\.org|www\.google\.com?(\.[a-z]{2})?")
_SESSION_SEGMENT = re.compile(r";jsessionid=[^/;?]*|/\([a-z]\([a-z0-9]{20,}\)\)(?=/)", re.IGNORECASE)
_DEFAULT_DOCUMENT = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?<=[^/])(?:\.amp(?=$|\.html?$)|/amp\.html?$)", re.IGNORECASE)
# What is left of a path must tell an article by itself before its first segment is taken for a mark of the view and not for a section.
_SAYS_ENOUGH = re.compile(r"\d{5}|[^/]{15}")
_NAVIGATION = frozenset(
    "category categories tag tags author authors page search archive topic topics label feed rss wp-content تصنيف وسم كاتب".split()
)
_ID_NAME = re.compile(r"p|a|n|(?!.*(?:cat|sec|tag|page|lang|user|author|topic|dep)).*id|(?:news|article|story|post|item).*")
_ENCODED_TWICE = re.compile(r"%25([C-F][0-9A-F])%25([89AB][0-9A-F])", re.IGNORECASE)  # a letter of two bytes in UTF-8
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CLEAN = re.compile(r"[!-\[\]-~]+")  # no blanks, no backslash
_IS_ENCODED = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,/:;=?@]|%(?:[018-9A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-DF]))*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HEX = re.compile(r"%([0-9A-Fa-f]{2})")


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: int | None  # None: the scheme's own
    path: str
    query: str
    fragment: str = ""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return self.origin + self.path + (f"?{self.query}" if self.query else "") + (f"#{self.fragment}" if self.fragment else "")


def canonical_url(url: str) -> str:
    """The address in one spelling, fit for fetching, without tracking parameters, session ids and AMP caches around it. Idempotent.

    Raises ValueError for anything but http and https with a host, and for addresses with a user name.
    """
    return _canonical(url)


def url_key(url: str) -> str:
    """32 hex digits, the same for all addresses of one page that can be told from the address alone. Raises ValueError as `canonical_url`."""
    return _key(canonical_url(url))


def bare_url(url: str) -> str:
    """What `url_key` looks at, for people: host, path and parameters in one decoded spelling. Raises ValueError as `canonical_url`."""
    return _form(canonical_url(url)).removesuffix("#").removesuffix("?")


def same_site(a: str, b: str) -> bool:
    """True when both have the same `site`. False when one is no web address."""
    try:
        return site(a) == site(b)
    except ValueError:
        return False


def site(url: str) -> str:
    """The host in its ASCII form, without www., m., amp. and the like, and its port unless that is the scheme's own: what makes a site.

    Raises ValueError as `canonical_url`.
    """
    return _site(_split(url))


def domains(url: str) -> tuple[str, ...]:
    """The host in its ASCII form, without the port, and every domain above it: a.b.c, b.c, c. Raises ValueError as `canonical_url`."""
    labels = _split(url).host.split(".")
    return tuple(".".join(labels[at:]) for at in range(len(labels)))


def origin(url: str) -> str:
    """scheme://host[:port], lower-case, the host in its ASCII form, a default port left out. Raises ValueError as `canonical_url`."""
    return _split(url).origin


def names_article(url: str) -> bool:
    """True when the address looks like one story's and not a section's: a long number, a date, or a headline in it. Raises ValueError."""
    parts = _split(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if _NAVIGATION.intersection(segment.lower() for segment in segments[:-1]):
        return False
    last = re.sub(r"\.\w{2,5}$", "", segments[-1]) if segments else ""
    in_query = any(_ID_NAME.fullmatch(name.lower()) and re.search(r"\d", value) for name, value in _parameters(parts.query))
    dated = re.search(r"/(?:19|20)\d\d/\d{1,2}/.", parts.path)
    return bool(in_query or dated or re.search(r"\d{4}", last) or len(re.split(r"[-_\s]+", last)) > 2)


def join(base: str, href: str) -> str | None:
    """`href` as an absolute address, resolved against `base` as browsers do, without a fragment; None when it leads to no web page."""
    href = _slashes(href)
    try:
        address = href if href.startswith(("http://", "https://")) else urljoin(base, href)
        canonical_url(address)  # of an AMP cache's address, the one within is refused as any other
        return str(_split(address)._replace(fragment="")) if href else None
    except ValueError:
        return None


@lru_cache(REMEMBERED)
def _split(url: str) -> _Parts:
    split = urlsplit(_slashes(url))
    if split.scheme not in DEFAULT_PORTS:
        raise ValueError(f"{url!r} is not an http or https address")
    if "@" in split.netloc:
        raise ValueError(f"{url!r} holds a user name, which is refused")
    port = split.port if split.port != DEFAULT_PORTS[split.scheme] else None
    path = _without_dots(_encoded(split.path))
    return _Parts(split.scheme, _host(split.hostname, url), port, path, _encoded(split.query), _encoded(split.fragment))


def _slashes(url: str) -> str:
    """As the URL standard (WHATWG) reads it: no blanks around, no line breaks within, backslashes of the path as slashes."""
    if _CLEAN.fullmatch(url):
        return url
    url = re.sub(r"[\t\r\n]", "", url.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10 \xa0\u200e\u200f\ufeff"))
    end = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=len(url))
    return url[:end].replace("\\", "/") + url[end:]


def _host(host: str | None, url: str) -> str:
    host = host or ""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = idna.encode(host, uts46=True).decode()  # an IDNAError is a ValueError
    host = host.rstrip(".").lower()
    if not _HOST.fullmatch(host):
        raise ValueError(f"{url!r} has no valid host name")
    return host


def _encoded(text: str) -> str:
    """UTF-8 percent-encoding with upper-case digits, unreserved characters plain (RFC 3986 sections 6.2.2.1 and 6.2.2.2)."""
    if _IS_ENCODED.fullmatch(text):
        return text
    text = quote(_BARE_PERCENT.sub("%25", text), safe="!#$%&'()*+,/:;=?@~[]|")
    return _HEX.sub(lambda found: char if (char := chr(int(found[1], 16))) in _UNRESERVED else found[0].upper(), text)


def _without_dots(path: str) -> str:
    """Without "." and ".." segments (RFC 3986 section 5.2.4), always beginning with a slash."""
    if path.startswith("/") and "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


@lru_cache(REMEMBERED)
def _canonical(url: str) -> str:
    parts = _split(url)
    while _AMP_CACHE_HOST.fullmatch(parts.host) and (inner := _AMP_CACHE.fullmatch(parts.path)):
        parts = _split(str(parts._replace(scheme="https" if inner[1] else "http", host=inner[2], port=None, path=inner[3] or "/")))
    path = _without_dots(_SESSION_SEGMENT.sub("", parts.path))
    query = "&".join(f"{name}={value}" if equals else name for name, equals, value in _wanted(parts.query))
    # A fragment that routes ("#!/news/7") names a page of its own; any other is a place within the page.
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return str(parts._replace(path=path, query=query, fragment=fragment))


def _wanted(query: str) -> list[tuple[str, str, str]]:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return [pair for pair in pairs if not _is_noise(unquote(pair[0]).lower(), unquote(pair[2]))]


def _is_noise(name: str, value: str) -> bool:
    pattern = _AMBIGUOUS.get(name)
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or (pattern is not None and pattern.fullmatch(value) is not None)


def _parameters(query: str) -> list[tuple[str, str]]:
    return [(name, value.replace("+", "%20")) for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)]


@lru_cache(REMEMBERED)
def _key(canonical: str) -> str:
    return hashlib.sha256(_form(canonical).encode()).hexdigest()[:32]


def _form(canonical: str) -> str:
    parts = _split(canonical)
    pairs = sorted((_folded(f"{name}={value}") for name, value in _parameters(parts.query)), key=lambda pair: pair.partition("=")[0])
    return f"{_site(parts)}{_bare_path(parts.path)}?{'&'.join(pairs)}#{_folded(parts.fragment)}"


def _site(parts: _Parts) -> str:
    return _DEVICE_PREFIX.sub("", parts.host, count=1) + (f":{parts.port}" if parts.port else "")


def _bare_path(path: str) -> str:
    """The path without what marks an AMP, mobile or print view, a default document, doubled and closing slashes."""
    path = _folded(re.sub(r"//+", "/", path))
    path = _AMP_SUFFIX.sub("", _DEFAULT_DOCUMENT.sub("", path)).rstrip("/")
    path = re.sub(r"(?<=[^/])/(?:amp|print)$", "", path, flags=re.IGNORECASE)
    first, _, rest = path[1:].partition("/")
    if rest and (first.lower() == "amp" or (first.lower() in ("m", "mobile", "print") and _SAYS_ENOUGH.search(rest))):
        path = "/" + rest
    return path


def _folded(text: str) -> str:
    """Decoded where that cannot change the meaning, in NFC, without invisible characters; other encodings than UTF-8 stay as they are."""
    if "%" not in text:
        return text
    text = _ENCODED_TWICE.sub(r"%\1%\2", text)
    kept = re.sub(r"%(2[0356BF]|3[BDF])", r"%25\1", text)  # space # % & + / ; = ? stay encoded
    try:
        decoded = unquote(kept, errors="strict")
    except UnicodeDecodeError:
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", decoded))
