"""From a fetched page to an Article: decoded and parsed once, read by the parts of this package, judged by the gate."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from newsspider.extract import appdata, document, evidence, jsonld, selectors
from newsspider.extract.body import MAX_BODY, Body, read_body
from newsspider.extract.container import common_ancestor, find_container, line_above, story_lines
from newsspider.extract.details import clean_authors, read_details
from newsspider.extract.document import TooComplex
from newsspider.extract.encoding import UNDECODABLE_SHARE, decode
from newsspider.extract.gate import SECTION_WORDS, Findings, judge
from newsspider.extract.headline import choose_title, find_headline, find_named, sites_in_titles, without_site
from newsspider.extract.language import detect
from newsspider.extract.metadata import Metadata, absolute, read_metadata, split_url
from newsspider.extract.outline import Line, Outline, outline
from newsspider.extract.page import Extraction, Hints, Page, Reason
from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole
from newsspider.text import clean_text

LEAST_SHOWN = 500  # characters: a page that shows less may hold its text in its data


def extract_page(page: Page, hints: Hints) -> Extraction:
    """The article of a page and whether it is one. Never raises for anything a server can send."""
    article = Article(page.url, hints.source, page.fetched_at, "", "", hints.timezone, hints.country)
    article.evidence = list(hints.link.evidence) if hints.link else []
    if not document.is_html(page.body, page.headers.get("content-type", "")):
        return Extraction(False, Reason.NOT_HTML, article)
    decoded = decode(page.body, page.headers)
    if decoded.broken > UNDECODABLE_SHARE:
        return Extraction(False, Reason.UNDECODABLE, article)
    try:
        reason = _Reading(document.parse(decoded.text), page, hints, article).read()
    except TooComplex:
        return Extraction(False, Reason.TOO_COMPLEX, article)
    return Extraction(reason is Reason.ARTICLE, reason, article)


@dataclass(slots=True)
class _Story:
    """The story's place in the tree."""

    page: Outline
    headline: HtmlElement | None
    container: HtmlElement | None
    lines: list[Line]


class _Reading:
    """Reads one parsed page into `article`."""

    def __init__(self, root: HtmlElement, page: Page, hints: Hints, article: Article) -> None:
        self.root, self.page, self.hints, self.article = root, page, hints, article
        chosen = hints.selectors
        for selector in chosen.remove if chosen else ():
            for element in selectors.elements(root, selector):
                element.drop_tree()
        self.data: Metadata = read_metadata(root, page.url)
        self.has_player = next(root.iter("video", "audio", "iframe", "object", "embed"), None) is not None
        self.app_data = appdata.scripts(root)
        document.strip_silent(root)
        body = root.find("body")
        self.top = body if body is not None else root

    def read(self) -> Reason:
        data, article, url = self.data, self.article, self.page.url
        sites = data.site_names()
        stated = [*data.titles(), *([self.hints.link.title] if self.hints.link and self.hints.link.title else [])]
        story = self._find_story(stated, sites)
        article.title = choose_title(story.headline, stated, sites, data.sections(), url)
        span = _span(story)
        details = read_details(data, self.root, story.page, url, article.title, span)
        article.authors, article.section, article.tags = details.authors, details.section, details.tags
        article.image_url, article.canonical_url, article.summary = details.image_url, details.canonical_url, details.summary
        known = [*article.authors, *filter(None, [article.section])]
        sites += sites_in_titles(stated, article.title)
        body = read_body(story.lines, article.title, known, sites)
        body = self._stated_body(body, [article.title, *stated], known, sites)
        article.body = body.text
        article.signature = body.signature or details.agency
        article.authors = article.authors or clean_authors(body.authors, sites)
        self._apply_selectors(sites, known)
        self._add_link()
        article.evidence = self._evidence(story)
        if len(article.body) >= MAX_BODY:
            raise TooComplex(f"a text of more than {MAX_BODY} characters")
        article.language = detect(f"{article.title}\n{article.body or _all_text(story.page)}", data.html_language, self.hints.language)
        return judge(
            Findings(
                data, self.root, story.page, story.container, article.title, article.body, url,
                article.language, self.hints.language, self.has_player, article.authors, article.evidence,
            )
        )  # fmt: skip

    def _find_story(self, stated: list[str], sites: list[str]) -> _Story:
        headline = find_headline(self.top, stated, sites)
        page = outline(self.top, headline, split_url(self.page.url).hostname or "")
        container = find_container(page, self.top, headline)
        if headline is None and container is not None:
            bare = [without_site(text, sites, self.page.url) for text in stated]
            headline = line_above(page, container, bare)
            if headline is None and not any(len(title.split()) > SECTION_WORDS for title in bare):
                headline = find_named(self.top, sites)
        lines = story_lines(page, container, self.top, headline) if container is not None else []
        return _Story(page, headline, container, lines)

    def _stated_body(self, body: Body, titles: list[str], known: list[str], sites: list[str]) -> Body:
        """The text read, or that of JSON-LD or the page's own data where the page itself shows hardly any of it (it is filled in by scripts)."""
        stated = jsonld.text(self.data.article.get("articleBody")) if self.data.article else None
        if stated is None and len(body.text) < LEAST_SHOWN:
            stated = appdata.story(self.app_data, titles)
        if not stated or len(body.text) >= 0.3 * len(stated):
            return body
        if "<" not in stated:
            return Body(clean_text(stated)[:MAX_BODY], body.signature, body.authors)
        return read_body(outline(document.parse(f"<div>{stated}</div>")).lines, titles[0], known, sites)

    def _apply_selectors(self, sites: list[str], known: list[str]) -> None:
        chosen, article, root = self.hints.selectors, self.article, self.root
        if chosen is None:
            return
        if titles := selectors.values(root, chosen.title):
            article.title = titles[0]
        if bodies := selectors.elements(root, chosen.body):
            lines = [line for element in bodies for line in outline(element).lines]
            read = read_body(lines, article.title, known, sites)
            article.body, article.signature = read.text, read.signature
        article.authors = clean_authors(selectors.values(root, chosen.authors), sites) or article.authors
        article.section = next(iter(selectors.values(root, chosen.section)), article.section)
        article.tags = selectors.values(root, chosen.tags) or article.tags
        article.image_url = absolute(next(iter(selectors.values(root, chosen.image)), None), self.page.url) or article.image_url

    def _add_link(self) -> None:
        """What the feed or sitemap said, where the page says nothing."""
        link = self.hints.link
        if link:
            self.article.title = self.article.title or clean_text(link.title or "")
            self.article.section = self.article.section or link.section
            self.article.authors = self.article.authors or clean_authors(link.authors)

    def _evidence(self, story: _Story) -> list[DateEvidence]:
        chosen = self.hints.selectors
        selected = [
            DateEvidence(EvidenceKind.SELECTOR, text[: evidence.MAX_RAW], "selector date", EvidenceRole.PUBLISHED, True)
            for text in selectors.values(self.root, chosen.date if chosen else None)[:3]
        ]
        scope = story.container
        if scope is not None and story.headline is not None:
            around = common_ancestor(story.headline, scope)
            scope = around if around is not self.top else scope.getparent()
        position = evidence.Position(story.page, story.headline, story.lines, scope)
        return evidence.unique(
            [
                *selected,
                *evidence.page_evidence(self.data, self.page.url, self.page.headers),
                *evidence.shown_evidence(self.root, position),
                *self.article.evidence,
            ]
        )


def _span(story: _Story) -> tuple[int, int]:
    """The lines from the headline to the container's end."""
    spans = [
        story.page.spans[element] for element in (story.headline, story.container) if element is not None and element in story.page.spans
    ]
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else (0, 0)


def _all_text(page: Outline) -> str:
    return "\n".join(line.text for line in page.lines)[:20_000]
