"""Signatures: the agency or site that a story's last line names."""

from __future__ import annotations

import re

from newsspider.extract.wording import words
from newsspider.text import clean_text, fold

MAX_WORDS = 8

# Agencies and broadcasters that Arabic media sign with, folded: the names as they are printed, short forms with and without dots.
_AGENCIES = fold(
    "رويترز|أ ف ب|أ.ف.ب|أف ب|فرانس برس|وكالة الصحافة الفرنسية|أسوشيتد برس|أسوشييتد برس|أ ب|أ.ب|د ب أ|د.ب.أ|الألمانية|الأناضول|وكالة الأناضول"
    "|سانا|وفا|واس|وام|قنا|كونا|بنا|بترا|واع|نينا|سبأ|سونا|وات|واج|وأج|و م ع|لاب|الوطنية للإعلام|الوكالة الوطنية|أ ش أ|أ.ش.أ|الشرق الأوسط|شينخوا|تاس|سبوتنيك|نوفوستي"
    "|إنترفاكس|بي بي سي|سي إن إن|الجزيرة|الجزيرة نت|العربية|العربية نت|سكاي نيوز عربية|سكاي نيوز|الحرة|فرانس 24|دويتشه فيله|روسيا اليوم|القدس العربي|العربي الجديد"
    "|بلومبرغ|بلومبيرغ|الغارديان|نيويورك تايمز|واشنطن بوست|وكالات|الوكالات|متابعات|خاص|مواقع|صحف|afp|reuters|ap|dpa|efe|xinhua|bbc|cnn|rt|agencies|dw"
).split("|")
_AGENCY = re.compile("(?:" + "|".join(re.escape(name) for name in sorted(_AGENCIES, key=len, reverse=True)) + ")")
_SOURCE = re.compile(fold(r"^\W*(?:المصدر|المصادر|مصدر الخبر|مصدر|نقلا عن|عن|source)") + r"\b\s*(?P<colon>[:：])?")
_JOINT = re.compile(r"\s*[-–—/\\+,،|&]\s*|\s+و(?=\S)|\s+")
_DRESS = " \t()[]{}«»\"'“”*.…-–—/\\|:،,#@"


def signature_of(line: str) -> str | None:
    """The name of who signs, when this line is nothing but a signature: "(رويترز)", "المصدر: وكالات", "اسم الموقع - وكالات"."""
    if not 0 < len(line.split()) <= MAX_WORDS or len(line) > 90:
        return None
    folded = fold(line)
    source = _SOURCE.match(folded)
    if source and source["colon"]:
        return clean_text(line.partition(":")[2] or line.partition("：")[2]).strip(_DRESS) or None
    bare = folded[source.end() if source else 0 :].strip(_DRESS)
    name = clean_text(line).strip(_DRESS)
    if _AGENCY.fullmatch(bare) or _all_agencies(bare):
        return name
    parts = [part for part in re.split(r"\s*[-–—/|+]\s*", bare) if part]
    # "the site - agencies": at least one part is an agency, and the others are as short as names are
    if len(parts) > 1 and any(_AGENCY.fullmatch(part) for part in parts) and all(len(words(part)) <= 3 for part in parts):
        return name
    return None


def _all_agencies(text: str) -> bool:
    rest = _AGENCY.sub(" ", text)
    return rest != text and all(part in ("", "و", "+") for part in _JOINT.split(rest))
