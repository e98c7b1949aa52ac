"""What the API answers and the page shows of an article: the decision on its date, its versions with what changed, its family."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from pydantic import Field

from newsspider.dedupe import Kind, changed_fields, differences
from newsspider.items import Precision, StoredArticle
from newsspider.store import Address, Family, Revision
from newsspider.web.views import Located, Text, View


class EvidenceView(View):
    kind: Text
    raw: Text
    place: Text
    role: Text
    in_article: bool | None


class RejectionView(View):
    evidence: EvidenceView
    reason: Text
    value: Text | None


class PublicationView(View):
    """The decision on the date. All its times are null when nothing could be trusted; `reason` says why in any case."""

    published_at: datetime | None
    published_day: date | None
    precision: Precision | None
    modified_at: datetime | None
    confidence: float
    reason: Text
    winner: EvidenceView | None
    rejected: list[RejectionView]


class AddressView(Located):
    first_seen_at: datetime


class StretchView(View):
    """A piece of text that two versions have both (`same`), or only the older (`removed`) or the newer one (`added`)."""

    kind: Kind
    text: Text


class ChangesView(View):
    """What the next version changed in this one, word by word."""

    title: list[StretchView]
    text: list[StretchView]

    @property
    def paragraphs(self) -> list[list[StretchView]]:
        """The text's stretches, cut where paragraphs end."""
        cut: list[list[StretchView]] = [[]]
        for stretch in self.text:
            first, *others = stretch.text.split("\n\n")
            cut[-1].append(StretchView(kind=stretch.kind, text=first))
            cut += [[StretchView(kind=stretch.kind, text=part)] for part in others]
        return [[stretch for stretch in paragraph if stretch.text] for paragraph in cut]


class VersionView(View):
    """A version of an article that was superseded; `changes` are the next version's, `changed` names the fields that it changed in more than
    trifles."""

    revision: int
    superseded_at: datetime
    title: Text
    text: Text
    publication: PublicationView
    changes: ChangesView
    changed: list[str]


class MemberView(Located):
    """An article of the same story. `changed` is how many per cent of its words differ from the first-seen member's, from 0 to 100."""

    article_id: Text
    source: Text
    title: Text
    first_seen_at: datetime
    publication: PublicationView
    changed: float


class FamilyView(View):
    """The articles that tell the same story in nearly the same words, in the order of their times; `agency` is the one that they name as theirs."""

    id: Text
    agency: Text | None
    members: list[MemberView]


class ArticleView(Located):
    """An article as the store holds it now. `text` is paragraphs parted by a blank line."""

    id: Text
    source: Text
    title: Text
    text: Text = Field(validation_alias="body")
    summary: Text | None
    authors: list[Text]
    section: Text | None
    tags: list[Text]
    image_url: Text | None
    canonical_url: Text | None
    signature: Text | None
    language: Text | None
    country: Text | None
    timezone: Text
    first_seen_at: datetime
    fetched_at: datetime
    updated_at: datetime
    revision: int
    family_id: Text
    publication: PublicationView
    revisions: list[VersionView]
    addresses: list[AddressView]
    family: FamilyView

    @classmethod
    def of(cls, article: StoredArticle, revisions: list[Revision], addresses: list[Address], family: Family) -> Self:
        versions = [*(old.article for old in revisions), article]
        known = {name: getattr(article, name) for name in StoredArticle.__slots__}
        return cls.model_validate(
            known
            | {
                "revisions": [_version(old, new) for old, new in zip(revisions, versions[1:], strict=True)],
                "addresses": addresses,
                "family": family,
            }
        )


def _version(old: Revision, new: StoredArticle) -> VersionView:
    was = old.article
    return VersionView(
        revision=was.revision,
        superseded_at=old.superseded_at,
        title=was.title,
        text=was.body,
        publication=PublicationView.model_validate(was.publication),
        changes=ChangesView(title=_stretches(was.title, new.title), text=_stretches(was.body, new.body)),
        changed=changed_fields(was, new),
    )


def _stretches(old: str, new: str) -> list[StretchView]:
    return [StretchView.model_validate(stretch) for stretch in differences(old, new)]
