"""What is wrong with a query, in the user's language: as it was typed with the place, and the nearest query that works; or with what was
asked beside it."""

from __future__ import annotations

from newsspider.errors import QueryError

# {at} is the place, counted from 1; {part} what stands there.
MESSAGES = {
    "too_long": (
        "the search is {count} characters long; at most {most} can be searched for",
        "طول البحث {count} حرفًا، والحدّ الأقصى {most}",
    ),
    "too_many_words": ("the search has {count} words; at most {most} can be searched for", "في البحث {count} كلمة، والحدّ الأقصى {most}"),
    "too_deep": (
        "the parentheses at character {at} stand in too many others; at most {most} levels can be searched for",
        "الأقواس عند الحرف {at} متداخلة أكثر مما يجوز، والحدّ الأقصى {most} مستويات",
    ),
    "no_word": ("there is no word in {part!r} to search for", "لا توجد في «{part}» كلمة يُبحث عنها"),
    "quote_open": ("the quotation mark at character {at} is not closed", "علامة التنصيص عند الحرف {at} لم تُغلق"),
    "phrase_empty": ("the phrase at character {at} has no words", "العبارة عند الحرف {at} بلا كلمات"),
    "parenthesis_open": ("the parenthesis at character {at} is not closed", "القوس عند الحرف {at} لم يُغلق"),
    "parenthesis_closed": ("the parenthesis at character {at} closes nothing", "القوس عند الحرف {at} يُغلق ما لم يُفتح"),
    "parenthesis_empty": ("there is nothing between the parentheses at character {at}", "لا شيء بين القوسين عند الحرف {at}"),
    "operand": (
        "{part} at character {at} needs something to search for on both sides",
        "العامل {part} عند الحرف {at} يحتاج إلى ما يُبحث عنه قبله وبعده",
    ),
    "end": ("something to search for is missing after {part} at character {at}", "ينقص ما يُبحث عنه بعد {part} عند الحرف {at}"),
    "wildcard": (
        "{part} at character {at}: * may only end a word of two letters or more; other wildcards cannot be searched for",
        "عند الحرف {at} في {part}: لا تأتي * إلا في آخر كلمة من حرفين أو أكثر، ولا تُستعمل رموز أخرى",
    ),
    "regex": (
        "{part} at character {at}: regular expressions cannot be searched for",
        "عند الحرف {at} في {part}: لا يمكن البحث بالتعابير النمطية",
    ),
    "fuzzy": (
        "{part} at character {at}: ~ and ^ cannot be searched with; word forms are found anyhow",
        "عند الحرف {at} في {part}: لا يُبحث بالرمزين ~ و^، وصيغ الكلمة تُوجد من دونهما",
    ),
    "day": (
        "{part} at character {at} is no day such as 2024-01-31 or yesterday, no month such as 2024-01 and no year",
        "ما عند الحرف {at}، أي {part}، ليس يومًا مثل 2024-01-31 أو أمس، ولا شهرًا مثل 2024-01 ولا سنة",
    ),
    "days": ("the first day of the range at character {at} is after the last", "اليوم الأول من المدة عند الحرف {at} بعد الأخير"),
    "range": (
        "the range at character {at} must be like [2024-01-01 TO 2024-03-31]",
        "المدة عند الحرف {at} تُكتب هكذا: [2024-01-01 TO 2024-03-31]",
    ),
    "range_field": (
        "{part} at character {at}: only published: has ranges",
        "عند الحرف {at} في {part}: لا تُستعمل المدد إلا مع تاريخ:",
    ),
    "field_twice": ("the field at character {at} stands within another one", "الحقل عند الحرف {at} داخل حقل آخر"),
    "limit": ("limit {count}: must be from 1 to {most}", "عدد النتائج {count}: يجب أن يكون من 1 إلى {most}"),
    "offset": (
        "offset {count}: must be from 0 to {most}; a cursor leads further, or narrow the search by days or sources",
        "النتيجة {count}: تُعرض الصفحات حتى النتيجة {most}، وما بعدها بالمؤشر cursor، أو ضيِّق البحث بالأيام أو المصادر",
    ),
    "offset_and_cursor": (
        "offset and cursor: a page is asked for by one of them, not both",
        "تُطلب الصفحة برقمها أو بالمؤشر cursor، لا بهما معًا",
    ),
    "days_reversed": ("the first day, {first}, is after the last, {last}", "اليوم الأول {first} بعد الأخير {last}"),
    "cursor_damaged": ("the cursor is damaged; begin again with the first page", "المؤشر cursor تالف؛ ابدأ من الصفحة الأولى"),
    "cursor_of_another": (
        "the cursor belongs to another search; begin again with the first page",
        "المؤشر cursor لبحث آخر؛ ابدأ من الصفحة الأولى",
    ),
    "too_many_bars": (
        "more than {most} bars by the {part}; take a longer interval or fewer days",
        "في الرسم أكثر من {most} عمود؛ اختر فترة أطول أو أيامًا أقل",
    ),
    "too_many_intervals": (
        "these searches together cover more than {most} intervals; take a longer interval or a shorter time",
        "تمتدّ هذه الأبحاث معًا على أكثر من {most} فترة؛ اختر فترات أطول أو مدة أقصر",
    ),
    "country": (
        "{part} at character {at} is no country: write its name, or its code such as SY",
        "ما عند الحرف {at}، أي {part}، ليس بلدًا: اكتب اسمه أو رمزه",
    ),
    "language": (
        "{part} at character {at} is no language: write its name, or its code such as ar",
        "ما عند الحرف {at}، أي {part}، ليس لغة: اكتب اسمها أو رمزها",
    ),
    "no_country": (
        "{part!r} is no country: write its name, or its code such as SY",
        "ليس في البلدان «{part}»: اكتب اسم البلد أو رمزه",
    ),
    "no_language": (
        "{part!r} is no language: write its name, or its code such as ar",
        "ليس في اللغات «{part}»: اكتب اسم اللغة أو رمزها",
    ),
    "address": (
        "{part} at character {at} is no web address, nor its beginning",
        "ما عند الحرف {at}، أي {part}، ليس عنوانًا على الوب ولا بدايته",
    ),
}
LANGUAGES = ("en", "ar")


class BadQuery(QueryError):
    """A query that cannot be read. `text` is what was read, `at` the place of the mistake in it from 1 (None: the whole), `suggestion` the
    nearest query that works, where there is one."""

    def __init__(
        self, code: str, text: str = "", at: int | None = None, part: str = "", *, suggestion: str | None = None, **values: object
    ) -> None:
        self.code = code
        self.text = text
        self.at = at
        self.part = part
        self.suggestion = suggestion
        self.values = values
        super().__init__(self.message("en") + (f"; this would work: {suggestion}" if suggestion else ""))

    def message(self, language: str) -> str:
        """What is wrong, without the suggestion. `language` is one of LANGUAGES."""
        return MESSAGES[self.code][LANGUAGES.index(language)].format(at=self.at, part=self.part, **self.values)

    def suggesting(self, suggestion: str | None) -> BadQuery:
        """The same mistake, with a query that works."""
        return BadQuery(self.code, self.text, self.at, self.part, suggestion=suggestion, **self.values)
