"""What the store does with the archive: articles read again from it, and references to files that were dropped."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, Select, or_, select, update

from newsspider import clock
from newsspider.items import Article, Outcome, Recorded, StoredArticle
from newsspider.store.database import Part
from newsspider.store.families import settle_again
from newsspider.store.recording import keep_version
from newsspider.store.rows import publication_row, version_row
from newsspider.store.schema import articles, revisions

READ_AGAIN = "read_again"
# What readers see of an article: a change in one of these is a new version. The rest, such as keys and evidence, is replaced where it stands.
SHOWN = (
    "title", "summary", "authors", "section", "tags", "image_url", "canonical_url", "signature", "timezone", "country", "language",
    "published_at", "precision", "published_day", "modified_at", "body",
)  # fmt: skip
_OF_THE_FETCH = ("fetched_at", "updated_at", "archive_file", "archive_offset")


class Archived(Part):
    def revise(self, article: Article, seen: StoredArticle, *, dry_run: bool = False) -> tuple[Recorded, list[str]]:
        """Put what was read anew of a stored page in the place of what was read before; which of the SHOWN fields differ.

        A new version is made only where one does. What was decided before does not count: text and date are those of `article`, and so are
        the authors, unless only earlier pages named them. Nothing is done with `dry_run`, or when the stored article is no longer the one
        that was `seen`. Raises ValueError for an article without keys or publication.
        """
        if article.keys is None or article.publication is None:
            raise ValueError(f"{article.url}: the article lacks its keys or its publication; `intake` computes them")
        now = clock.now()
        new = version_row(article, article.keys, now) | publication_row(article.publication)
        with self._database.write() as tx:
            row = tx.connection.execute(select(articles).where(articles.c.id == seen.id)).mappings().first()
            if row is None or row["revision"] != seen.revision:
                return Recorded(Outcome.UNCHANGED, "same_text", seen.id, None), []
            if not article.authors:
                new["authors"] = tx.connection.scalar(_authors_of_earlier_pages(row)) or new["authors"]
            changed = [name for name in SHOWN if row[name] != new[name]]
            outcome, reason = (Outcome.UPDATED, READ_AGAIN) if changed else (Outcome.UNCHANGED, "same_text")
            kept: dict[str, Any] = {name: value for name, value in new.items() if name not in _OF_THE_FETCH}
            if dry_run or all(row[name] == value for name, value in kept.items()):
                return Recorded(outcome, reason, seen.id, None), changed
            if row["content_hash"] != new["content_hash"]:
                settle_again(tx, seen.id, seen.source, article.body, article.keys.sketch)
            number = keep_version(tx, seen.id, now) if changed else None
            if changed:
                kept |= {"updated_at": new["updated_at"], "revision": seen.revision + 1, "change_no": number}
            tx.connection.execute(update(articles).where(articles.c.id == seen.id).values(kept))
            return Recorded(outcome, reason, seen.id, number), changed

    def forget_archive_file(self, file: str) -> int:
        """Take back every reference to a file of the archive that is to be dropped; how many there were."""
        with self._database.write() as tx:
            done = [
                tx.connection.execute(
                    update(table).where(table.c.archive_file == file).values(archive_file=None, archive_offset=None)
                ).rowcount
                for table in (articles, revisions)
            ]
            return sum(done)


def _authors_of_earlier_pages(row: RowMapping) -> Select[str]:
    """Who is named by the newest version that was read from another page than the present one and names anybody."""
    another = or_(*(revisions.c[name].is_distinct_from(row[name]) for name in ("archive_file", "archive_offset")))
    wanted = select(revisions.c.authors).where(revisions.c.article_id == row["id"], revisions.c.authors != "[]", another)
    return wanted.order_by(revisions.c.revision.desc()).limit(1)
