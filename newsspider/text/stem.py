"""Stems: light stemming of folded Arabic words, guarded where it would do harm.

As a chain of stock Elasticsearch filters (each step here is one of them, in this order):

1. `stop` with data/stopwords.txt, after folding;
2. names: `stemmer_override` from the commonest forms of a name to `_name_`, then `pattern_replace` of `^(clitics)(name)$` to `_name_`;
3. `pattern_replace` of PREFIXES with nothing;
4. `pattern_replace` of FINAL_ALEF with nothing;
5. `arabic_stem` (light_stem);
6. `pattern_replace` of FINAL_TEH with nothing;
7. `stemmer_override` from the stems of broken plurals to those of their singulars, and another from other forms of a name to its first.

Patterns cost an index more time than all else, so each looks first at a letter that few words have there, and matches only where something goes.

Steps 3 to 7 never touch a `_name_`: no rule begins or ends with an underscore.
"""

from __future__ import annotations

import re
from functools import cache

from newsspider.text.fold import fold
from newsspider.text.names import names
from newsspider.text.wordlists import alternatives, listed_lines, listed_words, of_the_lists

_ENDINGS = "ي?(?:ه|ا|وا|ان|ين|ون|ات|ت)?(?:ه|ها|هم|هما|نا|ك|كم|ي)?"
_OWN_INITIALS = alternatives(map(fold, listed_words("initials.txt")))
PREFIXES = re.compile(
    r"^(?:ال(?:(?=.{2})|(?=[0-9]))"
    rf"|(?=[بفكلوي])(?:[وف]?[بلك]?(?={_OWN_INITIALS}{_ENDINGS}$)"  # لاعب, للاعب
    r"|(?:و(?:ل?ال|[بفك]ال|لل)|ف(?:ب?ال|لل)|[بك]ال|لل)(?=.{2})"
    r"|[وف]?(?:[بك]?ال|لل|[بلك])?(?=[0-9])"  # و30, بال15
    r"|و(?=.{3})(?:[بل](?=.{4}))?(?:ي(?=.{3}))?|[بل](?=.{4})(?:ي(?=.{3}))?|ي(?=.{3})))"
)
_PREFIX_LETTERS = "وفبلكاي"
FINAL_ALEF = re.compile(r"ا$(?<=.{2}[^ه]ا)")  # the tanwin of شكرا
FINAL_TEH = re.compile(r"ت$(?<=.{3}ت)")
_LIGHT_PREFIXES = ("ال", "وال", "بال", "كال", "فال", "لل", "و")
_LIGHT_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي")


def light_stem(word: str) -> str:
    """Light stemming as Lucene's ArabicStemmer does it: the first prefix that fits goes, then each suffix in turn; two letters stay, three
    after a single و. (Larkey, Ballesteros, Connell: Light Stemming for Arabic Information Retrieval, 2007.)"""
    if word.startswith(_LIGHT_PREFIXES):
        for prefix in _LIGHT_PREFIXES:
            if word.startswith(prefix) and len(word) >= max(len(prefix) + 2, 4):
                word = word[len(prefix) :]
                break
    if word.endswith(_LIGHT_SUFFIXES):
        for suffix in _LIGHT_SUFFIXES:
            if word.endswith(suffix) and len(word) >= len(suffix) + 2:
                word = word[: -len(suffix)]
    return word


def stem(word: str) -> str | None:
    """The stem of a folded word; None for a stop word and for no word at all."""
    if not word or word in stop_words():
        return None
    if name := names().stem(word):
        return name
    stemmed = by_rules(word)
    return plurals().get(stemmed, stemmed)


def by_rules(word: str) -> str:
    """The stem of a folded word by steps 3 to 6."""
    if word[0] in _PREFIX_LETTERS:
        word = PREFIXES.sub("", word, count=1)
    if word.endswith("ا"):
        word = FINAL_ALEF.sub("", word)
    word = light_stem(word)
    return FINAL_TEH.sub("", word) if word.endswith("ت") else word


@of_the_lists
@cache
def plurals() -> dict[str, str]:
    """Stems of broken plurals to those of their singulars."""
    table: dict[str, str] = {}
    for line in listed_lines("plurals.txt"):
        singular, *others = (by_rules(fold(word)) for word in line)
        table |= {other: singular for other in others if other != singular}
    return table


def roots(stem: str) -> set[str]:
    """Runs of letters of which every folded word with this stem has one: rules only take letters off a word's ends, lists give another's."""
    return {stem, *_listed().get(stem, ())}


@of_the_lists
@cache
def _listed() -> dict[str, set[str]]:
    """Stems that a list gives, to what it gives them to: the forms of a name, the stems of a plural."""
    listed: dict[str, set[str]] = {}
    for form, stem in (*names().bare.items(), *names().articled.items(), *plurals().items()):
        listed.setdefault(stem, set()).add(form)
    return listed


@of_the_lists
@cache
def stop_words() -> frozenset[str]:
    """The stop words, folded."""
    return frozenset(map(fold, listed_words("stopwords.txt")))
