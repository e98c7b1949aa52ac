"""News agencies: whose story a signature says it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from newsspider.text import fold

# Each name as it is shown, then its other forms, as Arabic media write them.
_NAMES = (
    "رويترز|reuters",
    "أ ف ب|أ.ف.ب|أف ب|أفب|فرانس برس|وكالة الصحافة الفرنسية|afp",
    "أسوشيتد برس|أسوشييتد برس|اسوشيتدبرس|أ ب|أ.ب|ap",
    "د ب أ|د.ب.أ|وكالة الأنباء الألمانية|الألمانية|dpa",
    "الأناضول|وكالة الأناضول|الأناضول للأنباء",
    "شينخوا|xinhua",
    "سبوتنيك|sputnik",
    "تاس|tass",
    "نوفوستي",
    "إنترفاكس",
    "إفي|efe",
    "بلومبرغ|بلومبيرغ|bloomberg",
    "سانا|sana",
    "وفا|wafa",
    "واس|spa",
    "وام|wam",
    "قنا|qna",
    "كونا|kuna",
    "بنا|bna",
    "بترا|petra",
    "واع|ina",
    "نينا",
    "سبأ",
    "سونا",
    "وات|tap",
    "واج|وأج|aps",
    "و م ع|ومع|لاماب|map",
    "وال|lana",
    "أ ش أ|أ.ش.أ|وكالة أنباء الشرق الأوسط|mena",
    "الوكالة الوطنية للإعلام|الوطنية للإعلام|nna",
)
_AGENCIES = {fold(form): line.partition("|")[0] for line in _NAMES for form in line.split("|")}
_PARTS = re.compile(r"\s*[-–—/\\+,،|&:()\[\]]\s*|\s+و(?=\S)")


def agencies_of(signature: str) -> list[str]:
    """The news agencies that a signature names, in one spelling each: «سانا – AFP» names سانا and أ ف ب."""
    parts = [part.strip(" .*«»\"'") for part in _PARTS.split(fold(signature))]
    return list(dict.fromkeys(_AGENCIES[part] for part in parts if part in _AGENCIES))


def wire_agency(signatures: Iterable[str | None]) -> str | None:
    """The agency that most of a story's signatures name, of several the one named first; None when none does."""
    named = Counter(name for signature in signatures if signature for name in agencies_of(signature))
    return named.most_common(1)[0][0] if named else None
