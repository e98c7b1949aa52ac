"""`newsspider.text`'s analysis as a chain of stock Elasticsearch filters: the patterns and word lists that mapping.json leaves open."""

from __future__ import annotations

import itertools
from typing import Any

import regex

from newsspider.text.analysis import JOINED
from newsspider.text.fold import DECOMPOSED, fold
from newsspider.text.letters import FOLDING
from newsspider.text.names import ARTICLES, CONJUNCTIONS, Names, names
from newsspider.text.stem import FINAL_ALEF, FINAL_TEH, PREFIXES, plurals, stop_words
from newsspider.text.wordlists import alternatives

_EMOJI = regex.compile(r"[\p{Emoji}--[0-9#*]--\p{Alphabetic}]", regex.V1)


def complete(analysis: dict[str, Any]) -> None:
    """Fill in the `analysis` settings of mapping.json."""
    characters, filters = analysis["char_filter"], analysis["filter"]
    characters["parted"]["pattern"] = JOINED.pattern
    folding = {chr(code): to or "" for code, to in FOLDING.items()} | {written: fold(written) for written, _ in DECOMPOSED}
    folding |= dict.fromkeys(_no_words(), " ")
    characters["folding"]["mappings"] = [f"{_escaped(written)} => {_escaped(to)}" for written, to in folding.items()]
    filters["stop_words"]["stopwords"] = sorted(stop_words())
    filters["names"]["rules"], filters["clitics"]["pattern"], forms = name_rules(names())
    filters["plurals"]["rules"], filters["forms"]["rules"] = _rules(plurals()), _rules(forms)
    for name, pattern in (("prefixes", PREFIXES), ("final_alef", FINAL_ALEF), ("final_teh", FINAL_TEH)):
        filters[name]["pattern"] = pattern.pattern


def _no_words() -> list[str]:
    """What Lucene takes for words and is none, emoji, and what parts words only by being there, which folding would take away before it looks."""
    keycaps = [key + variation + "\u20e3" for key in "#*" for variation in ("", "\ufe0f")]
    return ["\u200b", *keycaps, *_EMOJI.findall("".join(map(chr, range(0x80, 0x20000))))]


def _escaped(text: str) -> str:
    """What the rules of a mapping would read as their own, in their escapes."""
    return "".join(f"\\u{ord(letter):04x}" if letter in " #" else letter for letter in text)


def name_rules(known: Names) -> tuple[list[str], str, dict[str, str]]:
    """`Names.stem` in three filters: overrides of the commonest words, which need no pattern; the pattern that takes other clitics off a name
    and marks it as `_name_`; and, for after the stemming, which form of a name leads to which other.

    The overrides also have every word that the pattern would get wrong.
    """
    listed = [before + form for before, form in itertools.product(("", "و"), known.bare)]
    listed += [before + form for before, form in itertools.product(("ال", "وال"), known.articled)]
    # One name as it stands and another after an article: once its clitics are gone, they cannot be told apart.
    twofold = [form for form in known.bare.keys() & known.articled.keys() if known.bare[form] != known.articled[form]]
    listed += [conjunction + article + form for conjunction, article, form in itertools.product(CONJUNCTIONS, ARTICLES, twofold)]
    listed += ["ف" + form for form in known.bare if form.startswith(ARTICLES)]  # a name as it stands comes before one after an article
    commonest = {word: name for word in listed if (name := known.stem(word))}
    bare, articled = alternatives(known.bare), alternatives(known.articled)
    never = f"(?!(?:{alternatives(known.never)})$)" if known.never else ""
    pattern = f"^(?=[بفكلو]){never}(?:(?:[وف]?(?:[بك]ال|لل)|فال)({articled})|(?:[وف]?[بلك]|ف)({bare}))$"
    forms = {marked: name for form, name in (known.articled | known.bare).items() if (marked := f"_{form}_") != name}
    return _rules(commonest), pattern, forms


def _rules(overrides: dict[str, str]) -> list[str]:
    """The rules of a `stemmer_override`, one for all words that lead to the same."""
    ordered = sorted(overrides.items(), key=lambda override: override[::-1])
    return [f"{', '.join(word for word, _ in words)} => {to}" for to, words in itertools.groupby(ordered, lambda override: override[1])]
