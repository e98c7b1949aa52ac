"""How the demo sites print dates: month names of three regions, Hijri beside Gregorian, Western and Arabic-Indic digits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hijridate import Gregorian

LEVANT = ("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول")
GULF = ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر")
TUNISIA = ("جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر")
MOROCCO = ("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر")
HIJRI = (
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعدة",
    "ذو الحجة",
)
WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")

ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class DateStyle:
    """A format string over `{weekday}`, `{day}`, `{day2}` (two digits), `{month2}`, `{year}`, `{time}`, a month name of `{levant}`, `{gulf}`,
    `{tunisia}`, `{morocco}`, and `{hijri_day}`, `{hijri_month}`, `{hijri_year}` (Umm al-Qura)."""

    pattern: str
    arabic_digits: bool = False

    def print(self, moment: datetime) -> str:
        month, hijri = moment.month - 1, Gregorian(moment.year, moment.month, moment.day).to_hijri()
        text = self.pattern.format(
            weekday=WEEKDAYS[moment.weekday()],
            day=moment.day,
            day2=f"{moment.day:02}",
            month2=f"{moment.month:02}",
            year=moment.year,
            time=f"{moment:%H:%M}",
            levant=LEVANT[month],
            gulf=GULF[month],
            tunisia=TUNISIA[month],
            morocco=MOROCCO[month],
            hijri_day=hijri.day,
            hijri_month=HIJRI[hijri.month - 1],
            hijri_year=hijri.year,
        )
        return text.translate(ARABIC_INDIC) if self.arabic_digits else text
