"""Why an article is found: each part of a query and the words of the article that it matches, at the highest level it does so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from newsspider.search.expression import Address, Days, Field, Phrase, Prefix, Value, Word, alternatives, wanted
from newsspider.search.query import Query
from newsspider.search.results import Level, Matched
from newsspider.search.weights import FIELDS
from newsspider.text import Token, analyse, grams

SHARED = 0.5  # of a word's 4-grams; a word with fewer of them is not said to be like it

Analysed = Sequence[tuple[str, list[Token]]]
Texts = Mapping[Field, Sequence[str]]  # the texts of each field: one of a title, several tags


def why(query: Query, texts: Texts) -> tuple[tuple[Matched, ...], tuple[str, ...]]:
    """What of the query's words, phrases and beginnings is found in the texts, and which of them are not."""
    matched: list[Matched] = []
    missing: list[str] = []
    for part in dict.fromkeys((*query.words, *wanted(query.required))):
        if isinstance(part, Value | Address | Days):
            continue
        found = [match for field in _fields(part) for match in _find(part, field, texts.get(field, ()))]
        matched += found
        if all(match.level is Level.GRAMS for match in found):
            missing.append(asked(part))
    return tuple(matched), tuple(missing)


def asked(part: Word | Phrase | Prefix) -> str:
    """The part as a user may type it."""
    if isinstance(part, Phrase):
        return f'"{" ".join(part.words)}"'
    return part.exact if isinstance(part, Word) else f"{part.start}*"


def _fields(part: Word | Phrase | Prefix) -> Iterator[Field]:
    yield from (part.field,) if part.field else FIELDS


def _find(part: Word | Phrase | Prefix, field: Field, texts: Sequence[str]) -> Iterator[Matched]:
    for level, forms in _levels(part, [(text, analyse(text)) for text in texts]):
        if forms:
            yield Matched(asked(part), field, level, tuple(dict.fromkeys(forms)))
            return


def _levels(part: Word | Phrase | Prefix, texts: Analysed) -> Iterator[tuple[Level, list[str]]]:
    if isinstance(part, Phrase):
        yield Level.PHRASE, _forms(part, texts)
        return
    words = [(text[token.start : token.end], token) for text, tokens in texts for token in tokens]
    if isinstance(part, Prefix):
        yield Level.PREFIX, [form for form, token in words if token.exact.startswith(part.start)]
        return
    yield Level.EXACT, [form for form, token in words if token.exact == part.exact]
    if part.stem:
        yield Level.STEM, _forms(part, texts)
        yield Level.SYNONYM, [form for other in alternatives(part) for form in _forms(other, texts)]
        pieces = set(grams(part.exact))
        yield Level.GRAMS, [form for form, token in words if token.stem and len(pieces & set(grams(token.exact))) >= SHARED * len(pieces)]


def _forms(part: Word | Phrase, texts: Analysed) -> list[str]:
    """The places of a phrase, or of a word by its stem, as they stand in the texts."""
    if isinstance(part, Word):
        return [text[token.start : token.end] for text, tokens in texts for token in tokens if token.stem == part.stem]
    size = len(part.words)
    return [
        text[run[0].start : run[-1].end]
        for text, tokens in texts
        for run in (tokens[at : at + size] for at in range(len(tokens) - size + 1))
        if tuple(token.exact for token in run) == part.words
    ]
