"""Which part of a page an element begins: told by HTML's own elements, ARIA roles, and the words that page builders use in class names and ids."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from lxml.html import HtmlElement


class Region(Enum):
    CHROME = "chrome"
    """The page's furniture: navigation, sidebars, comments, related stories, share bars, advertisements."""
    CARD = "card"
    """A teaser of another story."""
    META = "meta"
    """Date, author and section of the story."""
    CAPTION = "caption"


UNSEEN = frozenset(
    "script style noscript template svg math iframe object embed canvas audio video map button select option datalist input textarea label head".split()
)
"""Elements without text that belongs to the story."""

_CHROME_TAGS = frozenset(("nav", "aside", "footer", "form", "dialog", "marquee", "amp-sidebar", "menu"))
_CHROME_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "dialog", "menu", "menubar", "alert", "form"))

# Words of a class name or id, between word boundaries. "elementor-widget" is how that page builder names any element at all.
_CHROME_WORDS = re.compile(
    r"\b(?<!no-)(?<!not-)(?<!has-)(?<!with-)(?<!without-)(?<!hide-)(?:nav|navbar|sitenav|mainnav|navigation|navi|menu|menus|submenu|mainmenu|topmenu|breadcrumbs?|crumbs?|masthead|colophon|topbar|top-bar|topnav|bottombar"
    r"|sidebar|side-bar|sidenav|rightbar|leftbar|right-col|left-col|(?<!elementor-)widgets?|footer|site-info|copyrights?"
    r"|comments?|respond|disqus|replies|livefyre|facebook-comments|fb-comments"
    r"|related|relateds?posts?|related-?news|related-?articles?|relatedarticles|yarpp|recommended|recommends?|recommendations?|suggested|suggestions?|similar"
    r"|read-?also|see-?also|also-?read|also-read|also|inject|read-?more|more-?news|more-?stories|more-?articles|more-?posts|other-?news|most-?read|mostread|mostly"
    r"|most-?viewed|most-?popular|popular|trending|trends?|latest|recent|last-?news|latest-?news|recent-?posts|editors?-?(?:picks?|choice)|highlights"
    r"|next-?(?:post|article|news)|prev(?:ious)?-?(?:post|article|news)|post-?navigation|nav-?links|pagination|pager|paging|paginav|load-?more"
    r"|ticker|newsticker|news-?ticker|breaking|breakingnews|breaking-news|urgent|marquee|carousel|slider|swiper|slick|slideshow"
    r"|share|shares|sharing|sharebar|share-?buttons?|sharethis|sharedaddy|addthis|addtoany|social|socials|social-?links?|social-?icons?|socialmedia|follow|followus|follow-?us"
    r"|newsletters?|subscribe|subscription|subscriptions|mailing-?list|mailchimp|mailpoet|mc4wp|optin|sign-?up|login|log-?in|register|registration"
    r"|modal|popup|pop-?up|overlay|lightbox|cookies?|gdpr|consent|toast|snackbar"
    r"|ads?|adv|advert|adverts|advertisement|advertising|adsbygoogle|adslot|ad-?slot|ad-?box|dfp|gpt|sponsor|sponsored|promo|promos|promoted|banner|banners|e3lan|e3lanat|wpipa"
    r"|taboola|outbrain|engageya|engage|speakol|mgid|revcontent|jubna|dable|geozo|teads"
    r"|tags|tagcloud|tag-?cloud|tag-?links?|tags-?links?|tag-?list|keywords|poll|polls|vote|voting|ratings?|weather|prayer|prayers|currency|horoscope|exchange-?rates?"
    r"|toc|table-of-contents|ez-toc|toolbar|tools|tool-?bar|font-?size|text-?resizer|skip-?link|skip|feedback|report-?error|app-?download|download-?app"
    r"|live-?blog-?nav|widgettitle|teaser|teasers|playlist|playlists)\b"
)
_STORY_FOOTER = re.compile(r"\b(?:post|entry|article|story|hentry)-?footer\b")
_UNSEEN_WORDS = re.compile(
    r"\b(?:screen-reader(?:-text)?|sr-only|visually-?hidden|twitter-tweet|instagram-media|fb-post|fb-video|tiktok-embed|telegram-post|reddit-embed|wp-embedded-content)\b"
)
_META_WORDS = re.compile(
    r"\b(?:meta|metadata|byline|by-line|authors?|writer|write-?by|written-?by|posted|posted-on|pubdate|publish(?:ed)?(?:-date|-time)?|timestamp|time|datetime|dateline|date|dates"
    r"|post-?info|article-?info|news-?info|entry-?info|info-?bar|cat-?links?|post-?category|post-?cats|entry-category|article-category|news-category|kicker|views?-?count|hits)\b"
)
_CAPTION_WORDS = re.compile(
    r"\b(?:caption|captions|figcaption|wp-caption|image-?credits?|photo-?credits?|img-?credits?|img-?caption|image-?caption|photo-?caption|image-?desc(?:ription)?"
    r"|image-?source|photographer|media-?caption|copyright-?image)\b"
)
BODY_WORDS = re.compile(
    r"\b(?:(?:entry|post|article|story|news|single|page|node|blog|topic|details?|main|the)-?(?:content|contents|body|text|txt|description|inner-text)"
    r"|article-?details|news-?details|content-?(?:body|text|inner)|articlebody|wysiwyg|field-name-body|field--name-body|rich-?text|htmlcontent|body-?text)\b"
)
"""Names of the element around a story's text."""

_SITE_HEADER = re.compile(
    r"(?<!\S)(?:header|hdr|head)\b|\b(?:site|main|global|mobile|sticky)-?(?:header|head)\b"
)  # "header-date" is of the site
_HEADER_WORD = re.compile(r"\b(?:header|hdr)\b")
_STORY_WORD = re.compile(r"\b(?:article|post|entry|story|news|single|content|page-header|title|date|time)\b")  # "date-header" is of a date
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+[a-z]*")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TAILWIND = re.compile(r"\S*[:\[]\S*")  # "print:hidden", "sm:mr-7": how it looks, not what it is


def names(element: HtmlElement) -> str:
    """The words of an element's class and id, lower case, one class name's words joined by "-"."""
    return _names(element.get("class") or "", element.get("id") or "")


@lru_cache(8192)
def _names(classes: str, identity: str) -> str:
    written = _TAILWIND.sub(" ", f"{classes[:500]} {identity[:100]}")
    return " ".join("-".join(_PARTS.findall(name)) for name in written.split()).lower()


def is_unseen(element: HtmlElement) -> bool:
    """True for what a reader never sees, and for embedded posts of social networks."""
    tag = element.tag
    return not isinstance(tag, str) or tag in UNSEEN or (bool(element.get("class")) and _UNSEEN_WORDS.search(names(element)) is not None)


def region_of(element: HtmlElement, *, in_article: bool) -> Region | None:
    """The region this element begins, by its own name alone; None for ordinary content. `in_article` is True below an <article> or <main>."""
    tag = element.tag
    role = element.get("role")
    if tag in ("html", "body", "main"):
        return None
    if tag == "figcaption":
        return Region.CAPTION
    if tag == "footer" and in_article:
        return Region.META
    if tag in _CHROME_TAGS or role in _CHROME_ROLES or _is_hidden(element):
        return Region.CHROME
    if tag == "header" and not in_article:
        return Region.CHROME
    return _named_region(names(element), in_article)


@lru_cache(8192)
def _named_region(name: str, in_article: bool) -> Region | None:
    if not name:
        return None
    if _CAPTION_WORDS.search(name):
        return Region.CAPTION
    if _STORY_FOOTER.search(name):
        return Region.META
    if _CHROME_WORDS.search(name) and not BODY_WORDS.search(name):
        return Region.CHROME
    if not in_article and (_SITE_HEADER.search(name) or (_HEADER_WORD.search(name) and not _STORY_WORD.search(name))):
        return Region.CHROME
    if _META_WORDS.search(name):
        return Region.META
    return None


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "") is not None
