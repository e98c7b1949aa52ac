"""`newsspider.text`'s analysis as a chain of stock Elasticsearch filters: the patterns and word lists that mapping.json leaves open."""

from __future__ import annotations

import itertools
from typing import Any

from newsspider.text.analysis import JOINED
from newsspider.text.fold import DECOMPOSED, fold
from newsspider.text.letters import FOLDING
from newsspider.text.names import ARTICLES, CONJUNCTIONS, PREPOSITIONS, Names, names
from newsspider.text.stem import FINAL_ALEF, FINAL_TEH, PREFIXES, plurals, stop_words
from newsspider.text.wordlists import alternatives

# Lucene takes emoji for words, and what parts words only by being there (a zero-width space) is gone before it looks.
NO_WORDS = r"\u200b|[#*]\ufe0f?\u20e3|[\p{IsEmoji}&&[^0-9#*\p{IsAlphabetic}]]"


def complete(analysis: dict[str, Any]) -> None:
    """Fill in the `analysis` settings of mapping.json."""
    characters, filters = analysis["char_filter"], analysis["filter"]
    characters["parted"]["pattern"] = f"{JOINED.pattern}|{NO_WORDS}"
    folding = [(written, fold(written)) for written, _ in DECOMPOSED] + [(chr(code), to or "") for code, to in FOLDING.items()]
    characters["folding"]["mappings"] = [f"{written} => {folded}" for written, folded in folding]
    filters["stop_words"]["stopwords"] = sorted(stop_words())
    filters["names"]["pattern"], filters["name_forms"]["rules"] = name_rules(names())
    filters["plurals"]["rules"] = [f"{plural} => {singular}" for plural, singular in sorted(plurals().items())]
    for name, pattern in (("prefixes", PREFIXES), ("final_alef", FINAL_ALEF), ("final_teh", FINAL_TEH)):
        filters[name]["pattern"] = pattern.pattern


def name_rules(known: Names) -> tuple[str, list[str]]:
    """`Names.stem` in two filters: the pattern that takes the clitics off a name and marks it as `_name_`, and the overrides that lead every
    form of a name to its first.

    A form that is one name as it stands and another after an article cannot be told apart once its clitics are gone: its words are kept from
    the pattern and are overrides of their own.
    """
    bare, articled = alternatives(known.bare), alternatives(known.articled)
    forms = {f"_{form}_": stem for form, stem in (known.articled | known.bare).items()}
    overrides = {form: stem for form, stem in forms.items() if form != stem}
    kept = set(known.never)
    for form in known.bare.keys() & known.articled.keys():
        if known.bare[form] != known.articled[form]:
            words = [conjunction + article + form for conjunction, article in itertools.product(CONJUNCTIONS, ARTICLES)]
            overrides |= {word: stem for word in words if (stem := known.stem(word))}
            kept.update(words)
    # The order is that of Names.stem: as it stands, after an article, after a preposition; then the same after a conjunction.
    clitics = f"(?:({bare})|(?:{'|'.join(ARTICLES)})({articled})|[{PREPOSITIONS}]({bare}))"
    pattern = f"^(?!(?:{alternatives(kept)})$)(?:{'|'.join(CONJUNCTIONS)}){clitics}$"
    return pattern, [f"{form} => {stem}" for form, stem in sorted(overrides.items())]
