"""All that can be set, section by section, with limits and descriptions (docs/settings.md is made from them)."""

from __future__ import annotations

import base64
import ipaddress
import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

MIB = 1 << 20
DURATIONS = {"m": 60, "h": 3600, "d": 86400}


def _filled_in(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value().startswith("${"):
        raise ValueError("is a reference that nothing filled in")
    return secret


def _matching(pattern: str, what: str) -> AfterValidator:
    """Accepts the empty text and what `pattern` fits whole."""

    def check(value: str) -> str:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(f"must be {what}")
        return value

    return AfterValidator(check)


def _network(value: str) -> str:
    ipaddress.ip_network(value)
    return value


WebAddress = Annotated[str, _matching(r"https?://[^\s/]\S*", "an address that begins with http:// or https://")]
Contact = Annotated[str, _matching(r"[^\s@]+@[^\s@]+|https?://[^\s/]\S*", "a mail address or one that begins with http:// or https://")]
MailAddress = Annotated[str, _matching(r"[^\s@<>]+@[^\s@<>]+", "a mail address")]
DatabaseUrl = Annotated[
    str,
    _matching(
        r"[a-z][a-z0-9+]*://\S+",
        "a database URL such as sqlite:////srv/newsspider.db or postgresql+psycopg://newsspider@db.example/newsspider",
    ),
]
Fingerprint = Annotated[
    str, _matching(r"[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}", "a SHA-256 fingerprint: 64 hex digits, colons between or not")
]
Network = Annotated[str, AfterValidator(_network)]
Duration = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}[mhd]$")]  # a whole number with m, h or d
Seconds = Annotated[float, Field(ge=0)]
Days = Annotated[float, Field(ge=0, le=36_500)]  # a century: no calendar goes back by any number
Secret = Annotated[SecretStr, AfterValidator(_filled_in)]


def seconds(duration: str) -> int:
    """Of a Duration."""
    return int(duration[:-1]) * DURATIONS[duration[-1]]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False)


class CrawlConfig(Section):
    """How sites are visited."""

    contact: Contact = Field(
        "",
        description="Web or mail address at which a site can reach you; part of the user agent. Required before the first crawl of a site that is not on loopback.",
    )
    concurrency: int = Field(16, ge=1, le=256, description="Requests at once, over all sites of a run.")
    concurrency_per_site: int = Field(1, ge=1, le=16, description="Requests at once to one site.")
    delay: Seconds = Field(1.0, description="Seconds between two requests to one site; from its answer, where it is asked one at a time.")
    autothrottle: bool = Field(True, description="Lengthen the delay of a site that answers slowly.")
    timeout: float = Field(30.0, gt=0, description="Seconds until a download is given up.")
    dns_timeout: float = Field(10.0, gt=0, description="Seconds until a name look-up is given up.")
    max_page_bytes: int = Field(
        10 * MIB, ge=1024, description="Longest page in bytes, after decompression; longer ones are cut off and fail."
    )
    retries: int = Field(2, ge=0, le=10, description="Further tries after a failed download.")
    retry_after_wait: Seconds = Field(
        300.0,
        description="Longest Retry-After, in seconds, that a run waits for; a longer one ends the site's run and is kept for the next.",
    )
    max_crawl_delay: Seconds = Field(
        30.0, description="Longest Crawl-delay of robots.txt that is kept; a site that asks for more is skipped with a message."
    )
    revisit: list[Duration] = Field(
        ["1h", "6h", "1d", "7d"],
        description="Ages at which an article is visited again, counted from when it was first seen: whole numbers with m, h or d. Articles "
        "published before the last of them are not. Empty: never.",
    )
    full_fetch_days: Days = Field(
        7.0, description="A page last fetched whole longer ago than this is fetched whole again, whatever its site says of changes."
    )
    extract_timeout: float = Field(
        10.0, gt=0, description="Seconds that reading one page may take; a feed, sitemap or listing, six times as many."
    )
    extract_workers: int = Field(
        0, ge=0, le=64, description="Processes that read pages; 0: one fewer than the machine's cores, one to four."
    )
    depth: int = Field(10, ge=1, description="Longest chain of discovery pages.")
    max_pages: int = Field(20_000, ge=1, description="Most pages of one source in one run.")
    max_age_days: int = Field(
        0,
        ge=0,
        le=36_500,
        description="Articles that are older than so many days, as their feed, sitemap or address says, are not visited; 0: all are.",
    )
    max_hours: float = Field(6.0, gt=0, description="Longest run in hours.")
    memory_mib: int = Field(1024, ge=64, description="A run that needs more memory than this is stopped cleanly.")
    respect_robots: bool = Field(True, description="Obey robots.txt.")
    verify_certificates: bool = Field(True, description="Refuse TLS certificates that do not verify.")
    proxy: WebAddress = Field(
        "",
        description="HTTP proxy for all crawling; empty: none, whatever the environment says. A proxy resolves names itself, so the address guard cannot see them.",
    )


class NetConfig(Section):
    """Which addresses may be reached."""

    allow_networks: list[Network] = Field(
        [], description="Networks (CIDR) that may be reached though they are not public, such as 127.0.0.0/8 for tests."
    )
    hosts: dict[str, str] = Field(
        {}, description='Static host map: name = "address" or "address:port"; looked up before DNS. The address still has to be allowed.'
    )


class SourcesConfig(Section):
    """Where source files lie."""

    folder: Path = Field(Path("sources"), description="Your own source files; they override builtin ones of the same name.")
    builtin: bool = Field(True, description="Offer the source files that come with newsspider.")


class StoreConfig(Section):
    """The system of record."""

    url: DatabaseUrl = Field(
        "",
        description="URL of the store: sqlite:////path or, for several machines, postgresql+psycopg://user@host/database; empty: newsspider.db in the data folder.",
    )
    min_free_mib: int = Field(
        200,
        ge=0,
        description="A crawl stops, with exit code 75, when the store's disk has less free than this; the next one goes on with it.",
    )
    ledger_days: Days = Field(
        365,
        description="Days that runs are kept with the ledgers of their addresses, but of each source the newest run; 0: for ever.",
    )
    messages_days: Days = Field(30, description="Days that delivered messages and notices that have ended are kept; 0: for ever.")
    dead_letters_days: Days = Field(
        0,
        description="Days that dead letters are kept; each that is dropped is logged. 0: for ever, until they are retried or dropped by hand.",
    )


class EngineConfig(Section):
    """The search engine."""

    url: WebAddress = Field("", description="Address of Elasticsearch; empty: the embedded engine in the data folder.")
    index: str = Field(
        "ns-articles", pattern=r"^[a-z0-9][a-z0-9_\-]{0,80}$", description="Name of the index, or of the alias on Elasticsearch."
    )
    api_key: Secret = Field(SecretStr(""), description="API key of Elasticsearch (secret).")
    username: str = Field("", description="User of Elasticsearch, where no API key is used.")
    password: Secret = Field(SecretStr(""), description="Password of that user (secret).")
    ca_file: Path | None = Field(None, description="Certificate authority of Elasticsearch's certificate (PEM).")
    fingerprint: Fingerprint = Field(
        "", description="SHA-256 fingerprint of Elasticsearch's certificate, in place of ca_file; nothing else of it is then verified."
    )
    shards: int = Field(1, ge=1, le=1024, description="Primary shards of a new index on Elasticsearch; each is good for about 40 GB.")
    replicas: int | None = Field(
        None, ge=0, le=10, description="Copies of each shard of a new index; empty: one as soon as there is a second node."
    )
    refresh: float = Field(
        1.0, ge=0.1, le=60, description="Seconds after which what was indexed on Elasticsearch can be found, in a new index."
    )
    timeout: float = Field(10.0, gt=0, description="Seconds until a request to the engine is given up.")
    search_timeout: float = Field(5.0, gt=0, description="Seconds until a search on Elasticsearch is given up.")

    @model_validator(mode="after")
    def _one_trust(self) -> Self:
        if self.ca_file and self.fingerprint:
            raise ValueError("engine.ca_file and engine.fingerprint are both set; keep one of them")
        return self

    @model_validator(mode="after")
    def _password_is_there(self) -> Self:
        if self.username and not self.password.get_secret_value():
            raise ValueError("engine.password is missing: set NEWSSPIDER_ENGINE_PASSWORD or NEWSSPIDER_ENGINE_PASSWORD_FILE")
        return self


class IndexConfig(Section):
    """Delivery to the engine."""

    during_crawl: bool = Field(
        True, description="Deliver during a crawl; false where `newsspider index sync --follow` does it in a process of its own."
    )
    batch_documents: int = Field(500, ge=1, le=500, description="Most documents in one batch; at most two batches are under way.")
    batch_bytes: int = Field(5 * MIB, ge=1024, le=5 * MIB, description="Most bytes in one batch; a single larger document goes alone.")
    interval: Seconds = Field(2.0, description="Seconds between two deliveries during a crawl.")
    wait: Seconds = Field(30.0, description="Seconds that a crawl's end waits for its changes to be searchable.")
    word_lists: Path | None = Field(
        None, description="Folder with word lists of your own; a file there takes the place of the one that comes with newsspider."
    )


class ScheduleConfig(Section):
    """Crawling by itself."""

    sources_at_once: int = Field(8, ge=1, le=64, description="Sources that one process crawls at a time.")
    look_every: float = Field(5.0, gt=0, le=300, description="Seconds after which `schedule run` looks again which sources are due.")


class ArchiveConfig(Section):
    """The archive of fetched pages."""

    enabled: bool = Field(False, description="Keep every fetched article page as WARC.")
    max_file_bytes: int = Field(256 * MIB, ge=MIB, description="Size at which a new archive file is begun.")
    keep_days: Days = Field(0, description="Archive files last written longer ago are dropped at the end of a crawl; 0: never.")
    max_bytes: int = Field(
        0, ge=0, description="Most bytes of all archive files together; the oldest are dropped at the end of a crawl. 0: no limit."
    )


class WebConfig(Section):
    """The web page and API."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0: a free one.")
    token: Secret = Field(
        SecretStr(""), description="The owner's access token (secret); empty: one is made at the first start and kept in the data folder."
    )
    searches_per_minute: int = Field(60, ge=1, description="Most searches of one user a minute, in the long run; a third of them at once.")
    exports_per_hour: int = Field(2, ge=1, description="Most exports of one user an hour.")


class AlertsConfig(Section):
    """Alerts of saved searches, and notices to the operators."""

    every: float = Field(
        60.0, gt=0, description="Seconds between two rounds of `newsspider schedule run`: new articles looked for, messages sent."
    )
    timeout: float = Field(15.0, gt=0, description="Seconds until a webhook's answer, or a mail server's, is given up.")
    webhook_url: WebAddress = Field("", description="Where notices to the operators are posted; empty: nowhere.")
    webhook_secret: Secret = Field(
        SecretStr(""), description="Signs what is posted there (secret): whsec_ and 24 to 64 random bytes in base64."
    )

    @field_validator("webhook_secret")
    @classmethod
    def _signs(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        with suppress(ValueError):  # it is no base64
            if not text or (text.startswith("whsec_") and 24 <= len(base64.b64decode(text[6:], validate=True)) <= 64):
                return secret
        raise ValueError("must be whsec_ and 24 to 64 bytes in base64; this makes one: echo whsec_$(openssl rand -base64 32)")

    @model_validator(mode="after")
    def _secret_is_there(self) -> Self:
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError(
                "alerts.webhook_secret is missing: set NEWSSPIDER_ALERTS_WEBHOOK_SECRET or NEWSSPIDER_ALERTS_WEBHOOK_SECRET_FILE"
            )
        return self


class MailConfig(Section):
    """The server that mail is sent through."""

    host: str = Field("", description="Name or address of the mail server (SMTP); empty: no mail is sent.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: str = Field(
        "starttls", pattern="^(starttls|tls|none)$", description="starttls, tls from the first byte, or none, for a server on this machine."
    )
    username: str = Field("", description="User there; empty: without signing in.")
    password: Secret = Field(SecretStr(""), description="Password of that user (secret).")
    sender: MailAddress = Field("", description="Address that mail comes from; empty: newsspider at the name of this machine.")
    to: list[MailAddress] = Field([], description="Who gets notices to the operators by mail.")

    @model_validator(mode="after")
    def _server_is_there(self) -> Self:
        if self.to and not self.host:
            raise ValueError("mail.host is missing: mail to these addresses needs a server to send it through")
        return self


class LogConfig(Section):
    """What is written while running."""

    level: str = Field("WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe message that is shown.")
    json_lines: bool = Field(False, description="One JSON object a line instead of text.")


class Config(BaseSettings):
    """Everything that can be set. Immutable; made by `load_config`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, validate_default=True)

    data_folder: Path = Field(Path("data"), description="Where the store, the embedded index and the archive lie.")
    language: Literal["ar", "en"] = Field(
        "ar", description="Language of notices, by mail, webhook and feed, and of the pages for who has chosen none: ar or en."
    )
    crawl: CrawlConfig = CrawlConfig()
    net: NetConfig = NetConfig()
    sources: SourcesConfig = SourcesConfig()
    store: StoreConfig = StoreConfig()
    engine: EngineConfig = EngineConfig()
    index: IndexConfig = IndexConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    archive: ArchiveConfig = ArchiveConfig()
    web: WebConfig = WebConfig()
    alerts: AlertsConfig = AlertsConfig()
    mail: MailConfig = MailConfig()
    log: LogConfig = LogConfig()

    @field_validator("data_folder")
    @classmethod
    def _expanded(cls, value: Path) -> Path:
        return value.expanduser()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # load_config merges file and variables itself: it has to know which of them a wrong value came from.
        return (init_settings,)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Itself: Scrapy copies its settings for each crawl."""
        return self

    @property
    def archive_folder(self) -> Path:
        return self.data_folder / "archive"

    @property
    def store_url(self) -> str:
        path = str(self.data_folder.resolve() / "newsspider.db")
        return self.store.url or "sqlite:///" + path.replace("%", "%25").replace("?", "%3F")  # which mean something else in a URL


Location = tuple[str, ...]


def keys() -> dict[Location, Any]:
    """Every key of the configuration, as a path, with its pydantic FieldInfo."""
    found: dict[Location, Any] = {}
    for name, info in Config.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            found.update({(name, key): sub for key, sub in info.annotation.model_fields.items()})
        else:
            found[(name,)] = info
    return found


def without_credentials(url: str) -> str:
    """`url` with what stands before its host masked, and a password among its parameters: a proxy's, the engine's or the store's may carry one."""
    return re.sub(r"(?<=://)[^/\s]*(?=@)|(?<=[?&]password=)[^&\s]+", "********", url)
