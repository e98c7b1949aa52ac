"""The language of a text. Several languages share the Arabic script; their frequent words and own letters tell them apart without a model."""

from __future__ import annotations

import re
from collections import Counter

from newsspider.text.codes import language_code

SAMPLE = 6_000  # characters
_ARABIC_SCRIPT = re.compile("[\u0620-\u064a\u0671-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")

# Frequent words that are no words, or rare ones, in the others (as printed, without harakat).
_FREQUENT = {
    "ar": "في من على إلى الى أن ان التي الذي عن مع هذا هذه ما لا كان كانت بين قد بعد كما أو وقال قال خلال عام لم ذلك وفي ومن هو هي فى اللي مش يوم اليوم",
    "fa": "از به که در را این است آن برای با های می شد شده کرد کرده خود یک هم تا اما بر بود شود باید ها نیز است. وی دارد",
    "ur": "کے کی میں ہے کا اور سے کو نے پر ہیں کہ اس یہ گیا تھا بھی جس ہو ایک لیے کر تھے رہا ہوئے انہوں نہیں",
    "ps": "د په چې ته کې او دی له سره یې هم یو وو دي کړي شوي شو کړ خو باندې کړه",
    "ckb": "لە بە کە بۆ ئەو ئەم دەکات هەر ئەوە بوو لەگەڵ ئێستا بەڵام دەستی کوردستان هەیە نەک",
    "ug": "ۋە بىلەن ئۈچۈن بۇ بىر دېگەن ئۇ ئۇيغۇر قىلىپ كېيىن بولغان",
    "sd": "جي ۾ کي ۽ جو آهي سان تي جا هن کان به آهن ته",
}
_KEYBOARD = str.maketrans("یکى", "يكي")  # Persian typed on an Arabic keyboard, Egyptian spelling
_WORDS = {language: frozenset(words.translate(_KEYBOARD).split()) for language, words in _FREQUENT.items()}
# Letters that no Arabic word has, but for a few names.
_FOREIGN = re.compile("[پچژگکیٹڈڑںےہھۆێەڵڕڤۊېۍځڅښږګڼۇۈۋڭڄڃڻڙٺٽڀٻ]")


def detect(text: str, stated: str = "", expected: str = "ar") -> str | None:
    """A language code, None when the text is too short to tell and nothing is stated. `stated` is the page's own word for it.

    What a page states is believed only where the script cannot tell: Arabic pages are often marked as English.
    """
    sample = text[:SAMPLE]
    letters = len(_LETTER.findall(sample))
    script = len(_ARABIC_SCRIPT.findall(sample))
    if script and script >= 0.35 * letters:
        return _of_arabic_script(sample, script) or _code(stated)
    code = _code(stated)
    return code if letters < 40 or (code and code not in _WORDS) else _by_model(sample)


def _code(stated: str) -> str | None:
    return language_code(stated.strip().replace("_", "-").partition("-")[0])


def _of_arabic_script(sample: str, script: int) -> str | None:
    counts = Counter(_WORD.findall(sample.translate(_KEYBOARD)))
    found = {language: sum(counts[word] for word in words) for language, words in _WORDS.items()}
    best = max(found, key=lambda language: found[language])
    foreign = len(_FOREIGN.findall(sample)) / script
    if found[best] == 0:
        return "ar" if foreign < 0.02 else None
    if best != "ar" and foreign < 0.02 and found[best] < 2 * found["ar"]:  # words that mean something else in Arabic
        return "ar"
    if best == "ar" and foreign > 0.08 and found["ar"] < 3 * max(count for language, count in found.items() if language != "ar"):
        return max((language for language in found if language != "ar"), key=lambda language: found[language])
    return best


def _by_model(sample: str) -> str:
    from py3langid import langid  # loads a model: only for texts in other scripts

    language: str = langid.classify(sample)[0]
    return language
