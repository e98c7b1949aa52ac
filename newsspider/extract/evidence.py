"""Date evidence: every date that the page offers, with its kind and place. Nothing is parsed or decided here (newsspider.dates does that)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import unquote

from lxml.html import HtmlElement

from newsspider.extract import jsonld, wording
from newsspider.extract.metadata import Metadata, split_url
from newsspider.extract.outline import Kind, Line, Outline, ancestors
from newsspider.extract.regions import Region, names
from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole
from newsspider.text import clean_text, fold

MAX_RAW = 200
MAX_VISIBLE = 20
MAX_DATED = 500  # short texts with a date that are looked at
MAX_TIMES = 30
ABOVE, BELOW = 3, 4  # lines before the headline and behind the text that may still be the article's
MAX_LINE = 250  # characters of a line that may be a date line

PUBLISHED, MODIFIED, UNKNOWN = EvidenceRole.PUBLISHED, EvidenceRole.MODIFIED, EvidenceRole.UNKNOWN

_NODE_FIELDS = {"datePublished": PUBLISHED, "dateCreated": UNKNOWN, "dateModified": MODIFIED, "uploadDate": UNKNOWN}
_PUBLISHED_META = frozenset(
    """article:published_time article:published og:published_time og:article:published_time datepublished pubdate publishdate publish-date publish_date
    published published-date published_date published_time dc.date.issued dcterms.issued dc.issued parsely-pub-date sailthru.date
    cxenseparse:recs:publishtime cxenseparse:publishtime article_date_original article.published rnews:datepublished bt:pubdate shareaholic:article_published_time""".split()
)
_MODIFIED_META = frozenset(
    """article:modified_time article:modified og:updated_time og:modified_time datemodified lastmod last-modified last_modified lastmodified modified
    revised dcterms.modified dc.date.modified article:updated_time updated updated_time""".split()
)
_DATE_IN_NAME = re.compile(r"date|time(?!zone)|created|issued", re.IGNORECASE)

_URL_DATES = (
    (re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-](0?[1-9]|1[0-2])[/_-](0?[1-9]|[12]\d|3[01])(?!\d)"), "{0}-{1:0>2}-{2:0>2}"),
    (re.compile(r"/((?:19|20)\d\d)(?:/[^/\d][^/]*)+/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?=/)"), "{0}-{1:0>2}-{2:0>2}"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=\d{0,10}(?!\d))"), "{0}-{1}-{2}"),
    (re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])-(0?[1-9]|1[0-2])-((?:19|20)\d\d)(?!\d)"), "{2}-{1:0>2}-{0:0>2}"),
    (re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?=/)"), "{0}-{1:0>2}"),
)
# A label begins a part of its own: "published: … | last update: …".
_LABEL = re.compile(
    r"(?:تاريخ النشر|وقت النشر|ن[\u064f]?شرت?|[آاأ]خر تحديث|تاريخ التحديث|تاريخ التعديل|تحديث|تحيين|محدثة|published|last updated?|updated|modified)",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"^.{0,60}?(?:[/(\[]|[-–—:])")


class Position:
    """Where the story lies among the page's lines: the headline's index, and the first and the last line of its text."""

    def __init__(self, page: Outline, headline: HtmlElement | None, story: Sequence[Line], scope: HtmlElement | None) -> None:
        self.page = page
        order = {id(line): index for index, line in enumerate(page.lines)}
        indexes = [order[id(line)] for line in story if id(line) in order]
        self.start = min(indexes, default=0)
        self.end = max(indexes, default=0)
        self.headline = page.spans[headline][0] if headline is not None and headline in page.spans else self.start
        self.scope = scope
        self.known = bool(indexes)

    def is_in_article(self, index: int, line: Line) -> bool:
        """False for the page's chrome, teasers, and whatever lies outside the element around headline and text."""
        if line.region not in (None, Region.META):
            return False
        if _names_other_story(line):
            return False
        if not self.known or self.scope is None:
            return line.region is Region.META
        inside = any(element is self.scope for element in ancestors(line.element))
        if self.headline <= index <= self.end:
            return inside or index < self.start
        return inside and index - self.headline >= -ABOVE and index - self.end <= BELOW

    def is_body(self, index: int, line: Line) -> bool:
        """True for the story's running text, whose dates are those of events."""
        return self.known and self.start <= index <= self.end and line.region is None and index not in (self.start, self.end)


def page_evidence(data: Metadata, url: str, headers: Mapping[str, str]) -> Iterator[DateEvidence]:
    """What head, JSON-LD, address and HTTP header state."""
    yield from _from_nodes(data)
    yield from _from_meta(data)
    if of_url := url_date(url):
        yield of_url
    if modified := headers.get("last-modified"):
        yield DateEvidence(EvidenceKind.HEADER, clean_text(modified)[:MAX_RAW], "HTTP Last-Modified", MODIFIED)


def shown_evidence(root: HtmlElement, position: Position) -> Iterator[DateEvidence]:
    """What the page shows: microdata, <time> elements and short texts that hold a date, the nearest to the headline first."""
    line_of = _lines_by_element(position.page)
    yield from _from_elements(root, position, line_of)
    found = (item for index, line in enumerate(position.page.lines) for item in _from_line(index, line, position))
    candidates = list(islice(found, MAX_DATED))
    candidates.sort(key=lambda item: (not item.in_article, item.distance))
    yield from candidates[:MAX_VISIBLE]


def unique(evidence: Iterable[DateEvidence]) -> list[DateEvidence]:
    """Each once: the same text of the same kind and role says nothing new, unless it stands in a better place."""
    seen: dict[tuple[object, ...], DateEvidence] = {}
    for item in evidence:
        if item.raw:
            seen.setdefault((item.kind, item.raw, item.role, item.in_article), item)
    return list(seen.values())


def _from_nodes(data: Metadata) -> Iterator[DateEvidence]:
    for node in data.nodes:
        kinds = jsonld.types(node)
        own = node is data.article
        if not own and not kinds & (jsonld.ARTICLE_TYPES | jsonld.VIDEO_TYPES | {"webpage", "itempage"}):
            continue
        for key, role in _NODE_FIELDS.items():
            for raw in jsonld.texts(node.get(key), "@value"):
                # another story's object on this page says nothing of this one
                other = not own and bool(kinds & jsonld.ARTICLE_TYPES)
                place = f"{'other ' if other else ''}{_type_name(node)}.{key}"
                yield DateEvidence(EvidenceKind.JSONLD, clean_text(raw)[:MAX_RAW], place, role, False if other else None)


def _type_name(node: jsonld.Node) -> str:
    return (jsonld.text(node.get("@type")) or "object").rpartition("/")[2][:40]


def _from_meta(data: Metadata) -> Iterator[DateEvidence]:
    for name, contents in data.meta.items():
        if name in _PUBLISHED_META:
            role = PUBLISHED
        elif name in _MODIFIED_META:
            role = MODIFIED
        elif _DATE_IN_NAME.search(name) and not name.startswith(("itemprop", "viewport")):
            role = UNKNOWN
        else:
            continue
        for content in contents[:3]:
            if any(map(str.isdigit, content)) and len(content) <= MAX_RAW:
                yield DateEvidence(EvidenceKind.META, clean_text(content), f"meta {name}", role)


def url_date(url: str) -> DateEvidence | None:
    """The day (2025-01-22) or month (2025-01) that an address names."""
    parts = split_url(url)
    path = unquote(parts.path) + ("/?" + unquote(parts.query) if parts.query else "/")
    for pattern, form in _URL_DATES:
        if found := pattern.search(path):
            return DateEvidence(EvidenceKind.URL, form.format(*found.groups()), f"url {found[0]}")
    return None


def _from_elements(root: HtmlElement, position: Position, line_of: Mapping[HtmlElement, int]) -> Iterator[DateEvidence]:
    """<time> and microdata of the story; those of comments and other stories are marked as outside."""
    dated = root.xpath(
        "//time | //*[@itemprop='datePublished' or @itemprop='dateCreated' or @itemprop='dateModified' or @itemprop='uploadDate']"
    )
    for element in dated[:MAX_TIMES]:
        prop = element.get("itemprop") or ""
        text = " ".join("".join(element.itertext()).split())
        raw = clean_text(element.get("datetime") or element.get("content") or element.get("title") or text)[:MAX_RAW]
        if not any(map(str.isdigit, raw)):
            continue
        index = next((line_of[outer] for outer in ancestors(element) if outer in line_of), None)
        inside = position.is_in_article(index, position.page.lines[index]) if index is not None else None
        if element.tag == "meta" and index is None:
            inside = None
        around = " ".join((text, names(element), prop))
        role = _NODE_FIELDS.get(prop) or _role(around)
        place = f"<{element.tag}{f' itemprop={prop}' if prop else ''}{f' class={name[:40]}' if (name := element.get('class')) else ''}>"
        distance = abs(index - position.headline) if index is not None else 0
        yield DateEvidence(EvidenceKind.TIME, raw, place, role, inside, distance)


def _lines_by_element(page: Outline) -> dict[HtmlElement, int]:
    """Block elements that hold lines, with their first line's index."""
    return {element: start for element, (start, end) in page.spans.items() if end > start}


def _from_line(index: int, line: Line, position: Position) -> Iterator[DateEvidence]:
    if position.is_body(index, line):
        return
    is_first = position.known and index == position.start
    text = line.text
    if len(text) > MAX_LINE:
        found = _DATELINE.match(text) if is_first else None
        if not found:
            return
        text = text[:120]
    if not wording.has_date(text):
        return
    inside = position.is_in_article(index, line)
    if line.kind is Kind.HEADING and index == position.headline:
        return
    distance = abs(index - position.headline)
    place = _place(line)
    if is_first and line.is_prose:
        place = f"dateline: {place}"
    for part in _parts(text):
        yield DateEvidence(EvidenceKind.VISIBLE, clean_text(part)[:MAX_RAW], place, _role(part), inside, distance)


def _parts(text: str) -> list[str]:
    """The text cut before each label, when every part would still hold a date; else whole."""
    starts = sorted({0, *(match.start() for match in _LABEL.finditer(text))})
    parts = [text[start:end].strip(" |-–—•") for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    parts = [part for part in parts if part]
    dated = [part for part in parts if wording.has_date(part)]
    bare = [part for part in parts if not any(map(str.isdigit, part))]
    return dated if len(dated) > 1 and len(dated) + len(bare) == len(parts) else [text]


def _role(text: str) -> EvidenceRole:
    folded = fold(text)
    if wording.UPDATED.search(folded):
        return MODIFIED
    return PUBLISHED if wording.PUBLISHED.search(folded) else UNKNOWN


def _names_other_story(line: Line) -> bool:
    """True for a link whose text is a date and a headline: a teaser, the next story."""
    for link in line.links:
        outer = link if len(line.text.split()) <= 6 else None
        if outer is not None and len("".join(link.itertext()).split()) > len(line.text.split()) + 3:
            return True
    return False


def _place(line: Line) -> str:
    """Where a line stands, for a person: region and the two innermost elements."""
    path = []
    for element in list(ancestors(line.element))[:2]:
        name = (element.get("class") or element.get("id") or "").split()
        path.append(element.tag + (f".{name[0][:40]}" if name else ""))
    where = line.region.value + " > " if line.region else ""
    return where + " > ".join(reversed(path))
