"""One analysis: the server's chain of stock filters gives the tokens of newsspider.text, level by level."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from es_server import Server
from shared_data import shared

from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch import ElasticsearchEngine
from newsspider.engines.elasticsearch.analysis import name_rules
from newsspider.text import analyse, levels
from newsspider.text.names import ARTICLES, CONJUNCTIONS, PREPOSITIONS, names
from newsspider.text.wordlists import use_word_lists

GAP = 100  # positions that Elasticsearch leaves between two texts of one request
At = tuple[int, str]  # a position and the token there

ODD = [
    "🔴 عاجل | خبر🔴مهم ❤️ 👨‍👩‍👧 🇪🇬 ✔ © ™ 1️⃣ #️⃣ 5⃣ 〰 ㊗ ‼ ℹ Ⓜ",
    "a\u200bb كلمة\u200bكلمة كلمة\u200cكلمة كلمة\u200dكلمة كلمة\u00adكلمة\ufeff \u202bنص\u202c",
    "ـــ كـــتـــاب ـ قًاُّ وَ لَ بِ ـِ\u064b مؤ\u0654من و\u0654ل ي\u0654 ا\u0300 e\u0301 é",
    "١٢٣٫٤٥٦ 1,234.5 3.14 10:30 ٢٠٢٥/٠١/٢٢ ۱۴۰۳ ９９ 𝟙𝟚 \u0600١٢ \u06dd٣",
    "user@example.com http://a.b/c?d=e don't l'homme it’s 'كلمة' \"x\" _كلمة_ __ a_b_ @حساب #وسم_طويل",
    "ﷺ ﷲ ﻻ ﺍﻟﻠﻪ ی ک گ پ چ ڤ ٹ ڑ",
    "الإخوان.المسلمون محمد_علي وزير:قال أ.ب م.ن كوفيد-19 ب15 و30 15م",
    'ΣΑΣ İstanbul STRASSE ẞ ŉ ǰ 日本語 テスト ひらがな 한국어 ภาษาไทย כ״א צה"ל',
    "نص\tنص\r\nنص\x0bنص\x85نص\u2028نص\u3000نص\u00a0نص",
    "س" * 700,
    "كاميرون الكاميرون وللكاميرون بكاميرون وباللبناني فلبنان",
]


@pytest.fixture
def index(elasticsearch: Server, es_prefix: str) -> Iterator[str]:
    engine = ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix))
    elasticsearch.request("PUT", f"{engine.index_id}/_settings", {"index.analyze.max_token_count": 1_000_000})
    yield engine.index_id
    engine.close()


def ours(texts: Sequence[str]) -> dict[str, list[At]]:
    found: dict[str, list[At]] = {level: [] for level in levels("")}
    first = 0
    for text in texts:
        for level, tokens in levels(text).items():
            found[level] += [(first + position, token) for position, token in tokens]
        first += len(analyse(text)) + GAP
    return found


def differences(server: Server, index: str, texts: Sequence[str]) -> list[str]:
    """What the server makes of the texts and we do not, or the other way round, a line each."""
    lines = []
    for level, mine in ours(texts).items():
        answer = server.request(
            "POST", f"{index}/_analyze?filter_path=tokens.token,tokens.position", {"analyzer": level, "text": list(texts)}
        )
        theirs = [(token["position"], token["token"]) for token in answer.get("tokens", [])]
        if theirs == mine:
            continue
        if len(texts) > 1:
            return [line for text in texts for line in differences(server, index, [text])]
        lines += [f"{level}: only Elasticsearch {at} in {texts[0][:60]!r}" for at in sorted(set(theirs) - set(mine))]
        lines += [f"{level}: only newsspider {at} in {texts[0][:60]!r}" for at in sorted(set(mine) - set(theirs))]
        lines += [] if lines else [f"{level}: another order or number in {texts[0][:60]!r}"]
    return lines


def paragraphs() -> Iterator[str]:
    """Some 2,180 paragraphs and articles of the evaluation data, from all over it."""
    for file, step in (("qa.docs.jsonl.gz", 20), ("news.docs.jsonl.gz", 24)):
        with gzip.open(shared("ir", file), "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in islice(lines, 0, None, step))


def test_real_paragraphs_have_the_same_tokens_at_each_level(elasticsearch: Server, index: str) -> None:
    texts = list(paragraphs())
    assert len(texts) >= 2000
    found = [line for at in range(0, len(texts), 50) for line in differences(elasticsearch, index, texts[at : at + 50])]
    assert not found, f"{len(found)} differences in {len(texts)} paragraphs:\n" + "\n".join(found)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_have_the_same_tokens_at_each_level(elasticsearch: Server, index: str, text: str) -> None:
    assert differences(elasticsearch, index, [text]) == []


def test_lists_may_be_empty(elasticsearch: Server, es_prefix: str, tmp_path: Path) -> None:
    for file in ("plurals.txt", "names.txt", "names_cldr.txt", "stopwords.txt"):
        (tmp_path / file).write_text("# none\n")
    use_word_lists(tmp_path)
    try:
        with closing(ElasticsearchEngine.open(EngineConfig(url=elasticsearch.url, index=es_prefix))) as engine:
            assert differences(elasticsearch, engine.index_id, ["زار أبناء اللبنانيين الرياض بالبرامج"]) == []
    finally:
        use_word_lists(None)


def test_the_rules_of_names_know_every_name_with_its_clitics() -> None:
    """Without a server: the three filters do what Names.stem does, for all names and everything that may stand before one."""
    known = names()
    rules, pattern, forms = name_rules(known)
    find = re.compile(pattern)
    overrides = {word: to for rule in rules for words, to in [rule.split(" => ")] for word in words.split(", ")}
    clitics = list(itertools.product(CONJUNCTIONS, ("", *ARTICLES, *PREPOSITIONS)))
    wrong = []
    for form in known.bare.keys() | known.articled.keys() | known.never:
        for word in (conjunction + before + form for conjunction, before in clitics):
            marked = find.sub(lambda match: f"_{match[1] or match[2]}_", overrides.get(word, word))
            stemmed = forms.get(marked, marked)
            if (stemmed if stemmed.startswith("_") else None) != known.stem(word):
                wrong.append((word, stemmed, known.stem(word)))
    assert wrong == []
