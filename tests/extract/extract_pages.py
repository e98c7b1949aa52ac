"""Pages written for these tests: one story of a harbour town in the builds that news sites come in, and pages that are no story."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newsspider.extract import Extraction, Hints, Page, extract_page

URL = "https://www.marsa-news.example/story/4711"
FETCHED_AT = datetime(2025, 1, 22, 9, 30, tzinfo=UTC)

TITLE = "ميناء الصيد القديم يستعيد أرصفته بعد عام من العاصفة"
LEAD = "أعلنت بلدية المرسى صباح اليوم انتهاء أعمال ترميم ميناء الصيد القديم، بعد عام كامل من العاصفة التي جرفت رصيفه الشرقي وأغرقت أحد عشر قاربا."
MIDDLE = "وقال رئيس البلدية سالم الحداد إن الأرصفة الجديدة ترتفع مترا عن سابقتها، وإن الصيادين شاركوا في اختيار الحجر الذي بنيت به."
QUOTE = "لم نترك البحر يوما، لكننا كنا نرسو عند الجيران كالضيوف، واليوم نعود إلى بيتنا."
LAST = "ومن المقرر أن يفتح الميناء أبوابه للزوار في الأسبوع المقبل، على أن يبدأ سوق السمك عمله مع مطلع الشهر القادم."
STORY = (LEAD, MIDDLE, QUOTE, LAST)
OTHER = "قطار الساحل يعود إلى العمل بعد توقف دام ثلاثة أشهر"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>\n" for text in texts)


def html(
    body: str, head: str = "", *, title: str = f"{TITLE} - مرسى نيوز", attributes: str = 'lang="ar" dir="rtl"', body_attributes: str = ""
) -> str:
    return f'<!DOCTYPE html>\n<html {attributes}><head><meta charset="utf-8"><title>{title}</title>{head}</head>\n<body {body_attributes}>{body}</body></html>'


def extract(page: str | bytes, url: str = URL, *, headers: dict[str, str] | None = None, **hints: Any) -> Extraction:
    body = page.encode() if isinstance(page, str) else page
    return extract_page(Page(body, url, headers or {"content-type": "text/html; charset=utf-8"}, FETCHED_AT), Hints(**hints))


def cards(count: int, *, tag: str = "div", link: str = "a") -> str:
    """Teasers of other stories."""
    return "".join(
        f'<{tag} class="box"><h3><a href="/story/{number}">{OTHER} {number}</a></h3><p>{LEAD[:90]}</p></{tag}>' for number in range(count)
    )


BLOG_SYSTEM = html(
    f"""
<div id="page"><header id="masthead" class="site-header"><div class="top-date">الأربعاء ٢٢ / يناير / ٢٠٢٥</div>
<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/c/1">محليات</a></li></ul></nav></header>
<main><article id="post-4711" class="post-4711 post type-post hentry category-latest tag-sea">
<header class="entry-header"><h1 class="entry-title">{TITLE}</h1>
<div class="entry-meta"><span class="posted-on"><a href="{URL}" rel="bookmark"><time class="entry-date published" datetime="2020-03-17T10:15:00+02:00">17 مارس 2020</time>
<time class="updated" datetime="2020-03-18T08:00:00+02:00">18 مارس 2020</time></a></span>
<span class="byline">كتب: <a rel="author" href="/author/1">هدى النجار</a></span>
<span class="cat-links"><a href="/c/1" rel="category tag">محليات</a></span></div></header>
<figure class="wp-block-image"><img src="/p.jpg" alt=""><figcaption>قوارب الصيد عند الرصيف الشرقي (تصوير: مرسى نيوز)</figcaption></figure>
<div class="entry-content no-share">
{paragraphs(LEAD)}
<p><strong>اقرأ أيضاً: <a href="/story/9">{OTHER}</a></strong></p>
{paragraphs(MIDDLE)}
<h2>عودة إلى البيت</h2>
<blockquote><p>{QUOTE}</p></blockquote>
<div class="sharedaddy"><span>شارك هذا الموضوع</span></div>
<ul><li>طول الرصيف الجديد مئتا متر</li><li>عدد القوارب المسجلة أربعون</li></ul>
{paragraphs(LAST)}
<p>مواضيع ذات صلة:</p><ul><li><a href="/story/8">{OTHER}</a></li><li><a href="/story/7">سوق السمك يستعد للموسم الجديد في المدينة</a></li></ul>
</div>
<footer class="entry-footer"><span class="tags-links"><a href="/t/1" rel="tag">الميناء</a>، <a href="/t/2" rel="tag">الصيد</a></span></footer>
</article>
<div id="comments"><h3>تعليقات</h3><p>كنت هناك يوم العاصفة ورأيت الأمواج تضرب الرصيف بقوة لم نعرفها من قبل، شكرا لكل من ساعد.</p></div></main>
<aside class="widget-area"><h4>الأكثر قراءة</h4>{cards(3)}</aside>
<footer><p>جميع الحقوق محفوظة 2025</p></footer></div>
""",
    '<link rel="canonical" href="/story/4711"><meta property="og:image" content="/p.jpg">',
    body_attributes='class="rtl single single-post"',
)

BARE = html(
    f"""
<table><tr><td colspan="2"><a href="/">مرسى نيوز</a> الأربعاء 22 جانفي 2025</td></tr>
<tr><td width="70%"><div><a href="/">الرئيسية</a> &gt; <a href="/c/1">محليات</a></div>
<h1>{TITLE}<br>{TITLE}</h1>
بقلم: هدى النجار | الثلاثاء 17 مارس 2020 - 10:15<br><br>
{LEAD}<br><br>{MIDDLE}<br>{QUOTE}<br><br>{LAST}<br><br>وكالات<br><br>
<a href="/story/9">{OTHER}</a><br><br></td>
<td><b>اخترنا لكم</b><br><a href="/story/8">{OTHER}</a><br><a href="/story/7">سوق السمك يستعد للموسم الجديد في المدينة</a></td></tr></table>
""",
    title="مرسى نيوز",
    attributes="",
)

GRAPH = html(
    f"""
<div class="css-1x9f"><div class="css-77ab"><h2 class="css-k1">{TITLE}</h2></div>
<div class="css-92bd">{"".join(f'<div class="css-p"><div>{text}</div></div>' for text in STORY)}
<div class="css-p"><div>المصدر: رويترز</div></div></div>
<section class="css-r"><h3>قد يهمك أيضا</h3>{cards(4, tag="section")}</section></div>
""",
    """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
 {"@type":"WebSite","name":"مرسى نيوز"},{"@type":"Organization","name":"مرسى نيوز"},
 {"@type":["NewsArticle"],"headline":"TITLE","datePublished":"2020-03-17T08:15:00Z","dateModified":"2020-03-18T06:00:00Z",
  "author":[{"@type":"Person","name":"بقلم هدى النجار"}],"articleSection":["محليات"],"keywords":"الميناء, الصيد",
  "image":{"@type":"ImageObject","url":"https://cdn.marsa-news.example/p.jpg"},"mainEntityOfPage":{"@id":"URL"}},
 {"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"OTHER","datePublished":"2021-01-01T00:00:00Z"}]},]}</script>""".replace(
        "TITLE", TITLE
    )
    .replace("URL", URL)
    .replace("OTHER", OTHER),
)

PERSIAN = html(
    paragraphs(
        "شهردار بندر امروز اعلام کرد که بازسازی اسکله قدیمی ماهیگیری پس از یک سال به پایان رسیده است و این اسکله از هفته آینده باز می‌شود.",
        "به گفته او، دیوارهای جدید یک متر بلندتر از گذشته است و ماهیگیران نیز در انتخاب سنگ‌های آن با شهرداری همکاری کرده‌اند.",
        "گفتنی است که طوفان سال گذشته یازده قایق را در این بندر غرق کرد و خسارت زیادی برای مردم شهر به بار آورد.",
    ).replace("<p>", "<h1>بازگشایی اسکله قدیمی ماهیگیری در شهر بندر پس از یک سال</h1><p>", 1),
    title="بازگشایی اسکله قدیمی ماهیگیری در شهر بندر پس از یک سال",
    attributes='lang="ar"',
)
URDU = html(
    "<h1>پرانی بندرگاہ کی مرمت ایک سال بعد مکمل ہو گئی</h1>"
    + paragraphs(
        "میئر نے اعلان کیا ہے کہ پرانی بندرگاہ کی مرمت کا کام مکمل ہو گیا ہے اور یہ اگلے ہفتے سے عوام کے لیے کھول دی جائے گی۔",
        "انہوں نے کہا کہ نئی دیواریں پہلے سے ایک میٹر اونچی ہیں اور ماہی گیروں نے بھی پتھر کے انتخاب میں حصہ لیا تھا۔",
        "گزشتہ سال کے طوفان میں گیارہ کشتیاں ڈوب گئی تھیں اور شہر کے لوگوں کو بہت نقصان ہوا تھا۔",
    ),
    title="پرانی بندرگاہ کی مرمت ایک سال بعد مکمل ہو گئی",
)
FRENCH = html(
    "<h1>Le vieux port de pêche rouvre un an après la tempête</h1>"
    + paragraphs(
        *[
            "La municipalité a annoncé que les travaux du vieux port de pêche sont terminés, un an après la tempête qui avait emporté le quai."
        ]
        * 3
    ),
    title="Le vieux port de pêche rouvre un an après la tempête",
    attributes='lang="ar"',
)
SECTION_PAGE = html(f"<h1>محليات</h1><main>{cards(8)}</main>", title="محليات - مرسى نيوز")
CARDS_WITHOUT_HEADINGS = html(
    "<ul>" + "".join(f'<li><a href="/story/{n}">{OTHER} {n}</a><br>{LEAD}</li>' for n in range(5)) + "</ul>", title="مرسى نيوز"
)
SOFT_404 = html(
    "<main><h1>عذرا، الصفحة التي تبحث عنها غير موجودة</h1><p>ربما نقلت الصفحة أو حذفت. يمكنك العودة إلى الصفحة الرئيسية أو استخدام البحث.</p></main>",
    title="مرسى نيوز",
)
LOGIN_WALL = html(
    f"<article><h1>{TITLE}</h1><p>{LEAD[:110]}...</p><div class='wall'><p>هذا المقال متاح للمشتركين فقط</p><p>سجل الدخول لمتابعة القراءة</p></div></article>",
    '<meta property="og:type" content="article">',
)
VIDEO = html(
    f"<h1>{TITLE}</h1><video src='/v.mp4'></video><p>شاهد لحظة افتتاح الميناء.</p>", '<meta property="og:type" content="video.other">'
)
FLASH = html(f"<article><h1>{TITLE}</h1><p>{LEAD}</p></article>", '<meta property="og:type" content="article">')
STUB = html(f"<article><h1>{TITLE}</h1><p>تفاصيل بعد قليل.</p></article>", '<meta property="og:type" content="article">')
