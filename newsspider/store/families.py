"""Families: articles that tell one story in nearly the same words, whoever printed them. Decided in the transaction that stores an article.

A text is looked up by its sketch, at most SKETCH x IN_BUCKET rows however large the store is, and then compared with the texts it may be a version
of. A family's id is its first-seen member's; where families join, part or lose that member, those who get another id get new change numbers too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from newsspider.dedupe import Compared, compared, formula, likeness, percent_changed, same_story, sketch, wire_agency
from newsspider.dedupe.resemblance import RELATED, SKETCH
from newsspider.items import Precision, Publication
from newsspider.store.changes import move_change
from newsspider.store.database import Part, Transaction
from newsspider.store.rows import moment, publication_from
from newsspider.store.schema import articles, shingles

IN_BUCKET = 8  # articles that one hash leads to: whoever has it too is like these, or it is a formula that says nothing
CANDIDATES = 12  # compared with

_HASHES = tuple(f"hash{number}" for number in range(SKETCH))
_FOUND = (
    select(shingles.c.hash, articles.c.id, articles.c.family_id, articles.c.source)
    .join(articles, articles.c.id == shingles.c.article_id)
    .where(shingles.c.hash.in_([bindparam(name) for name in _HASHES]))
)
_BODY = select(articles.c.body).where(articles.c.id == bindparam("of_id"))
_PRESENT = select(articles.c.family_id, articles.c.body).where(articles.c.id == bindparam("of_id"))
_REMEMBER = [
    insert(shingles).values([{"hash": bindparam(name), "article_id": bindparam("of_id")} for name in _HASHES[:count]])
    for count in range(SKETCH + 1)
]  # by how many there are: one statement costs less than many
_FORGET = delete(shingles).where(shingles.c.hash == bindparam("of_hash"), shingles.c.article_id == bindparam("of_id"))
_FIRST_SEEN = select(articles.c.first_seen_at).where(articles.c.id == bindparam("of_id"))
_MEMBERS = (
    select(articles.c.id, articles.c.source)
    .where(articles.c.family_id == bindparam("of_family"))
    .order_by(articles.c.first_seen_at, articles.c.id)
)
_SET_FAMILY = (
    update(articles).where(articles.c.id == bindparam("of_id")).values(family_id=bindparam("new_family"), change_no=bindparam("number"))
)


@dataclass(slots=True, frozen=True)
class Member:
    """One article of a family. `changed` is how many per cent of the words differ from the first-seen member's, from 0 to 100."""

    article_id: str
    source: str
    url: str
    title: str
    signature: str | None
    publication: Publication
    first_seen_at: datetime
    changed: float


@dataclass(slots=True, frozen=True)
class Family:
    """`id` is that of the first-seen member; `agency` the news agency that members name as theirs; members are in the order of their times."""

    id: str
    agency: str | None
    members: tuple[Member, ...]


class Families(Part):
    def family(self, article_id: str) -> Family | None:
        """The family of an article, which may be its only member; None when there is no such article.

        Members are ordered by when they were published; where that is unknown, by when they were first seen. A day without a time counts as its
        end, so that it does not pass for the first.
        """
        of_article = select(articles.c.family_id).where(articles.c.id == article_id).scalar_subquery()
        with self._database.read() as tx:
            rows = tx.connection.execute(select(articles).where(articles.c.family_id == of_article)).mappings().all()
        if not rows:
            return None
        first = next(row["body"] for row in rows if row["id"] == row["family_id"])
        members = [
            Member(
                row["id"], row["source"], row["url"], row["title"], row["signature"],
                publication_from(dict(row)), moment(row["first_seen_at"]), percent_changed(first, row["body"]),
            )
            for row in rows
        ]  # fmt: skip
        members.sort(key=lambda member: (_appeared(member), member.first_seen_at, member.article_id))
        return Family(rows[0]["family_id"], wire_agency(member.signature for member in members), tuple(members))


class _Candidate(NamedTuple):
    id: str
    family_id: str
    source: str


class _Match(NamedTuple):
    """A candidate that tells the same story."""

    candidate: _Candidate
    text: Compared
    resemblance: float


def settle_new(tx: Transaction, article_id: str, source: str, body: str, hashes: tuple[int, ...]) -> str | None:
    """The family of a text that is about to be stored, None when it is the first of one; those that it shows to be one family are joined."""
    homes = _homes(_matches(tx, source, body, _look_up(tx, article_id, hashes)))
    return _join(tx, homes) if homes else None


def settle_again(tx: Transaction, article_id: str, source: str, body: str, hashes: tuple[int, ...]) -> None:
    """The article's text is about to become `body`: it stays in its family while it is like a member, else it leaves, and joins where it
    belongs now."""
    family_id, old = tx.run(_PRESENT, of_id=article_id).fetchone()
    _forget(tx, article_id, set(sketch(old)) - set(hashes))
    relatives = [_Candidate(id_, family_id, of) for id_, of in tx.run(_MEMBERS, of_family=family_id).fetchall() if id_ != article_id]
    found = dict.fromkeys([*relatives[:IN_BUCKET], *_look_up(tx, article_id, hashes)])
    matches = _matches(tx, source, body, list(found))
    homes = _homes(matches)
    if any(match.candidate.family_id == family_id for match in matches):
        homes.add(family_id)
    elif relatives:
        _part(tx, article_id, family_id, relatives)
    if homes:
        _join(tx, homes if family_id in homes else {article_id, *homes})


def leave(tx: Transaction, article_id: str) -> None:
    """The article is about to be deleted."""
    if present := tx.run(_PRESENT, of_id=article_id).fetchone():
        family_id, body = present
        _forget(tx, article_id, sketch(body))
        if family_id == article_id:
            others = [id_ for id_, _ in tx.run(_MEMBERS, of_family=family_id).fetchall() if id_ != article_id]
            _move(tx, others, others[0] if others else "")


def _look_up(tx: Transaction, article_id: str, hashes: tuple[int, ...]) -> list[_Candidate]:
    """The articles that share hashes, the most telling first; from now on this article is found by them, too."""
    if not hashes:
        return []
    padded = (*hashes, *(hashes[-1:] * (SKETCH - len(hashes))))
    rows = tx.run(_FOUND, **dict(zip(_HASHES, padded, strict=True))).fetchall()
    in_bucket = Counter(row[0] for row in rows)
    own = {row[0] for row in rows if row[1] == article_id}
    fresh = [value for value in hashes if value not in own and in_bucket[value] < IN_BUCKET]
    if fresh:
        tx.run(_REMEMBER[len(fresh)], of_id=article_id, **dict(zip(_HASHES, fresh, strict=False)))
    shared: dict[_Candidate, float] = defaultdict(float)
    for value, *candidate in rows:
        shared[_Candidate(*candidate)] += 1 / in_bucket[value]  # what few have tells more
    ranked = sorted(shared, key=lambda candidate: shared[candidate], reverse=True)
    return [candidate for candidate in ranked if candidate.id != article_id][:CANDIDATES]


def _matches(tx: Transaction, source: str, body: str, candidates: list[_Candidate]) -> list[_Match]:
    """The candidates that tell the same story, the most alike first."""
    if not candidates:
        return []
    text = compared(body)
    texts = {candidate: compared(tx.run(_BODY, of_id=candidate.id).fetchone()[0]) for candidate in candidates}
    families: dict[str, list[Compared]] = {}
    for candidate, of_candidate in texts.items():
        families.setdefault(candidate.family_id, []).append(of_candidate)
    common = formula(families.values())
    likenesses = [(candidate, of_candidate, likeness(text, of_candidate, common)) for candidate, of_candidate in texts.items()]
    same = [
        _Match(candidate, of_candidate, like.resemblance)
        for candidate, of_candidate, like in likenesses
        if same_story(like, same_source=candidate.source == source)
    ]
    return sorted(same, key=lambda match: match.resemblance, reverse=True)


def _homes(matches: list[_Match]) -> set[str]:
    """The family of the best match, and those of matches that are like it: a text that holds two stories does not make them one."""
    return {
        match.candidate.family_id
        for match in matches
        if match is matches[0] or likeness(match.text, matches[0].text).resemblance >= RELATED
    }


def _join(tx: Transaction, families: set[str]) -> str:
    """Make one family of several; its id."""
    head, *others = sorted(families, key=lambda id_: (tx.run(_FIRST_SEEN, of_id=id_).fetchone()[0], id_))
    for family_id in others:
        _move(tx, [id_ for id_, _ in tx.run(_MEMBERS, of_family=family_id).fetchall()], head)
    return head


def _part(tx: Transaction, article_id: str, family_id: str, others: list[_Candidate]) -> None:
    """Make the article a family of its own."""
    if family_id == article_id:
        _move(tx, [other.id for other in others], others[0].id)
    else:
        _move(tx, [article_id], article_id)


def _move(tx: Transaction, article_ids: Iterable[str], family_id: str) -> None:
    for article_id in article_ids:
        tx.run(_SET_FAMILY, of_id=article_id, new_family=family_id, number=move_change(tx, article_id))


def _forget(tx: Transaction, article_id: str, hashes: Iterable[int]) -> None:
    if rows := [{"of_hash": value, "of_id": article_id} for value in hashes]:
        tx.many(_FORGET, rows)


def _appeared(member: Member) -> datetime:
    published = member.publication
    if published.published_at is None:
        return member.first_seen_at
    if published.precision in (Precision.SECOND, Precision.MINUTE, Precision.HOUR):
        return published.published_at
    return min(published.published_at + timedelta(days=1), max(member.first_seen_at, published.published_at))
