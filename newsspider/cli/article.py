"""`newsspider article`: one stored article, for reading; its family, its versions, and what each edit changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from newsspider.cli import console
from newsspider.cli.options import AsJson
from newsspider.errors import StoreError
from newsspider.items import Precision, Publication, StoredArticle

if TYPE_CHECKING:
    from newsspider.dedupe import Stretch
    from newsspider.store import Family, Revision

group = typer.Typer(no_args_is_help=True, help="Read stored articles.")

_TIMES = (Precision.SECOND, Precision.MINUTE, Precision.HOUR)
# As wdiff marks them, so that they can be told without colours.
_MARKS = {"removed": ("[-", "-]", "red strike"), "added": ("{+", "+}", "green bold"), "same": ("", "", "")}
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="article")


@group.command()
def show(
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="Any of the article's addresses, or its id.")],
    revisions: Annotated[bool, typer.Option("--revisions", help="List the versions, and what changed with each.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what each edit changed, word by word: [-removed-] and {+added+}.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print an article as it is now: text, date with its evidence, and the family of those who tell the same story. Exits with 1 when there is none."""
    from newsspider.store import Store

    with Store.open(console.config().store_url, create=False) as store:
        article = store.article(what)
        if article is None:
            raise StoreError(
                f"{what}: there is no such article; `newsspider search` finds some, `newsspider trace URL` tells what became of an address"
            )
        old = store.revisions(article.id)
        family = store.family(article.id)
        addresses = [address.url for address in store.addresses(article.id)]
    versions = [*(revision.article for revision in old), article]
    if as_json:
        console.print_json(_as_object(article, old, family, addresses))
    elif diff:
        _print_edits(versions)
    elif revisions:
        _print_versions(versions)
    else:
        _print_article(article, family, addresses)


def _print_article(article: StoredArticle, family: Family | None, addresses: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    facts = {
        "title": article.title,
        "published": _published(article.publication),
        "because": _evidence(article.publication),
        "source": article.source,
        "signed": article.signature,
        "authors": "، ".join(article.authors),
        "section": article.section,
        "addresses": "\n".join(addresses),
        "id": article.id,
        "first seen": _utc(article.first_seen_at),
        "gone": article.gone_at and f"the site has it no more since {_utc(article.gone_at)}",
        "versions": article.revision > 1 and f"{article.revision}; --diff shows the edits",
    }
    for name, value in facts.items():
        if value:
            table.add_row(name, Text(str(value), overflow="fold"))
    console.out.print(table)
    console.out.print()
    console.out.print(Text(article.body))
    if family and len(family.members) > 1:
        console.out.print()
        _print_family(article, family)


def _print_family(article: StoredArticle, family: Family) -> None:
    agency = f", by {family.agency}" if family.agency else ""
    console.out.print(f"{len(family.members)} articles tell this story{agency}:")
    rows = []
    for member in family.members:
        changed = "first seen" if member.article_id == family.id else f"{member.changed:.0f} %"
        here = "this one" if member.article_id == article.id else member.url
        rows.append((_published(member.publication), member.source, changed, member.title, here))
    console.print_table(("published", "source", "changed", "title", "address"), rows)


def _print_versions(versions: Sequence[StoredArticle]) -> None:
    rows = []
    for before, version in zip([None, *versions], versions, strict=False):
        changed = _changed(before, version) if before else "first seen"
        rows.append((str(version.revision), _utc(version.updated_at), changed, _published(version.publication), version.title))
    console.print_table(("version", "found (UTC)", "changed", "published", "title"), rows)


def _print_edits(versions: Sequence[StoredArticle]) -> None:
    from newsspider.dedupe import differences

    for before, version in pairwise(versions):
        console.out.print(f"version {version.revision}, {_utc(version.updated_at)} UTC: {_changed(before, version)}", style="bold")
        fields = {
            "title": (before.title, version.title),
            "date": (_published(before.publication), _published(version.publication)),
            "authors": ("، ".join(before.authors), "، ".join(version.authors)),
            "body": (before.body, version.body),
        }
        for name, (old, new) in fields.items():
            for line in _changed_lines(differences(old, new)) if old != new else ():
                console.out.print(line if name == "body" else Text(f"{name}: ") + line, soft_wrap=True)
        console.out.print()
    if len(versions) == 1:
        console.out.print("there is one version")


def _changed(before: StoredArticle, version: StoredArticle) -> str:
    from newsspider.dedupe import changed_fields

    return ", ".join(changed_fields(before, version)) or "details"


def _changed_lines(stretches: Sequence[Stretch]) -> Iterator[Text]:
    """The lines in which something differs, marked; a single … where others were left out."""
    skipped = False
    for line, differs in _lines(stretches):
        if differs:
            yield Text(console.RIGHT_TO_LEFT if _RIGHT_TO_LEFT.search(line.plain) else "") + line
        elif line.plain.strip() and not skipped:
            yield Text("…")
        skipped = not differs and (skipped or bool(line.plain.strip()))


def _lines(stretches: Sequence[Stretch]) -> Iterator[tuple[Text, bool]]:
    line, differs = Text(), False
    for kind, text in stretches:
        opening, closing, style = _MARKS[kind]
        for number, piece in enumerate(text.split("\n")):
            if number:
                yield line, differs
                line, differs = Text(), False
            if piece.strip() and kind != "same":
                bare = piece.strip()
                line += Text.assemble(
                    piece[: piece.index(bare)], (f"{opening}{bare}{closing}", style), piece[piece.index(bare) + len(bare) :]
                )
                differs = True
            else:
                line.append(piece)
    yield line, differs


def _published(publication: Publication) -> str:
    if publication.published_at is None or publication.published_day is None:
        return "unknown"
    if publication.precision in _TIMES:
        return publication.published_at.isoformat(" ", "minutes")
    return publication.published_day.isoformat()


def _evidence(publication: Publication) -> str:
    found = publication.winner
    stood = f"{found.kind} {found.place}: «{found.raw}»; " if found else ""
    return f"{stood}{publication.reason}, confidence {publication.confidence:.2f}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _as_object(article: StoredArticle, old: Sequence[Revision], family: Family | None, addresses: Sequence[str]) -> dict[str, Any]:
    """The article as it is exported, with what only the store can tell beside it."""
    from newsspider.dedupe import changed_fields
    from newsspider.export import article_as_json

    versions = [*(revision.article for revision in old), article]
    return article_as_json(article) | {
        "addresses": list(addresses),
        "family": family and _family_as_object(family),
        "revisions": [
            article_as_json(revision.article)
            | {"superseded_at": revision.superseded_at.isoformat(), "changed_next": changed_fields(revision.article, following)}
            for revision, following in zip(old, versions[1:], strict=True)
        ],
    }


def _family_as_object(family: Family) -> dict[str, Any]:
    members = [
        {
            "id": member.article_id,
            "source": member.source,
            "url": member.url,
            "title": member.title,
            "signature": member.signature,
            "published": None if member.publication.published_at is None else _published(member.publication),
            "first_seen_at": member.first_seen_at.isoformat(),
            "changed_percent": round(member.changed, 1),
        }
        for member in family.members
    ]
    return {"id": family.id, "agency": family.agency, "members": members}
