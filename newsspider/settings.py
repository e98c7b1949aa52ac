"""Scrapy's settings, derived from the configuration. Names classes as dotted paths and imports no Scrapy.

Code calls `scrapy_settings(config)`. Scrapy's own commands read this module's upper-case attributes (scrapy.cfg names it): they are made when they
are read, from newsspider.toml and NEWSSPIDER_* variables, so that importing the module reads nothing.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from newsspider import __version__
from newsspider.config import MIB, Config, load_config
from newsspider.errors import ConfigError


def scrapy_settings(config: Config) -> dict[str, Any]:
    """All settings that differ from Scrapy's defaults; NEWSSPIDER_CONFIG is `config` itself, for our own components."""
    return _PROJECT | _components() | _politeness(config) | _limits(config) | _safety(config) | {"NEWSSPIDER_CONFIG": config}


def user_agent(contact: str) -> str:
    """What sites see: name, version and how to reach whoever crawls."""
    return f"newsspider/{__version__} (+{contact})" if contact else f"newsspider/{__version__}"


_PROJECT: dict[str, Any] = {
    "BOT_NAME": "newsspider",
    "SPIDER_MODULES": ["newsspider.spiders"],
    "NEWSPIDER_MODULE": "newsspider.spiders",
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "TWISTED_REACTOR_ENABLED": True,
    "LOG_SHORT_NAMES": True,
}


def _components() -> dict[str, Any]:
    own, scrapy = "newsspider.middlewares", "scrapy.downloadermiddlewares"
    return {
        # In the order of requests; responses and errors pass the other way.
        "DOWNLOADER_MIDDLEWARES": {
            f"{own}.reading.Reading": 10,
            f"{own}.offsite.Offsite": 50,
            f"{own}.robots.RobotsTxt": 100,
            f"{own}.conditional.ConditionalGet": 510,
            f"{own}.retry.Retry": 550,
            f"{own}.redirect.MetaRefresh": 580,
            f"{own}.compression.Compression": 590,
            f"{own}.redirect.Redirect": 600,
            f"{own}.proxy.ConfiguredProxy": 750,
            f"{own}.pauses.Pauses": 890,
            f"{own}.guard.AddressGuard": 900,
            # Replaced by those above.
            f"{scrapy}.offsite.OffsiteMiddleware": None,
            f"{scrapy}.robotstxt.RobotsTxtMiddleware": None,
            f"{scrapy}.retry.RetryMiddleware": None,
            f"{scrapy}.redirect.MetaRefreshMiddleware": None,
            f"{scrapy}.httpcompression.HttpCompressionMiddleware": None,
            f"{scrapy}.redirect.RedirectMiddleware": None,
            f"{scrapy}.httpproxy.HttpProxyMiddleware": None,
            # Not wanted.
            f"{scrapy}.httpauth.HttpAuthMiddleware": None,
            f"{scrapy}.cookies.CookiesMiddleware": None,
            f"{scrapy}.httpcache.HttpCacheMiddleware": None,
        },
        # Offsite refuses long addresses with a reason; Scrapy's own middleware drops them without a word.
        "SPIDER_MIDDLEWARES": {"scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None},
        "ITEM_PIPELINES": {
            "pipelines.validate.ValidatePipeline": 100,
            "pipelines.dates.DatesPipeline": 200,
            "pipelines.dedupe.DedupePipeline": 300,
            "pipelines.store.StorePipeline": 400,
            "pipelines.index.IndexPipeline": 500,
        },
        "EXTENSIONS": {
            "scrapy.extensions.memusage.MemoryUsage": None,
            "newsspider.extensions.ledger.RunLedger": 100,
            "newsspider.extensions.memory.PresentMemory": 200,
        },
        "SCHEDULER_PRIORITY_QUEUE": f"{own}.turns.HostTurns",
        # The frontier knows what was visited; a filter here would drop redirects without an outcome.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    }


def _politeness(config: Config) -> dict[str, Any]:
    crawl = config.crawl
    return {
        "USER_AGENT": user_agent(crawl.contact),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "ar,*;q=0.5",
        },
        "ROBOTSTXT_OBEY": crawl.respect_robots,
        "CONCURRENT_REQUESTS": crawl.concurrency,
        "CONCURRENT_ITEMS": 1,  # of one response: it has at most one, and Scrapy starts so many tasks for it
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.concurrency_per_site,
        # Without any delay, Scrapy 2.19 sends all that a slot has queued at once, whatever its concurrency.
        "DOWNLOAD_DELAY": crawl.delay or 0.001,
        "DOWNLOAD_DELAY_JITTER": 0,  # no gap is shorter than the delay
        "AUTOTHROTTLE_ENABLED": crawl.autothrottle,
        "AUTOTHROTTLE_START_DELAY": crawl.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "RETRY_TIMES": crawl.retries,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",  # the ledger keeps it
        "RETRY_BACKOFF": 30.0,  # seconds
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
    }


def _limits(config: Config) -> dict[str, Any]:
    crawl = config.crawl
    return {
        "DOWNLOAD_TIMEOUT": crawl.timeout,
        "DNS_TIMEOUT": crawl.dns_timeout,
        "DOWNLOAD_MAXSIZE": crawl.max_page_bytes,
        "DOWNLOAD_WARNSIZE": min(2 * MIB, crawl.max_page_bytes),
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "REDIRECT_MAX_TIMES": 10,
        "METAREFRESH_MAXDELAY": 5,
        "DEPTH_LIMIT": crawl.depth,
        "URLLENGTH_LIMIT": 2048,
        "CLOSESPIDER_PAGECOUNT": crawl.max_pages,
        "CLOSESPIDER_TIMEOUT": crawl.max_hours * 3600,
        "MEMUSAGE_ENABLED": True,
        "MEMUSAGE_LIMIT_MB": crawl.memory_mib,
        "REACTOR_THREADPOOL_MAXSIZE": 20,  # name look-ups and the store share it
    }


def _safety(config: Config) -> dict[str, Any]:
    http = "newsspider.middlewares.handler.HostsInTurn"
    return {
        "TWISTED_DNS_RESOLVER": "newsspider.middlewares.resolver.GuardedResolver",
        "DOWNLOAD_HANDLERS": {"http": http, "https": http, "file": None, "data": None, "ftp": None, "s3": None},
        "DOWNLOAD_VERIFY_CERTIFICATES": config.crawl.verify_certificates,
        "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
        "HTTPPROXY_ENABLED": bool(config.crawl.proxy),
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "JOBDIR": None,
        "LOG_LEVEL": config.log.level,
    }


@cache
def _project() -> dict[str, Any]:
    try:
        return scrapy_settings(load_config())
    except ConfigError as e:
        # Only Scrapy's commands come here, and they would show a traceback.
        print(e, file=sys.stderr)
        raise SystemExit(e.exit_code) from e


def __dir__() -> list[str]:
    return [*(name for name in globals() if not name.isupper()), *_project()]


def __getattr__(name: str) -> Any:
    if name.isupper() and name in _project():
        return _project()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
