"""The three demo sites: what each is called, where it announces its articles, and how it prints dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsspider.demo.calendars import DateStyle
from newsspider.demo.content import DemoPage, Kind, load_pages


@dataclass(frozen=True, slots=True)
class Site:
    """One site. Its templates, with the source file that fits it, lie in templates/`name`.

    `listing` is the address of one page of the list of all articles, `{}` being its number; the first is also the home page. An `endless` list
    always offers a next page and repeats the last one for ever.
    """

    name: str
    title: str
    timezone: ZoneInfo
    feed: str
    feed_size: int
    feed_type: str
    header: DateStyle
    styles: tuple[DateStyle, ...]
    listing: str
    page_size: int
    endless: bool = False
    modified: DateStyle | None = None
    sitemaps: bool = False  # a news sitemap, and an index of it and a compressed one of older articles
    amp: bool = False  # every article has an AMP variant under /amp
    robots: str | None = None  # None: the site has no robots.txt

    def pages(self, edition: int) -> tuple[DemoPage, ...]:
        return load_pages(self.name, self.timezone, edition)

    def articles(self, edition: int) -> list[DemoPage]:
        return [page for page in self.pages(edition) if page.kind is Kind.ARTICLE]

    def listed(self, edition: int) -> list[tuple[str, DemoPage]]:
        """What the list of all articles shows, with the address it shows it under: articles, further addresses, then what should not be there."""
        articles = self.articles(edition)
        others = [page for page in self.pages(edition) if "listing" in page.announced]
        again = [(path, page) for page in articles for path in page.also]
        return [(page.path, page) for page in articles] + again + [(page.path, page) for page in others]

    def fed(self, edition: int) -> list[DemoPage]:
        """What the feed announces: the newest articles, those it names by their AMP variant, then what should not be there."""
        return unique(
            self.articles(edition)[: self.feed_size],
            (page for page in self.articles(edition) if page.amp_in_feed),
            (page for page in self.pages(edition) if "feed" in page.announced),
        )


def unique(*groups: Iterable[DemoPage]) -> list[DemoPage]:
    return list({page.path: page for group in groups for page in group}.values())


SHAM = Site(
    name="sham",
    title="مرايا الشام",
    timezone=ZoneInfo("Asia/Damascus"),
    feed="/rss.xml",
    feed_size=8,
    feed_type="application/rss+xml",
    header=DateStyle("{weekday} {day2} / {gulf} / {year}", arabic_digits=True),
    styles=(
        DateStyle("{weekday} {day} {levant} {year} - {time}"),
        DateStyle("نشر في: {day} {levant} {year} | {time}"),
        DateStyle("{weekday} {day} {levant} {year}", arabic_digits=True),
        DateStyle("{day} {levant}/{gulf} {year}، {time}"),
    ),
    listing="/latest/{}.html",
    page_size=10,
    robots="User-agent: *\nDisallow: /print/\nDisallow: /search\n",
)
MAGHREB = Site(
    name="maghreb",
    title="جريدة الضفتين",
    timezone=ZoneInfo("Africa/Tunis"),
    feed="/atom.xml",
    feed_size=5,
    feed_type="application/atom+xml",
    header=DateStyle("{weekday} {day2} {tunisia} {year}"),
    styles=(
        DateStyle("{weekday} {day2} {tunisia} {year} على الساعة {time}"),
        DateStyle("نُشر يوم {day} {tunisia} {year}"),
        DateStyle("{weekday} {day} {morocco} {year} - {time}"),
        DateStyle("{day2} {tunisia} {year} | {time}"),
        DateStyle("نشر بتاريخ {day} {morocco} {year}"),
    ),
    listing="/page/{}/",
    page_size=6,
    endless=True,
    modified=DateStyle("تحيين: {day} {tunisia} {year} - {time}"),
)
KHALEEJ = Site(
    name="khaleej",
    title="مرافئ الخليج",
    timezone=ZoneInfo("Asia/Riyadh"),
    feed="/feed",
    feed_size=6,
    feed_type="application/rss+xml",
    header=DateStyle("{weekday} {hijri_day} {hijri_month} {hijri_year} هـ الموافق {day} {gulf} {year} م"),
    styles=(
        DateStyle("{weekday} {hijri_day} {hijri_month} {hijri_year}هـ - {day} {gulf} {year}م"),
        DateStyle("{hijri_day} {hijri_month} {hijri_year} هـ الموافق {day} {gulf} {year} م - {time}"),
        DateStyle("{day2}-{month2}-{year} | {hijri_day} {hijri_month} {hijri_year}"),
    ),
    listing="/الأحدث/{}",
    page_size=12,
    sitemaps=True,
    amp=True,
    robots="User-agent: *\nDisallow: /account/\n\nSitemap: {origin}/sitemap.xml\n",
)
SITES = {site.name: site for site in (SHAM, MAGHREB, KHALEEJ)}
