"""Comparing short texts, and the set phrases of Arabic news pages: what stands around a story on any site.

All patterns are written as people write and folded here, and match folded text (newsspider.text.fold): one spelling for the hamzas, for ة and ه,
for ى and ي; digits in ASCII; no harakat.
"""

from __future__ import annotations

import re
from functools import lru_cache

from newsspider.text import fold

_WORD = re.compile(r"\w+")
_ARABIC = re.compile("[\u0600-\u06ff]+")


@lru_cache(4096)
def words(text: str) -> tuple[str, ...]:
    """The folded words, punctuation left out."""
    return tuple(_WORD.findall(fold(text)))


def same(a: str, b: str) -> bool:
    """True when two texts have the same words in the same order."""
    return words(a) == words(b) != ()


def alike(a: str, b: str) -> bool:
    """True when one text has nearly all words of the other: a headline, and the same with the site's name behind it."""
    first, second = set(words(a)), set(words(b))
    fewer = min(len(first), len(second))
    if fewer < 2:
        return same(a, b)
    return len(first & second) >= 0.8 * fewer and fewer >= 0.4 * max(len(first), len(second))


def _pattern(*alternatives: str) -> re.Pattern[str]:
    joined = "|".join(f"(?:{alternative})" for alternative in alternatives)
    return re.compile(_ARABIC.sub(lambda letters: fold(letters[0]), joined))


_START = r"^[^\w(]*"

RELATED = _pattern(
    _START
    + r"و?(?:اقرأ|إقرأ|أقرأ|اقرئي|اقرؤوا|اقرأوا|قرأ|طالع|طالعوا|شاهد|شاهدي|شاهدوا|تابع|تابعوا|انظر|أنظر|راجع|إسمع|استمع)(?: \w+)? (?:أيضا|ايضا|كذلك|المزيد)\b",
    _START + r"(?:اقرأ|إقرأ|شاهد|طالع|انظر|فيديو|بالفيديو|بالصور|صور|read|watch|see|related)\s*[:：]",
    _START + r"(?:لقراءة المزيد|للمزيد|لمزيد من|المزيد من|المزيد عن|المزيد حول|اقرأ المزيد|read more|see also|read also|also read)\b",
    _START
    + r"(?:مواضيع|موضوعات|مواد|أخبار|اخبار|مقالات|تقارير|قصص|روابط|فيديوهات|أعمال|محتوى)(?: \w+)? (?:ذات|متعلقة|مرتبطة|مشابهة|مقترحة|أخرى|تهمك|قد تهمك|قد تعجبك)\b",
    _START + r"(?:ذات صلة|خبر ذو صلة|قد يهمك|قد يهمكم|قد تهمك|قد يعجبك|ربما يهمك|ربما يعجبك|اخترنا لك|اخترنا لكم|نرشح لك|ترشيحاتنا)\b",
    _START
    + r"(?:الأكثر (?:قراءة|مشاهدة|تداولا|تصفحا|رواجا|شعبية)|آخر الأخبار|أحدث الأخبار|أهم الأخبار|related (?:articles|posts|news|stories|topics))\s*:?$",
)
"""Begins a line that leads to another story, or heads a list of such."""

FURNITURE = _pattern(
    r"^\W*(?:شارك|شاركها|شاركه|شاركنا|مشاركة|مشاركه|المشاركة|انشر|انسخ|نسخ|طباعة|اطبع|تغريد|غرد|أرسل|إرسال)(?: (?:الخبر|المقال|الموضوع|هذا الخبر|هذا المقال|الصفحة|على|عبر|الرابط|رابط|بالبريد|إلى صديق|مع)\W*\w*)*\W*\w*\W*$",
    r"^\W*(?:تم )?(?:نسخ|النسخ)(?: الرابط| بنجاح)*\W*$",
    r"^\W*(?:فيسبوك|فيس بوك|تويتر|إكس|واتساب|واتس اب|واتس آب|تلغرام|تيليجرام|تلجرام|لينكد ?إن|بينتيريست|ماسنجر|انستغرام|انستقرام|يوتيوب|facebook|twitter|whatsapp|telegram|linkedin|pinterest|messenger|instagram|youtube|email|print|tweet|share|copy link|x)(?:\W+\w+){0,2}\W*$",
    r"^\W*(?:share|tweet|pin|post) (?:on|this|to|via)\b.{0,30}$",
    r"^\W*(?:إعلان|اعلان|إعلانات|advertisement|ads?|sponsored|محتوى مدفوع|حجم الخط|تكبير الخط|تصغير الخط|الخط|استمع|استمع إلى المقال|اعجبني|أعجبني|مفضلة|المفضلة)\W*$",
    r"^\W*\d*\W*(?:عدد )?(?:ال)?(?:مشاهدات|مشاهدة|قراءة|قراءات|زيارة|زيارات|تعليق|تعليقات|views?|comments?)\W*\d*\W*$",
    r"^\W*(?:وقت|مدة|زمن) القراءة\b.{0,25}$",
    r"^\W*(?:تقرأ (?:خلال|في) )?\d+ (?:من )?(?:دقيقة|دقائق|الدقائق|د|min|mins|minutes?)(?: من)?(?: (?:للقراءة|القراءة|قراءة|read))?\W*$",
    r"^\W*(?:تابع|تابعوا|تابعنا|تابعونا|شاركنا)(?: \w+){0,3} (?:على|عبر)\W*$",
    r"^\W*(?:https?://|www\.)\S+\W*$",
    r"^\W*(?:تخطى|تخطي|skip)\b.{1,60}(?:القراءة|reading|content|المحتوى)\W*$",
    r"^\W*(?:نهاية (?:قصص|البودكاست|يوتيوب|تويتر|فيسبوك|الإعلان)|قصص مقترحة|end of )\b.{0,30}$",
    r"^\W*(?:أضف تعليق|اضف تعليق|اترك تعليق|إضافة تعليق|leave a comment|لا توجد تعليقات|لا يوجد تعليقات)\w*\W*$",
)
"""A whole short line that belongs to the page's buttons and counters."""

INVITATION = _pattern(
    _START
    + r"(?:اشترك|اشتركوا|للاشتراك|انضم|انضموا|سجل|تابعنا|تابعونا|تابعوا|تابع|لمتابعة|لمتابعتنا|حمل|حملوا|تصفح|يمكنكم متابعة|يمكنك متابعة|للحصول على|subscribe|follow us|join|sign up)"
    r"\b.{0,60}(?:قائمتنا|نشرتنا|النشرة|نشرة|البريدية|قناتنا|قناة|القناة|صفحتنا|صفحة|حسابنا|حساباتنا|تطبيق|التطبيق|مجموعتنا|جوجل نيوز|google news|أخبار google|غوغل نيوز|telegram|تلغرام|تلجرام|تيليجرام|تليجرام|واتساب|واتس|فيسبوك|تويتر|يوتيوب|انستغرام|newsletter|channel|آخر الأخبار|أحدث الأخبار|كل جديد)",
    _START + r"(?:النشرة الإخبارية|النشرة البريدية|القائمة البريدية)\W*$",
)
"""Asks the reader to subscribe or follow."""

TAGS = _pattern(
    _START + r"(?:كلمات مفتاحية|الكلمات المفتاحية|كلمات دلالية|الكلمات الدلالية|كلمات البحث|الوسوم|وسوم|الأوسمة|أوسمة|tags?|keywords)\b"
)
"""Heads the list of tags."""

NOTICE = _pattern(
    r"(?:لا|ولا) (?:تعبر|يعبر|تعكس|يعكس|تمثل|يمثل)\b.{0,40}\b(?:رأي|آراء|موقف|سياسة|وجهة|وجهات)\b",
    r"\bوجهات? نظر (?:أصحابها|أصحابه|كاتبها|كاتبه|صاحبها|صاحبه)\b",
    r"\bيعبر عن رأي (?:كاتبه|صاحبه)\b",
    r"(?:جميع )?(?:ال)?حقوق (?:النشر )?(?:محفوظة|محفوظه)\b|\ball rights reserved\b",
    r"\bلن يتم نشر (?:عنوان بريدك|بريدك)\b",
    r"\b(?:ترحب|نرحب|مشاركاتك|تعليقك|تعليقاتكم)\b.{0,200}\b(?:ال)?تعليقات?\b.{0,80}(?:نشر|مراجع|قواعد|شروط)",
)
"""What a site says of itself and its readers' comments: the end of the story's own text."""

COMMENTS = _pattern(
    r"^\W*(?:ال)?تعليقات(?: القراء| الزوار| الفيسبوك)?\W*\d*\W*$",
    r"^\W*(?:أضف|اضف|اترك|اكتب|شارك)(?: \w+)? (?:تعليقا?|تعليقك|رأيك|برأيك)\W*$",
    r"^\W*(?:leave a (?:comment|reply)|comments?|add comment)\W*\d*\W*$",
)
"""Heads the readers' comments."""

BYLINE = _pattern(
    r"^\W*(?:(?:مرسلة|نشرت?|كتبت?|أرسلت?|أضيفت?|تم النشر)? ?بواسطة|posted by)\s*[:：]?\s*",
    r"^\W*(?:كتب|كتبت|كتبه|كتبها|بقلم|إعداد|اعداد|تقرير|حوار|حاوره|حاورته|حاورها|أجرى الحوار|تحرير|ترجمة|تصوير|متابعة|أعده|أعدته|أعد التقرير|مراسل|مراسلة|by|written by|author|role)(?:\s*[:：/\-–,،]\s*|\s+)",
)
"""Begins a line that names who wrote the story."""

OCCUPATION = _pattern(
    r"\b(?:كاتبة?|صحفية?|صحافية?|إعلامية?|باحثة?|أكاديمية?|محللة?|خبيرة?|أستاذة?|روائية?|شاعرة?|ناشطة?|محامية?|طبيبة?|سياسية?|وزيرة?|نائبة?|دبلوماسية?|سفيرة?|writer|author|researcher|professor)\b"
)
"""What an author of a column is."""

UPDATED = _pattern(r"(?:آخر|أخر|اخر)? ?(?:ال)?(?:تحديث|تعديل|تحيين)|حين في|حدثت|محدثة|محدث|عدل في|updated|modified|last update")
PUBLISHED = _pattern(r"نشرت?|النشر|أضيفت?|أدرجت?|كتبت?|حررت?|بتاريخ|التاريخ|صدرت?|published|posted|created|issued|uploaded")

SOFT_404 = _pattern(
    r"(?:الصفحة|المقال|المقالة|الخبر|المحتوى|الموضوع|الرابط)(?: \w+){0,3} (?:غير (?:موجود|متوفر|متاح|صحيح)|لم (?:يعد|تعد)|لا (?:يوجد|توجد)|تم حذف|حذف)",
    r"(?:لم|لا) (?:يتم العثور|نتمكن من العثور|نجد|نعثر|يمكن العثور|تجد|توجد)(?: \w+){0,4} (?:الصفحة|المقال|المحتوى|الخبر|صفحة|طلبك|نتائج)",
    r"\b(?:تم|جرى) (?:حذف|إزالة|نقل) (?:هذه |هذا )?(?:الصفحة|المقال|المقالة|الخبر|المحتوى|الموضوع)",
    r"\b(?:page|article|content) (?:not found|(?:is )?(?:no longer |un)available|does(?: not|n't) exist|you requested)",
    r"^\W*(?:خطأ |error |صفحة )?404\b|\b404 (?:not found|error|خطأ)|not found\W*$",
)
"""Says that there is no such page."""

STATIC = _pattern(
    r"^\W*(?:(?:سياسة|إشعار|بيان|وثيقة) (?:الخصوصية|الاستخدام|الكوكيز|ملفات تعريف الارتباط)|(?:ال)?شروط (?:(?:و ?ال)?أحكام|الاستخدام|الخدمة|النشر)|الشروط و ?الأحكام|أحكام (?:الاستخدام|وشروط)|اتفاقية الاستخدام"
    r"|سياسة (?:التحرير|النشر|التصحيح|التصويبات|التعليقات)|السياسة التحريرية|(?:ميثاق|مدونة) (?:الشرف|التحرير|السلوك|العمل)(?: المهني| الصحفي| التحريري| الإعلامي)?|إخلاء (?:ال)?مسؤولية"
    r"|حقوق (?:الملكية(?: الفكرية)?|النشر|الطبع|الاستخدام)|معلومات قانونية|الأسئلة (?:الشائعة|المتكررة)|خريطة الموقع"
    r"|من نحن|من نكون|حولنا|عنا|نبذة عنا|تعرف علينا|قصتنا|(?:رؤيتنا|رسالتنا|أهدافنا)(?: و ?(?:رؤيتنا|رسالتنا|أهدافنا))?|عن (?:الموقع|الصحيفة|الجريدة|الشبكة|المؤسسة|القناة|الوكالة|المجلة|المنصة|الإذاعة)"
    r"|(?:هيئة|أسرة|فريق) (?:التحرير|العمل)|اتصلوا? بنا|تواصلوا? معنا|للتواصل|راسلنا|(?:أعلنوا?|للإعلان|الإعلان) (?:معنا|في الموقع)|انضم إلينا|اعمل معنا|فرص عمل"
    r"|privacy(?: (?:policy|notice|statement))?|cookies?(?: policy)?|terms(?: (?:and|&) conditions| of (?:use|service))?|about(?: us)?|who we are|our (?:story|mission|team)|contact(?: us)?|disclaimer|advertise(?: with us)?"
    r"|editorial (?:policy|guidelines|standards|team)|(?:code of )?ethics(?: policy)?|corrections(?: policy)?|copyright(?: notice)?|imprint|legal(?: notice)?|careers|faqs?|frequently asked questions"
    r"|politique de (?:confidentialit[eé]|cookies|la vie priv[eé]e)|mentions l[eé]gales|conditions (?:g[eé]n[eé]rales(?: d\Wutilisation)?|d\Wutilisation)|qui sommes\Wnous|[aà] propos(?: de nous)?|contactez\Wnous|nous contacter|charte [eé]ditoriale|plan du site)"
    r"(?:(?:\s*(?:[-–|:]|و ?)\s*|\s+(?:ل\w+|في|على|الخاصة|موقع|of|for|on|at|de|du)\b).{0,40})?\W*$"
)
"""The whole headline, or the name in the address, of a page about the site itself."""

LOGIN_WALL = _pattern(
    r"(?:سجل|سجلوا|قم بتسجيل|يرجى تسجيل|يجب تسجيل|يجب عليك تسجيل|الرجاء تسجيل) (?:ال)?دخولك?\b.{0,40}(?:للمتابعة|لمتابعة|لقراءة|للقراءة|لمشاهدة|لإكمال|لاستكمال|للاطلاع|لتتمكن|لعرض)",
    r"(?:هذا )?(?:المحتوى|المقال|الخبر|القسم)(?: \w+){0,2} (?:للمشتركين|للأعضاء|متاح للمشتركين|مخصص للمشتركين|حصري للمشتركين)",
    r"(?:اشترك|اشترك الآن) (?:لقراءة|لمتابعة|لإكمال|لاستكمال|للاطلاع)",
    r"\b(?:log ?in|sign ?in|subscribe|register) to (?:continue|read|view)|\bfor subscribers only\b|\bsubscribers? only\b",
)
"""Asks for a login or a subscription before the text."""

_MONTHS = (
    "يناير|كانون الثاني|جانفي|فبراير|شباط|فيفري|مارس|آذار|أبريل|إبريل|نيسان|أفريل|مايو|أيار|ماي|يونيو|يونيه|حزيران|جوان|يوليو|يوليه|تموز|جويلية|يوليوز"
    "|أغسطس|آب|أوت|غشت|سبتمبر|أيلول|شتنبر|أكتوبر|تشرين الأول|نوفمبر|تشرين الثاني|نونبر|ديسمبر|كانون الأول|دجنبر|كانون|تشرين"
    "|محرم|صفر|ربيع الأول|ربيع الآخر|ربيع الثاني|ربيع|جمادى الأولى|جمادى الآخرة|جمادى الثانية|جمادى|رجب|شعبان|رمضان|شوال|ذو القعدة|ذي القعدة|ذو الحجة|ذي الحجة"
    "|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    "|janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre"
)
_DATE = _pattern(
    rf"(?<!\d)\d{{1,2}}\W{{0,4}}(?:من )?(?:{_MONTHS})\b",
    rf"\b(?:{_MONTHS})\W{{0,3}}\d{{1,4}}(?!\d)",
    r"(?<!\d)\d{1,4}\s?[/\-.\\]\s?\d{1,2}\s?[/\-.\\]\s?\d{2,4}(?!\d)",
    r"\b(?:منذ|قبل)\s+(?:\d+|ساعة|ساعتين|دقيقة|دقيقتين|يوم|يومين|أسبوع|أسبوعين|شهر|شهرين|سنة|سنتين|عام|عامين|لحظات|قليل|ثوان)\b",
    r"\b\d+\s+(?:minutes?|mins?|hours?|days?|weeks?|months?|years?)\s+ago\b",
    r"(?<!\d)(?:19|20)\d{2}\W\d{1,2}\W\d{1,2}T\d",
    r"^\W*(?:(?:نشرت?|تم النشر|تاريخ النشر|آخر تحديث|published|updated)\W{1,3})?(?:اليوم|أمس|البارحة|today|yesterday)\W{0,3}(?:الساعة)?\W{0,3}\d{1,2}:\d{2}",
)
_OF_A_DATE = _pattern(
    rf"\d+|\b(?:{_MONTHS})\b|\b(?:السبت|الأحد|الإثنين|الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة)\b|\b(?:sat|sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri)(?:ur)?(?:day)?\b",
    r"\b(?:منذ|قبل|ساعة|ساعات|ساعتين|دقيقة|دقائق|دقيقتين|يوم|أيام|يومين|أسبوع|شهر|سنة|عام|من|في|عند|الساعة|تاريخ|بتاريخ|التاريخ|النشر|نشر|نشرت|آخر|تحديث|التحديث|تحيين|محدث|محدثة|الموافق|يوم|صباحا|مساء|ظهرا|ليلا|فجرا|عصرا|ص|م|هـ|ه|gmt|utc|am|pm|على|بتوقيت|غرينتش|غرينيتش|جرينتش|مكة|القاهرة|المكرمة|المحلي|التوقيت|published|updated|posted|on|at|date|last|ago|hours?|minutes?|days?)\b",
)


def has_date(text: str) -> bool:
    """True when a short text could hold a date: numbers with a month, numbers parted by slashes, "three hours ago"."""
    return _DATE.search(fold(text)) is not None


def is_bare_date(text: str) -> bool:
    """True when a text is a date and hardly anything else."""
    return len(text) <= 120 and has_date(text) and _beside_date(text) <= 1


def is_date_part(text: str) -> bool:
    """True for a date, and for a clock time or a label that stands alone: "17:20", "last update"."""
    return is_bare_date(text) or _beside_date(text) == 0


def _beside_date(text: str) -> int:
    """The number of words that have no part in a date."""
    return len(re.findall(r"[^\W\d_]{2,}", _OF_A_DATE.sub(" ", fold(text))))


_MORE = _pattern(
    r"^\W*(?:اقرأ|إقرأ|قراءة|لقراءة|أكمل|تابع|المزيد|التفاصيل|للمزيد|تفاصيل|read|continue|more|full story|view|details|\W*read full)\b"
)


def more_link(text: str) -> bool:
    """True for the text of a link that leads from a teaser to its story."""
    return len(text.split()) <= 12 and _MORE.search(fold(text)) is not None
