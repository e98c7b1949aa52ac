"""Stories and the versions that other sources print of them, for judging dedupe: made from real articles, with what must not be taken for one.

Positives: each story as an agency's text is reprinted (`VERSIONS`), every reprint in another source and with that source's standing paragraph.
Negatives: all the other articles, of which many are of one topic and day; daily formats of several sources; short items.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from shared_data import shared

from newsspider import intake
from newsspider.extract import Hints, Page, extract_page
from newsspider.items import Article
from newsspider.store import Store

Pairs = set[tuple[int, int]]
FETCHED = datetime(2025, 1, 22, tzinfo=UTC)
NATURAL = Path(__file__).parent / "fixtures" / "dedupe_natural.json"


@dataclass(frozen=True)
class Case:
    """One article. Articles of one `story` are versions of it; `kind` says how this one was made, and is empty for what came as it is."""

    story: str
    kind: str
    source: str
    title: str
    body: str


def cases(articles: int, stories: int, seed: int = 1) -> list[Case]:
    """In the order of arrival. Of `articles` real ones, `stories` have three reprints each."""
    rng = random.Random(seed)
    news = _news()
    rng.shuffle(news)
    chosen = [*_pages(), *news[:articles]]
    told = [case for case in chosen if len(case.body.split()) >= 70][:stories]
    found = [*chosen, *(version for case in told for version in _versions(case, chosen, rng)), *_daily(rng), *_short(rng)]
    rng.shuffle(found)
    return found


def _news() -> list[Case]:
    """Real articles; pairs that a person found to be one story (fixtures/dedupe_natural.json) have one name."""
    alike = {one: other for other, one in json.loads(NATURAL.read_text())["same"]} if NATURAL.exists() else {}
    with gzip.open(shared("ir", "news.docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    return [Case(_first(alike, d["id"]), "", d["src"], d["title"], "\n\n".join(d["text"].splitlines())) for d in documents]


def _first(alike: dict[str, str], name: str) -> str:
    while name in alike:
        name = alike[name]
    return name


def _pages() -> Iterator[Case]:
    for page in json.loads(shared("pages", "index.json").read_text())["entries"]:
        if page["kind"] == "article" and page["language"] == "ar":
            read = extract_page(
                Page(shared("pages", page["file"]).read_bytes(), page["url"] or "https://page.example/", {}, FETCHED), Hints()
            ).article
            yield Case(page["slug"], "", page["site"], read.title, read.body)


def _versions(case: Case, others: Sequence[Case], rng: random.Random) -> Iterator[Case]:
    for number, (kind, make) in enumerate(rng.sample(sorted(VERSIONS.items()), 3)):
        source = f"reprint{rng.randrange(40)}-{number}"
        body = make(case.body, rng, others)
        yield Case(case.story, kind, source, _title(case.title, rng), f"{body}\n\n{_standing(source)}")


def _title(title: str, rng: random.Random) -> str:
    words = title.split()
    return " ".join([*rng.choice((["عاجل |"], ["بالفيديو.."], [])), *words[: max(3, len(words) - rng.randrange(4))]])


def _reprinted(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    """Only the signature is another one."""
    return f"{rng.choice(('دمشق – سانا:', '(رويترز) -', 'بيروت (أ ف ب) -', 'متابعات:'))} {body}"


def _spelled(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    """Hamzas, final letters, tatweel and digits as another desk writes them."""
    body = body.translate(str.maketrans("أإآ", "ااا")) if rng.random() < 0.7 else body
    body = re.sub(r"ي\b", "ى", body) if rng.random() < 0.5 else re.sub(r"ة\b", "ه", body)
    return body.replace("ال", "الـ", 9).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def _cut(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    """The first half or more."""
    sentences = _sentences(body)
    return "\n\n".join(sentences[: max(1, round(len(sentences) * rng.uniform(0.5, 0.85)))])


def _reordered(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    sentences = _sentences(body)
    blocks = [sentences[at : at + 2] for at in range(0, len(sentences), 2)]
    rng.shuffle(blocks)
    return "\n\n".join(" ".join(block) for block in blocks)


def _related(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    """Lines that lead elsewhere between the paragraphs, with and without the words that announce them."""
    lines = _sentences(body)
    for lead in ("اقرأ أيضاً: ", "شاهد أيضا ", ""):
        lines.insert(rng.randrange(len(lines) + 1), lead + rng.choice(others).title)
    return "\n\n".join([*lines, f"{rng.randrange(9000)} مشاهدة"])


def _edited(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    """A lead of its own, and one word in twelve replaced or left out."""
    vocabulary = rng.choice(others).body.split()
    kept = [rng.choice(vocabulary) if rng.random() < 0.05 else word for word in _words_and_breaks(body) if rng.random() > 0.035]
    return f"{' '.join(rng.choice(others).body.split()[:25])}.\n\n{' '.join(kept)}"


def _mixed(body: str, rng: random.Random, others: Sequence[Case]) -> str:
    for make in (_spelled, _related, _reprinted):
        body = make(body, rng, others)
    sentences = _sentences(body)
    return "\n\n".join(sentences[: max(1, round(len(sentences) * 0.8))])


VERSIONS: dict[str, Callable[[str, random.Random, Sequence[Case]], str]] = {
    "reprinted": _reprinted,
    "spelled": _spelled,
    "cut": _cut,
    "reordered": _reordered,
    "related lines": _related,
    "edited": _edited,
    "mixed": _mixed,
}


def _sentences(body: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.؟!])\s+|\n+", body) if sentence.strip()] or [body]


def _words_and_breaks(body: str) -> list[str]:
    return re.findall(r"\n+|\S+", body)


def _standing(source: str) -> str:
    """What a source puts under everything."""
    rng = random.Random(source)
    words = (
        "جميع الحقوق محفوظة للموقع ولا يجوز نسخ المواد أو إعادة نشرها دون إذن خطي مسبق من إدارة التحرير تابعونا على منصات التواصل "
        "لتصلكم آخر الأخبار أولا بأول عبر التطبيق والنشرة البريدية اليومية وقناتنا الرسمية"
    ).split()
    rng.shuffle(words)
    return " ".join(words[: rng.randrange(15, len(words))])


PRICES = (
    "سجل سعر صرف الدولار الأميركي في السوق الموازية صباح اليوم {day} {0} ليرة للشراء و{1} ليرة للمبيع، فيما بلغ سعر اليورو {2} ليرة للشراء و{3} ليرة للمبيع. "
    "وفي أسواق الذهب بلغ سعر غرام الذهب من عيار 21 قيراطا {4} ليرة، وسعر الغرام من عيار 18 قيراطا {5} ليرة، بينما سجلت الأونصة عالميا {6} دولارا. "
    "وحافظ المصرف المركزي على سعر الصرف الرسمي دون تغيير، في حين شهدت الأسواق حركة محدودة بانتظار ما ستسفر عنه الأيام المقبلة من قرارات اقتصادية."
)
WEATHER = (
    "تتوقع مديرية الأرصاد الجوية أن تكون درجات الحرارة يوم {day} حول معدلاتها لمثل هذه الفترة من السنة، والجو بين الصحو والغائم جزئيا بشكل عام، "
    "مع بقاء الفرصة مهيأة لهطل زخات متفرقة من المطر فوق المناطق الساحلية والمرتفعات الجبلية. وتكون الرياح غربية إلى شمالية غربية بين الخفيفة والمعتدلة، "
    "سرعتها {0} كيلومترا في الساعة، والبحر خفيف ارتفاع الموج. أما درجات الحرارة المتوقعة في العاصمة فهي {1} للعظمى و{2} للصغرى، وفي الساحل {3} و{4}، وفي الداخل {5} و{6}."
)
TABLE = (
    "أقيمت مباريات الجولة {0} من الدوري الممتاز لكرة القدم وأسفرت عن ترتيب الفرق كما يلي: الوحدة {1} نقطة، الاتحاد {2} نقطة، الفتوة {3} نقطة، الكرامة {4} نقطة، "
    "تشرين {5} نقطة، الجيش {6} نقطة. وتستكمل المباريات يوم {day} على ملاعب المحافظات وفق البرنامج الذي أصدره اتحاد الكرة، على أن تسحب قرعة الكأس في وقت لاحق."
)
DAYS = "الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت".split()


def _daily(rng: random.Random) -> Iterator[Case]:
    for format_number, text in enumerate((PRICES, WEATHER, TABLE)):
        for number in range(24):
            values = [str(rng.randrange(2, 40) * (10 if format_number == 0 else 1) + rng.randrange(10)) for _ in range(7)]
            body = text.format(*values, day=rng.choice(DAYS))
            yield Case(f"daily {format_number} {number}", "", f"daily{number % 4}", "النشرة اليومية", body)


def _short(rng: random.Random) -> Iterator[Case]:
    for number in range(40):
        yield Case(
            f"short {number}",
            "",
            f"short{number % 5}",
            f"عاجل {number}",
            f"مراسلنا: سماع دوي انفجارات في محيط المدينة رقم {rng.randrange(99)}.",
        )


def store_families(found: Sequence[Case], folder: Path) -> list[str]:
    """The family that the store gives each."""
    with Store.open(f"sqlite:///{folder}/bench.db") as store:
        ids = []
        for number, case in enumerate(found):
            source = re.sub(r"\W+", "-", case.source.lower())
            ids.append(
                intake.take_in(store, Article(f"https://{source}.example/{number}", source, FETCHED, case.title, case.body)).article_id
            )
        now_in = {article.id: article.family_id for article in store.articles()}
    return [now_in[id_] for id_ in ids]


def pairs_of(keys: Iterable[object]) -> Pairs:
    """All pairs of equal keys."""
    places: dict[object, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        places[key].append(number)
    return {pair for same in places.values() for pair in combinations(same, 2)}


class Truth:
    """`wanted` are the pairs of a story and each reprint, with how that was made; a pair of any two articles is right when both tell one story."""

    def __init__(self, found: Sequence[Case]) -> None:
        self.stories = [case.story for case in found]
        members: dict[str, list[int]] = defaultdict(list)
        for number, case in enumerate(found):
            members[case.story].append(number)
        originals = {case.story: number for number, case in enumerate(found) if not case.kind}
        self.wanted = {
            tuple(sorted((originals[case.story], number))): case.kind
            for number, case in enumerate(found)
            if case.kind and case.story in originals
        }

    def precision(self, pairs: Pairs) -> float:
        return sum(self.stories[one] == self.stories[other] for one, other in pairs) / len(pairs) if pairs else 1.0

    def recall(self, pairs: Pairs) -> float:
        return sum(pair in pairs for pair in self.wanted) / len(self.wanted)

    def by_kind(self, pairs: Pairs) -> dict[str, float]:
        kinds = Counter(self.wanted.values())
        hits = Counter(kind for pair, kind in self.wanted.items() if pair in pairs)
        return {kind: hits[kind] / count for kind, count in sorted(kinds.items())}

    def f1(self, pairs: Pairs) -> float:
        precision, recall = self.precision(pairs), self.recall(pairs)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
