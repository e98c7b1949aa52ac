"""The tables of the store. Migrations make them; a test holds the two equal.

Values are plain numbers and text, converted in `rows`: a time is whole microseconds since 1970 in UTC (`*_at`, and `*_until`, `next_try`),
a day is ISO text, lists and evidence are JSON text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

from newsspider.store.sqlite import no_zeros

REVISION = "0020"  # the newest migration

metadata = MetaData()


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _maybe(name: str) -> Column[Any]:
    return Column(name, Text)


def _number(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


def _big(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _maybe_big(name: str) -> Column[Any]:
    return Column(name, BigInteger)


def _partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


counters = Table("counters", metadata, _key("name"), _big("value"), sqlite_with_rowid=False)

runs = Table(
    "runs",
    metadata,
    _key("id"),
    _text("source"),
    _text("state"),  # running, finished, stopped, limited, failed, degraded
    _text("note"),
    _maybe("facts"),  # that the note tells
    _text("host"),
    _number("pid"),
    _text("started"),
    _big("started_at"),
    _big("heartbeat_at"),
    _maybe_big("ended_at"),
    _number("resumed"),  # how often another process took the run over
    _number("known"),  # announcements that gave no work
    _number("retries"),  # requests that were sent again after a failure
    Index("runs_newest", "started_at"),
    Index("runs_source", "source", "started_at"),
    _partial_index("runs_running", "source", where="state = 'running'", unique=True),
)

ledger = Table(
    "ledger",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id"), primary_key=True),
    _key("url_key"),
    _text("url"),
    _text("kind"),  # article, discovery
    _maybe("outcome"),
    _maybe("reason"),
    _maybe_big("at"),
    _maybe("article_id"),
    Column("fields", Integer),  # of a page that was read as an article, which fields it had: fields.Field
    _partial_index("ledger_open", "run_id", where="outcome IS NULL"),
    Index("ledger_address", "url_key"),
    sqlite_with_rowid=False,
)

frontier = Table(
    "frontier",
    metadata,
    _key("url_key"),
    _text("url"),
    _text("source"),
    _number("rank"),  # 0 discovery page, 1 article: the order of visits
    _maybe("discovery_kind"),
    _number("depth"),
    _maybe("found_on"),
    _text("run_id"),  # the run that has, or had, to visit it
    _text("state"),  # due, leased, done
    _maybe_big("due_at"),  # only while it is to be visited, so that the index has no more than that
    _maybe_big("leased_until"),
    _maybe("owner"),
    _number("attempts"),
    _maybe("outcome"),  # of the last visit
    _maybe_big("next_try"),
    _maybe("etag"),
    _maybe("last_modified"),
    _text("link"),
    _maybe_big("distrusted_at"),  # since when its validators are not believed
    _maybe_big("read_at"),  # when it was last fetched whole, not answered with 304
    _maybe_big("missing_since"),  # an article's: since when the site answers 404 or 410
    _partial_index("frontier_due", "source", "state", "rank", "due_at", where="due_at IS NOT NULL"),
    _partial_index("frontier_retry", "source", "next_try", "outcome", where="next_try IS NOT NULL"),
)

changes = Table(
    "changes",
    metadata,
    _key("article_id"),
    Column("change_no", BigInteger, nullable=False, unique=True),
    Column("deleted", Boolean, nullable=False),
    sqlite_with_rowid=False,
)


def _version() -> list[Column[Any]]:
    """What can differ between two versions of an article; the body last, so that the rest is read without it."""
    return [
        _number("revision"),
        _big("change_no"),
        _text("title"),
        _maybe("summary"),
        _text("authors"),
        _maybe("section"),
        _text("tags"),
        _maybe("image_url"),
        _maybe("canonical_url"),
        _maybe("signature"),
        _text("timezone"),
        _maybe("country"),
        _maybe("language"),
        _maybe_big("published_at"),
        _maybe("precision"),
        _maybe("published_day"),
        _maybe_big("modified_at"),
        Column("confidence", Float, nullable=False),
        _text("date_reason"),
        _text("content_hash"),
        _big("fetched_at"),
        _big("updated_at"),
        _maybe("archive_file"),
        _maybe_big("archive_offset"),
        _maybe("winner"),
        _text("rejected"),
        _text("evidence"),
        _text("body"),
    ]


_LONG_TEXTS = ("title", "authors", "tags", "rejected", "evidence", "body")
VERSION_COLUMNS = [column.name for column in _version()]

articles = Table(
    "articles",
    metadata,
    Column("id", Text, ForeignKey("changes.article_id"), primary_key=True),
    _text("family_id"),
    _text("source"),
    _text("url"),
    _big("first_seen_at"),
    *_version(),
    _maybe_big("gone_at"),  # when it was seen that the site has it no more
    no_zeros(*_LONG_TEXTS),
    Index("articles_content", "content_hash", "source"),
    Index("articles_family", "family_id", "first_seen_at", "id"),
    Index("articles_day", "published_day", "id"),
    Index("articles_coverage", "source", "published_day"),
    Index("articles_seen", "source", "first_seen_at", "published_at", "precision", "revision", "change_no"),  # all that figures are made of
    _partial_index("articles_archive", "archive_file", where="archive_file IS NOT NULL"),
)

shingles = Table(  # the sketches of the articles' texts, by which a text that is nearly the same is found
    "shingles",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    Column("article_id", Text, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    _big("superseded_at"),
    *_version()[1:],
    no_zeros(*_LONG_TEXTS),
    _partial_index("revisions_archive", "archive_file", where="archive_file IS NOT NULL"),
)

addresses = Table(
    "addresses",
    metadata,
    _key("url_key"),
    Column("article_id", Text, ForeignKey("changes.article_id"), nullable=False),  # stays when the article is deleted
    _text("url"),
    _big("first_seen_at"),
    Index("addresses_article", "article_id"),
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _key("index_id"),
    _big("change_no"),
    _big("at"),
    _maybe("problem"),  # why the last delivery left changes pending
)

leases = Table("leases", metadata, _key("name"), _text("host"), _number("pid"), _text("started"), _big("taken_at"), _big("leased_until"))

dead_letters = Table(
    "dead_letters",
    metadata,
    _key("index_id"),
    _key("article_id"),
    _big("change_no"),
    _text("error_type"),
    _text("reason"),
    _big("at"),
)

searches = Table(
    "searches",
    metadata,
    _key("id"),
    _text("name"),
    _text("owner"),
    _text("query"),
    _text("filters"),
    _text("feed_key"),  # who has it may read the search's feeds
    _maybe("webhook_url"),
    _maybe("webhook_secret"),
    _big("created_at"),
    _big("change_no"),  # up to which changes have been looked at for it
    Index("searches_owner", "owner"),
)

alerts = Table(
    "alerts",
    metadata,
    _key("id"),
    Column("search_id", Text, ForeignKey("searches.id", ondelete="CASCADE"), nullable=False),
    _text("family_id"),
    _text("article_id"),
    _big("found_at"),
    UniqueConstraint("search_id", "family_id"),
    Index("alerts_newest", "search_id", "found_at"),
    Index("alerts_article", "article_id", "search_id"),
)

messages = Table(
    "messages",
    metadata,
    _key("id"),
    _text("channel"),  # webhook, mail
    Column("search_id", Text, ForeignKey("searches.id", ondelete="CASCADE")),  # whose webhook it goes to; else the operators'
    _text("body"),
    _text("state"),  # pending, delivered, dead
    _number("attempts"),
    _maybe_big("next_try"),
    _text("error"),  # of the last attempt
    _big("created_at"),
    _maybe_big("ended_at"),
    Index("messages_search", "search_id"),
    Index("messages_state", "state", "created_at"),
    _partial_index("messages_due", "next_try", where="next_try IS NOT NULL"),
)

users = Table("users", metadata, _key("name"), _text("role"), _text("token_digest"), _big("created_at"))  # role: reader, operator

forgotten = Table(
    "forgotten",
    metadata,
    _key("name"),  # what is kept out: an address by its key, or a domain
    _text("asked"),  # the address or domain that was to be forgotten
    _maybe("article_id"),  # the article that the address had
    _big("at"),
    Index("forgotten_asked", "asked"),
    sqlite_with_rowid=False,
)

rests = Table("rests", metadata, _key("host"), _big("not_before"))  # by the database's clock

source_states = Table("source_states", metadata, _key("source"), _text("state"), _text("note"), _text("set_by"), _big("at"))

requests = Table("requests", metadata, _key("source"), _key("action"), _text("asked_by"), _big("asked_at"))  # action: run, retry

notices = Table(
    "notices",
    metadata,
    _key("id"),
    _text("kind"),
    _text("source"),
    _text("subject"),
    _text("text"),
    _text("facts"),
    _big("first_at"),
    _big("last_at"),
    _maybe_big("ended_at"),
    _maybe_big("told_at"),  # when its messages were put into the outbox
    _maybe_big("end_told_at"),  # and those of its end
    Index("notices_first", "first_at"),
    _partial_index("notices_untold", "first_at", where="told_at IS NULL"),
    _partial_index("notices_open", "kind", "source", "subject", where="ended_at IS NULL", unique=True),
)

# A checkpoint's past.
deliveries = Table("deliveries", metadata, _key("index_id"), Column("change_no", BigInteger, primary_key=True), _big("at"))

schedules = Table("schedules", metadata, _key("source"), _text("run_id"), _big("started_at"), _maybe_big("learned_interval"))

outcome_totals = Table("outcome_totals", metadata, _key("source"), _key("kind"), _key("outcome"), _big("number"))  # of runs that have ended
