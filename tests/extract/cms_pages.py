"""One story in the layouts of the systems that Arabic news sites are made with, and the pages of the same systems that are no story."""

from __future__ import annotations

import json

from extract_pages import LAST, LEAD, MIDDLE, OTHER, QUOTE, TITLE, html

HEADING = "أرصفة أعلى وسوق جديدة"
ITEMS = ("ترميم الرصيف الشرقي", "توسيع سوق السمك", "إنارة المدخل الشمالي")
CAPTION = "قوارب الصيد عند مدخل الميناء صباح أمس"
OTHERS = (
    OTHER,
    "مدرسة البحارة تفتح باب التسجيل للدورة الشتوية",
    "ارتفاع أسعار السمك في سوق الجملة بالمرسى",
    "حملة لتنظيف الشاطئ الغربي قبل الصيف",
)
BODY = (LEAD, MIDDLE, HEADING, "\n".join(f"- {item}" for item in ITEMS), QUOTE, LAST)

FIGURE = f'<figure class="wp-caption aligncenter"><img src="/i.jpg" alt=""><figcaption class="wp-caption-text">{CAPTION} (أ ف ب)</figcaption></figure>'


def story(between: str = "", heading: str = "h2") -> str:
    """The story's markup, with what stands between its paragraphs on a site."""
    items = "".join(f"<li>{item}</li>" for item in ITEMS)
    return (
        f"<p>{LEAD}</p>\n{FIGURE}<p>{MIDDLE}</p>{between}<{heading}>{HEADING}</{heading}><ul>{items}</ul>"
        f"<blockquote><p>{QUOTE}</p></blockquote><p>&nbsp;</p><p>{LAST}</p>"
    )


def teasers(form: str) -> str:
    return "".join(form.format(n=n, headline=headline, lead=LEAD[:90]) for n, headline in enumerate(OTHERS * 2))


def linked_data(**more: object) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "datePublished": "2025-01-21T10:15:00+03:00",
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


NEWSPAPER = html(
    f"""<div class="td-header-wrap"><div class="td-header-top-menu"><div class="td_data_time">الأربعاء, يناير 22, 2025</div></div>
    <ul class="sf-menu">{teasers('<li class="menu-item"><a href="/c/{n}">قسم {n}</a></li>')}</ul></div>
    <div class="td-container td-post-template-default"><div class="td-crumb-container"><div class="entry-crumbs"><a href="/">الرئيسية</a> <a href="/c">محليات</a></div></div>
    <div class="td-pb-row"><div class="td-pb-span8 td-main-content"><div class="td-ss-main-content"><article id="post-77" class="post-77 post type-post status-publish category-local">
    <div class="td-post-header"><ul class="td-category"><li class="entry-category"><a href="/c/local">محليات</a></li></ul><header class="td-post-title"><h1 class="entry-title">{TITLE}</h1>
    <div class="td-module-meta-info"><div class="td-post-author-name"><div class="td-author-by">بواسطة</div> <a href="/author/samar">سمر الحلبي</a><div class="td-author-line"> - </div></div>
    <span class="td-post-date"><time class="entry-date updated td-module-date" datetime="2025-01-21T10:15:00+03:00">21 يناير، 2025</time></span><div class="td-post-views"><i></i><span>312</span></div></div></header></div>
    <div class="td-post-sharing-top"><div class="td-post-sharing-visible"><a class="td-social-network">Facebook</a><a>WhatsApp</a></div></div>
    <div class="td-post-content tagdiv-type">{story('<div class="td-a-rec td-a-rec-id-content_inline"><span class="td-adspot-title">- إعلان -</span></div>')}</div>
    <footer><div class="td-post-source-tags"><ul class="td-tags td-post-small-box clearfix"><li><span>العلامات</span></li><li><a href="/t/1">الصيد</a></li><li><a href="/t/2">المرسى</a></li></ul></div>
    <div class="td-block-row td-post-next-prev"><div class="td-block-span6 td-post-prev-post"><div class="td-post-next-prev-content"><span>المقالة السابقة</span><a href="/9">{OTHER}</a></div></div></div>
    <div class="td-author-name vcard author"><span class="fn">سمر الحلبي</span></div></footer></article>
    <div class="td_block_wrap td_block_related_posts"><h4 class="td-related-title"><a>مقالات ذات صلة</a></h4>{teasers('<div class="td_module_related_posts"><h3 class="entry-title td-module-title"><a href="/{n}">{headline}</a></h3></div>')}</div>
    <div class="comments" id="comments"><div id="respond"><h3>ترك الرد</h3></div></div></div></div><div class="td-pb-span4 td-main-sidebar">{teasers('<div class="td_module_6"><h3><a href="/{n}">{headline}</a></h3></div>')}</div></div></div>""",
    '<meta property="og:type" content="article"><meta property="og:site_name" content="مرسى نيوز">',
    title=f"{TITLE} | مرسى نيوز",
    body_attributes='class="rtl post-template-default single single-post postid-77 single-format-standard td-standard-pack"',
)
JANNAH = html(
    f"""<div class="background-overlay"><div id="tie-container"><div id="tie-wrapper"><header id="theme-header"><div class="top-nav">الأربعاء, يناير 22 2025 <div class="breaking"><span class="breaking-title">أخبار عاجلة</span><ul>{teasers('<li><a href="/{n}">{headline}</a></li>')}</ul></div></div></header>
    <div id="content" class="site-content container"><div id="main-content-row"><div class="main-content tie-col-md-8" role="main"><article id="the-post" class="container-wrapper post-content tie-standard">
    <header class="entry-header-outer"><nav id="breadcrumb"><a href="/">الرئيسية</a><em>/</em><a href="/c">محليات</a></nav><div class="entry-header"><span class="post-cat-wrap"><a class="post-cat" href="/c">محليات</a></span><h1 class="post-title entry-title">{TITLE}</h1>
    <div class="single-post-meta post-meta clearfix"><span class="author-meta single-author"><span class="meta-item meta-author-wrapper"><span class="meta-author"><a href="/author/s" class="author-name">سمر الحلبي</a></span></span></span><span class="date meta-item tie-icon">21 يناير، 2025</span><div class="tie-alignright"><span class="meta-views meta-item">312</span><span class="meta-reading-time meta-item">دقيقتان</span></div></div></div></header>
    <div class="entry-content entry clearfix"><div class="stream-item stream-item-above-post-content"></div>{story('<div id="inline-related-post" class="mag-box mini-posts-box"><div class="mag-box-title"><h3>مقالات ذات صلة</h3></div><ul class="posts-list-items"><li class="widget-single-post-item"><a href="/9">' + OTHER + '</a><span class="date meta-item">منذ 3 أيام</span></li></ul></div>', "h3")}
    <div class="post-bottom-meta post-bottom-tags post-tags-modern"><div class="post-bottom-meta-title">الوسوم</div><span class="tagcloud"><a href="/t">الصيد</a> <a href="/t2">المرسى</a></span></div></div>
    <div id="post-extra-info"><div class="single-post-meta post-meta"><span class="date meta-item">21 يناير، 2025</span></div></div><div id="share-buttons-bottom" class="share-buttons"><a>فيسبوك</a><a>تويتر</a><a>واتساب</a></div></article>
    <div class="post-components"><div class="about-author container-wrapper"><div class="author-info"><h3 class="author-name"><a href="/author/s">سمر الحلبي</a></h3><div class="author-bio">صحفية تكتب عن شؤون البحر والصيادين منذ عشر سنوات وتقيم في المرسى القديمة مع أسرتها.</div></div></div>
    <div id="related-posts"><div class="mag-box-title"><h3>مقالات ذات صلة</h3></div>{teasers('<div class="related-item"><h3 class="post-title"><a href="/{n}">{headline}</a></h3><div class="post-meta"><span class="date">قبل {n} أيام</span></div></div>')}</div><div id="comments" class="comments-area"><h3 id="reply-title">اترك تعليقاً</h3><p class="comment-notes">لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *</p></div></div></div></div></div></div></div></div>""",
    linked_data(author={"@type": "Person", "name": "سمر الحلبي"}),
    title=f"{TITLE} - مرسى نيوز",
    body_attributes='class="rtl post-template-default single single-post postid-77 single-format-standard wrapper-has-shadow sidebar-left"',
)
SAHIFA = html(
    f"""<div class="wrapper-outer"><header id="theme-header"><div class="top-nav"><span class="today-date">الأربعاء , 22 يناير 2025</span></div></header><div id="main-content" class="container"><div class="content"><div class="crumbs"><a href="/">الرئيسية</a>/<span class="current">{TITLE}</span></div>
    <article class="post-listing post-77 post type-post" id="the-post"><div class="post-inner"><h1 class="name post-title entry-title"><span itemprop="name">{TITLE}</span></h1><p class="post-meta"><span class="post-meta-author"><i></i><a href="/a">سمر الحلبي</a></span><span class="tie-date"><i></i>21 يناير 2025</span><span class="post-cats"><a href="/c">محليات</a></span><span class="post-comments"><a href="#c">اضف تعليق</a></span><span class="post-views">312 زيارة</span></p>
    <div class="entry"><div class="share-post"><span class="share-text">شارك</span><ul><li><a>Facebook</a></li></ul></div>{story("<p><strong>اقرأ أيضاً: <a href='/9'>" + OTHER + "</a></strong></p>")}</div><p class="post-tag">الصيد <a href="/t">المرسى</a></p></div></article>
    <section id="author-box"><div class="block-head"><h3>عن سمر الحلبي</h3></div></section><section id="related_posts"><h3>مقالات مشابهة</h3>{teasers('<div class="related-item"><h3><a href="/{n}">{headline}</a></h3><p class="post-meta"><span class="tie-date">{n} يناير 2025</span></p></div>')}</section></div><aside id="sidebar">{teasers('<div class="widget"><a href="/{n}">{headline}</a></div>')}</aside></div></div>""",
    title=f"{TITLE} | مرسى نيوز",
    body_attributes='class="rtl single single-post postid-77"',
)
DRUPAL = html(
    f"""<div class="dialog-off-canvas-main-canvas"><header role="banner"><div class="region region-header"><div id="block-date" class="block">الأربعاء 22/01/2025</div></div></header><main role="main"><div class="region region-content"><div id="block-page-title"><h1 class="page-header"><span class="field field--name-title field--type-string field--label-hidden">{TITLE}</span></h1></div>
    <article data-history-node-id="77" class="node node--type-article node--promoted node--view-mode-full"><footer class="node__meta"><div class="node__submitted">نُشر بواسطة <span class="field field--name-uid"><span>سمر الحلبي</span></span> في <span class="field field--name-created">ثلاثاء, 01/21/2025 - 10:15</span></div></footer>
    <div class="node__content clearfix"><div class="field field--name-field-image"><img src="/i.jpg"></div><div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item">{story()}</div>
    <div class="field field--name-field-tags field--label-above"><div class="field__label">Tags</div><div class="field__items"><div class="field__item"><a href="/taxonomy/term/3">الصيد</a></div></div></div><section class="field field--name-comment comment-wrapper"><h2>أضف تعليق جديد</h2></section><ul class="links inline list-inline"><li class="statistics-counter">312 views</li></ul></div></article>
    <div class="views-element-container block-views-related"><h2 class="block-title">مواضيع ذات صلة</h2><div class="view-content">{teasers('<div class="views-row"><span class="field-content"><a href="/node/{n}">{headline}</a></span></div>')}</div></div></div></main></div>""",
    '<meta name="Generator" content="Drupal 10">',
    title=f"{TITLE} | مرسى نيوز",
    body_attributes='class="path-node page-node-type-article has-glyphicons"',
)
K2 = html(
    f"""<div id="t3-mainbody" class="container"><div id="t3-content"><span id="startOfPageId77"></span><div id="k2Container" class="itemView"><div class="itemHeader"><span class="itemDateCreated">الثلاثاء, 21 كانون2/يناير 2025 10:15</span><h2 class="itemTitle">{TITLE}</h2>
    <span class="itemAuthor">كتبه <a rel="author" href="/u/1">سمر الحلبي</a></span></div><div class="itemToolbar"><ul><li><span class="itemTextResizerTitle">حجم الخط</span></li><li><a class="itemPrintLink"><span>طباعة</span></a></li><li><a class="itemEmailLink"><span>البريد الإلكتروني</span></a></li></ul></div><div class="itemRatingBlock"><span>قيم الموضوع</span><div class="itemRatingLog">(0 أصوات)</div></div>
    <div class="itemBody"><div class="itemImageBlock"><span class="itemImage"><img src="/i.jpg"></span><span class="itemImageCaption">{CAPTION}</span></div><div class="itemIntroText"><p>{LEAD}</p></div><div class="itemFullText">{story().replace(f"<p>{LEAD}</p>", "", 1).replace(FIGURE, "", 1)}</div><div class="itemContentFooter"><span class="itemHits">قراءة <b>312</b> مرات</span><span class="itemDateModified">آخر تعديل على الثلاثاء, 21 كانون2/يناير 2025 12:00</span></div></div>
    <div class="itemSocialSharing"><a>Tweet</a></div><div class="itemLinks"><div class="itemCategory"><span>نشر في</span><a href="/local">محليات</a></div><div class="itemTagsBlock"><span>موسومة تحت</span><ul class="itemTags"><li><a href="/t">الصيد</a></li></ul></div></div><div class="itemRelated"><h3>مواد ذات صلة (بواسطة علامة)</h3><ul>{teasers('<li><a class="itemRelTitle" href="/{n}">{headline}</a></li>')}</ul></div></div></div></div>""",
    '<meta name="generator" content="Joomla! - Open Source Content Management">',
    title=TITLE,
)
BLOGGER = html(
    f"""<div class="content-outer"><div class="main-outer"><div class="main section" id="main"><div class="widget Blog"><div class="blog-posts hfeed"><div class="date-outer"><h2 class="date-header"><span>الثلاثاء، 21 يناير 2025</span></h2><div class="date-posts"><div class="post-outer"><div class="post hentry"><h3 class="post-title entry-title" itemprop="name">{TITLE}</h3><div class="post-header"></div>
    <div class="post-body entry-content" id="post-body-7" itemprop="description articleBody"><div dir="rtl" style="text-align: right;" trbidi="on">{LEAD}<br><br>{MIDDLE}<br><br><b>{HEADING}</b><br><br><ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul><blockquote>{QUOTE}</blockquote>{LAST}</div><div style="clear: both;"></div></div>
    <div class="post-footer"><div class="post-footer-line"><span class="post-author vcard">مرسلة بواسطة <span class="fn" itemprop="author"><span itemprop="name">سمر الحلبي</span></span></span> <span class="post-timestamp">في <a class="timestamp-link" href="#"><abbr class="published" itemprop="datePublished" title="2025-01-21T10:15:00+03:00">10:15 ص</abbr></a></span></div><div class="post-footer-line"><span class="post-labels">التسميات: <a href="/l">الصيد</a></span></div></div></div>
    <div class="comments" id="comments"><h4>ليست هناك تعليقات:</h4></div></div></div></div></div><div class="blog-pager"><a>رسالة أحدث</a></div></div></div></div></div>""",
    title=f"مرسى نيوز: {TITLE}",
)
ASPNET = html(
    f"""<form method="post" action="News.aspx?id=77" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="abc"><table width="980" align="center"><tr><td colspan="2"><span id="ctl00_lblToday">الأربعاء 22 يناير 2025</span></td></tr><tr><td width="200" valign="top"><table id="ctl00_dlMenu">{teasers('<tr><td><a href="News.aspx?id={n}">{headline}</a></td></tr>')}</table></td>
    <td valign="top"><div><span id="ctl00_ContentPlaceHolder1_lblTitle" class="NewsTitle">{TITLE}</span></div><div><span id="ctl00_ContentPlaceHolder1_lblDate">2025/01/21</span> - <span id="ctl00_ContentPlaceHolder1_lblHits">عدد القراءات : 312</span></div><div class="imgDiv"><img src="i.jpg"></div>
    <span id="ctl00_ContentPlaceHolder1_lblDetails"><div align="justify">{LEAD}<br/><br/>{MIDDLE}<br/><br/><strong>{HEADING}</strong><br/><br/><ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul>{QUOTE}<br/><br/>{LAST}</div></span><div><a href="print.aspx?id=77">نسخة للطباعة</a> | <a href="send.aspx">أرسل لصديق</a></div></td></tr><tr><td colspan="2">جميع الحقوق محفوظة لمرسى نيوز 2025</td></tr></table></form>""",
    title="مرسى نيوز",
).replace('charset="utf-8"', 'charset="windows-1256"')
ELEMENTOR = html(
    f"""<div data-elementor-type="header" class="elementor elementor-11 elementor-location-header"><div class="elementor-widget elementor-widget-nav-menu"><ul>{teasers('<li><a href="/c/{n}">قسم {n}</a></li>')}</ul></div></div>
    <div data-elementor-type="single-post" class="elementor elementor-22 elementor-location-single post-77 post type-post"><section class="elementor-section"><div class="elementor-container"><div class="elementor-column"><div class="elementor-widget-wrap"><div class="elementor-element elementor-widget elementor-widget-theme-post-title elementor-page-title elementor-widget-heading"><div class="elementor-widget-container"><h1 class="elementor-heading-title elementor-size-default">{TITLE}</h1></div></div>
    <div class="elementor-element elementor-widget elementor-widget-post-info"><div class="elementor-widget-container"><ul class="elementor-inline-items elementor-icon-list-items elementor-post-info"><li class="elementor-icon-list-item" itemprop="author"><a href="/a"><span class="elementor-icon-list-text elementor-post-info__item--type-author">سمر الحلبي</span></a></li><li class="elementor-icon-list-item" itemprop="datePublished"><a href="/2025/01/21/"><span class="elementor-icon-list-text elementor-post-info__item--type-date"><time>21 يناير، 2025</time></span></a></li></ul></div></div>
    <div class="elementor-element elementor-widget elementor-widget-theme-post-content"><div class="elementor-widget-container">{story()}</div></div><div class="elementor-element elementor-widget elementor-widget-share-buttons"><div class="elementor-share-btn">Facebook</div></div><div class="elementor-element elementor-widget elementor-widget-heading"><h2 class="elementor-heading-title">أخبار ذات صلة</h2></div><div class="elementor-element elementor-widget elementor-widget-posts"><div class="elementor-posts-container">{teasers('<article class="elementor-post elementor-grid-item"><div class="elementor-post__text"><h3 class="elementor-post__title"><a href="/{n}">{headline}</a></h3><div class="elementor-post__excerpt"><p>{lead}</p></div></div></article>')}</div></div></div></div></div></section></div>""",
    title=f"{TITLE} - مرسى نيوز",
    body_attributes='class="rtl post-template-default single single-post postid-77 elementor-default"',
)
BOOTSTRAP = html(
    f"""<div class="container"><div class="row"><div class="col-md-12 head"><span>الأربعاء 22 يناير 2025</span></div></div><div class="row"><div class="col-md-8"><ol class="breadcrumb"><li><a href="/">الرئيسية</a></li><li class="active">محليات</li></ol><div class="n_title"><h2>{TITLE}</h2></div><div class="n_date"><i class="fa fa-clock-o"></i> الثلاثاء 21 يناير 2025 - 10:15 ص <i class="fa fa-eye"></i> 312</div><div class="n_img"><img class="img-responsive" src="/i.jpg"><p class="n_caption">{CAPTION}</p></div>
    <div id="n_txt"><div style="text-align:justify">{LEAD}</div><div>&nbsp;</div><div style="text-align:justify">{MIDDLE}</div><div style="text-align:justify"><strong>{HEADING}</strong></div><ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul><div>{QUOTE}</div><div>{LAST}</div></div><div class="fb-like"></div>
    <div class="row"><div class="col-md-12"><h4>أخبار متعلقة</h4></div>{teasers('<div class="col-md-3"><a href="/n/{n}"><img src="/{n}.jpg"><p>{headline}</p></a></div>')}</div></div><div class="col-md-4"><h4>الأكثر قراءة</h4>{teasers('<div class="media"><a href="/n/{n}">{headline}</a><br><small>{n} يناير 2025</small></div>')}</div></div></div>""",
    title=f"مرسى نيوز | {TITLE}",
)
AMP = html(
    f"""<amp-sidebar id="s" layout="nodisplay"><ul>{teasers('<li><a href="/c/{n}">قسم {n}</a></li>')}</ul></amp-sidebar><header class="amp-wp-header"><a href="/">مرسى نيوز</a></header><article class="amp-wp-article"><header class="amp-wp-article-header"><h1 class="amp-wp-title">{TITLE}</h1><div class="amp-wp-meta amp-wp-byline"><span class="amp-wp-author author vcard">سمر الحلبي</span></div><div class="amp-wp-meta amp-wp-posted-on"><time datetime="2025-01-21T10:15:00+03:00">منذ 23 ساعة</time></div></header>
    <figure class="amp-wp-article-featured-image wp-caption"><amp-img src="/i.jpg" width="600" height="400"></amp-img><p class="wp-caption-text">{CAPTION}</p></figure><div class="amp-wp-article-content">{story('<amp-ad width="300" height="250" type="doubleclick"><div placeholder>إعلان</div></amp-ad>')}<amp-social-share type="twitter"></amp-social-share></div><footer class="amp-wp-article-footer"><div class="amp-wp-meta amp-wp-tax-category">الأقسام: <a href="/c">محليات</a></div><div class="amp-wp-meta amp-wp-tax-tag">الوسوم: <a href="/t">الصيد</a></div></footer></article>
    <footer class="amp-wp-footer"><p>جميع الحقوق محفوظة</p></footer>""",
    linked_data(),
    title=f"{TITLE} - مرسى نيوز",
    attributes='amp lang="ar" dir="rtl"',
)
NEXT_MARKUP = story().replace(FIGURE, "")
NEXT = html(
    f"""<div id="__next"><header class="css-1x"><a href="/">مرسى نيوز</a></header><main class="css-2x"><h1 class="css-3x">{TITLE}</h1><div class="css-4x"><span>جار التحميل</span></div></main></div>
    <script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"pageProps": {"article": {"id": 77, "title": TITLE, "publishedAt": "2025-01-21T10:15:00+03:00", "content": NEXT_MARKUP}, "related": [{"title": headline, "content": f"<p>{LEAD} {MIDDLE} {LAST}</p>"} for headline in OTHERS]}}, "page": "/[slug]"}, ensure_ascii=False)}</script>""",
    linked_data() + f'<meta property="og:title" content="{TITLE}"><meta property="og:type" content="article">',
    title=f"{TITLE} | مرسى نيوز",
)
OPINION = html(
    f"""<div id="wrap"><div class="site-header"><div class="date-now">22 يناير 2025</div></div><main><div class="opinion-head"><img class="writer-img" src="/w.jpg"><div class="writer-name"><a href="/writers/12">بقلم: سمر الحلبي</a></div><div class="writer-title">كاتبة وباحثة في شؤون البحر</div></div><h1 class="opinion-title">{TITLE}</h1><div class="publish-date">الثلاثاء 21 يناير 2025</div>
    <div class="opinion-content">{story().replace(FIGURE, "")}<p>* كاتبة من المرسى</p><p>المقال يعبّر عن رأي كاتبه ولا يعكس بالضرورة رأي الموقع.</p></div><div class="writer-articles"><h3>مقالات أخرى للكاتب</h3>{teasers('<div class="writer-article"><a href="/o/{n}">{headline}</a><span>{n} يناير 2025</span></div>')}</div></main></div>""",
    title=f"{TITLE} - مرسى نيوز",
)

LIVE = html(
    f"""<header class="page-top"><div class="today">الأربعاء 22 يناير 2025</div></header><main><h1 class="lb-title">{TITLE}</h1><div class="lb-info"><span>سمر الحلبي</span><time datetime="2025-01-21T08:00:00+03:00">21 يناير 2025</time></div><div class="lb-summary"><p>{LEAD}</p></div>
    <div class="lb-entries"><div class="lb-entry"><time datetime="2025-01-21T11:00:00+03:00">11:00</time><h3>{HEADING}</h3><p>{MIDDLE}</p><div class="lb-share"><a>شارك</a></div></div><div class="lb-entry"><time datetime="2025-01-21T10:15:00+03:00">10:15</time><h3>الصيادون يعودون</h3><p>{QUOTE}</p></div><div class="lb-entry"><time datetime="2025-01-21T09:00:00+03:00">09:00</time><h3>بداية الاحتفال</h3><p>{LAST}</p></div></div></main>""",
    linked_data(**{"@type": "LiveBlogPosting", "author": [{"@type": "Person", "name": "سمر الحلبي"}]}).replace(
        '"NewsArticle", "headline"', '"LiveBlogPosting", "headline"'
    ),
    title=f"{TITLE} | مرسى نيوز",
)
SIGNED = html(
    f"""<div id="page"><h1 id="logo"><a href="/">مرسى نيوز</a></h1><div class="nav-date">الأربعاء ٢٢ كانون الثاني ٢٠٢٥</div><div class="article_page"><h2 class="article_h">{TITLE}</h2><div class="article_sub">الثلاثاء ٢١ كانون الثاني ٢٠٢٥ | ١٠:١٥</div><div class="article_b"><p><strong>مرسى نيوز - وكالات</strong></p>{story("<div class='subscribe-box'><h4>اشترك في نشرتنا البريدية</h4><p>احصل على أهم أخبار المرسى كل صباح في بريدك الإلكتروني مجانا ودون إزعاج.</p><input type='email'></div>")}<p>المصدر: وكالة الساحل للأنباء</p><p>لمتابعة آخر الأخبار انضموا إلى قناتنا على تلغرام</p></div></div></div>""",
    '<meta property="og:site_name" content="مرسى نيوز">',
    title=f"مرسى نيوز - {TITLE}",
)
SCROLL = html(
    f"""<main><article class="single-article"><h1>{TITLE}</h1><div class="dt">21-01-2025 | 10:15</div><div class="art-text">{story()}</div></article><div class="next-article-sep">التالي</div><article class="single-article"><h1>{OTHER}</h1><div class="dt">20-01-2025 | 08:00</div><div class="art-text"><p>{MIDDLE} {MIDDLE}</p><p>{LEAD} {QUOTE}</p></div></article></main>""",
    f'<meta property="og:title" content="{TITLE}"><meta property="og:type" content="article">',
    title=f"{TITLE} | مرسى نيوز",
)
BLOCKS = html(
    f"""<main class="wp-block-group"><h1 class="wp-block-post-title">{TITLE}</h1><div class="wp-block-group is-layout-flex"><div class="wp-block-post-author"><div class="wp-block-post-author__content"><p class="wp-block-post-author__name">سمر الحلبي</p></div></div><div class="wp-block-post-date"><time datetime="2025-01-21T10:15:00+03:00">يناير 21, 2025</time></div></div>
    <div class="entry-content wp-block-post-content is-layout-constrained"><p class="has-text-align-right">{LEAD}</p><figure class="wp-block-image size-large"><img src="/i.jpg"><figcaption class="wp-element-caption">{CAPTION}</figcaption></figure><p>{MIDDLE}</p><h2 class="wp-block-heading">{HEADING}</h2><ul class="wp-block-list">{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul><blockquote class="wp-block-quote"><p>{QUOTE}</p></blockquote><figure class="wp-block-embed is-type-rich is-provider-twitter"><div class="wp-block-embed__wrapper"><blockquote class="twitter-tweet"><p>تغريدة من البلدية عن الميناء الجديد وصوره الأولى</p></blockquote></div></figure><p>{LAST}</p><div class="sharedaddy sd-sharing-enabled"><h3>شارك هذا الموضوع:</h3></div><div id="jp-relatedposts"><h3>مرتبط</h3></div></div><div class="taxonomy-post_tag wp-block-post-terms"><a href="/t">الصيد</a></div><div class="wp-block-comments"><h2>اترك تعليقاً</h2></div></main>""",
    title=f"{TITLE} – مرسى نيوز",
    body_attributes='class="rtl wp-singular post-template-default single single-post"',
)
GALLERY = html(
    f"""<main><article><h1>{TITLE}</h1><span class="date">21/01/2025</span>{story().replace(FIGURE, "")}<div class="gallery">{"".join(f'<figure class="gallery-item"><img src="/{n}.jpg"><figcaption>صورة {n}: {CAPTION} ويظهر فيها الصيادون وهم يفرغون حمولة اليوم</figcaption></figure>' for n in range(8))}</div></article></main>""",
    title=f"{TITLE} | مرسى نيوز",
)
TWO_COLUMNS = html(
    f"""<div class="main_wrapper"><div class="right_side">{teasers('<div class="box"><a href="/{n}">{headline}</a></div>')}</div><div class="content_side"><div class="path">الرئيسية &gt; محليات</div><div class="titles"><div class="sup_title">ترميم</div><h1>{TITLE}</h1><div class="sub_title"></div></div><div class="by_line">كتبت - سمر الحلبي</div><div class="date_line">تاريخ النشر: 21/01/2025 10:15 AM</div><div class="the_text"><font size="4"><div dir="rtl">{LEAD}</div><div><br></div><div dir="rtl">{MIDDLE}</div><div dir="rtl"><b>{HEADING}</b></div><ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul><div dir="rtl">{QUOTE}</div><div dir="rtl">{LAST}</div></font></div><div class="after">عدد المشاهدات 312</div><div class="keyw">كلمات دلالية: <a href="/k">الصيد</a>، <a href="/k2">الميناء</a></div><div class="cmt"><div class="cmt_i"><b>أبو أحمد</b><p>خبر جميل ونتمنى أن يستفيد منه كل الصيادين في المدينة وأن لا تعود العاصفة مرة أخرى.</p></div></div></div></div>""",
    title=f"مرسى نيوز : {TITLE}",
)

STORIES = {
    "WordPress, Newspaper": NEWSPAPER,
    "WordPress, Jannah": JANNAH,
    "WordPress, Sahifa": SAHIFA,
    "WordPress, Elementor": ELEMENTOR,
    "Drupal": DRUPAL,
    "Joomla, K2": K2,
    "Blogger": BLOGGER,
    "ASP.NET, windows-1256": ASPNET,
    "Bootstrap": BOOTSTRAP,
    "AMP": AMP,
    "Next.js, text in a script": NEXT,
    "an opinion": OPINION,
    "WordPress, blocks": BLOCKS,
    "a signature, a site's name as heading": SIGNED,
    "the next story below": SCROLL,
    "a gallery": GALLERY,
    "two columns, fonts": TWO_COLUMNS,
}

NO_AUTHOR = {
    "ASP.NET, windows-1256",
    "Bootstrap",
    "Next.js, text in a script",
    "a signature, a site's name as heading",
    "the next story below",
    "a gallery",
}

NOT_STORIES = {
    "Newspaper, a category": html(
        f"""<div class="td-category-header"><h1 class="entry-title td-page-title">محليات</h1></div><div class="td-ss-main-content">{teasers('<div class="td_module_10 td_module_wrap"><h3 class="entry-title td-module-title"><a href="/{n}">{headline}</a></h3><div class="td-module-meta-info"><span class="td-post-date"><time>21 يناير، 2025</time></span></div><div class="td-excerpt">{lead}…</div></div>')}</div>""",
        title="محليات | مرسى نيوز", body_attributes='class="rtl archive category category-local"',
    ),
    "Jannah, a tag": html(
        f"""<header class="entry-header-outer"><h1 class="page-title">الصيد</h1></header><div class="mag-box"><ul id="posts-container" class="posts-items">{teasers('<li class="post-item"><div class="post-details"><h2 class="post-title"><a href="/{n}">{headline}</a></h2><p class="post-excerpt">{lead}</p><a class="more-link" href="/{n}">أكمل القراءة »</a></div></li>')}</ul></div>""",
        title="الصيد - مرسى نيوز",
    ),
    "Jannah, a search": html(
        f"""<h1 class="page-title">نتائج البحث عن: الميناء</h1>{teasers('<div class="result"><a href="/{n}">{headline}</a><p>{lead}</p></div>')}""", title="نتائج البحث عن الميناء"
    ),
    "Jannah, an author": html(
        f"""<div class="about-author"><h1>سمر الحلبي</h1><div class="author-bio">{LEAD} {MIDDLE}</div></div>{teasers('<li class="post-item"><h2 class="post-title"><a href="/{n}">{headline}</a></h2><span class="date">منذ {n} أيام</span></li>')}""",
        title="سمر الحلبي, Author at مرسى نيوز", body_attributes='class="rtl archive author author-samar"',
    ),
    "Jannah, no such page": html(
        '<div class="container-404"><h2>404 :(</h2><h3>عذراً, لا يمكن العثور على هذه الصفحة</h3><h4>يبدو أننا لا يمكن أن نجد ما كنت تبحث عنه. ربما يساعدك البحث</h4></div>',
        title="الصفحة غير موجودة - مرسى نيوز", body_attributes='class="rtl error404"',
    ),
    "Drupal, a term": html(
        f"""<h1 class="page-header">الصيد</h1><div class="view-content">{teasers('<div class="views-row"><article class="node node--type-article node--view-mode-teaser"><h2><a href="/node/{n}">{headline}</a></h2><div class="field--name-body"><p>{lead}</p></div></article></div>')}</div>""",
        title="الصيد | مرسى نيوز", body_attributes='class="path-taxonomy"',
    ),
    "K2, a category": html(
        f"""<div id="k2Container" class="itemListView"><div class="itemListCategory"><h2>محليات</h2></div><div class="itemList">{teasers('<div class="catItemView"><h3 class="catItemTitle"><a href="/{n}">{headline}</a></h3><div class="catItemIntroText"><p>{lead}</p></div><div class="catItemReadMore"><a href="/{n}">إقرأ المزيد...</a></div></div>')}</div></div>""",
        title="محليات",
    ),
    "ASP.NET, a grid": html(
        f"""<form id="aspnetForm"><table id="ctl00_gvNews">{teasers('<tr><td><a href="News.aspx?id={n}">{headline}</a></td><td>2025/01/{n}</td></tr>')}</table></form>""", title="مرسى نيوز - محليات"
    ),
    "Blogger, the newest": html(
        f"""<div class="blog-posts hfeed">{teasers('<div class="post hentry"><h3 class="post-title entry-title"><a href="/2025/01/{n}.html">{headline}</a></h3><div class="post-body">{lead} {lead}</div><div class="jump-link"><a href="/2025/01/{n}.html#more">قراءة المزيد »</a></div></div>')}</div>""", title="مرسى نيوز"
    ),
    "Next.js, a section": html(
        f"""<div id="__next"><main class="css-1"><h1 class="css-2">محليات</h1><div class="css-3">{teasers('<a class="css-4" href="/{n}"><div class="css-5"><h3 class="css-6">{headline}</h3><p class="css-7">{lead}</p></div></a>')}</div></main></div>""", title="محليات | مرسى نيوز"
    ),
}  # fmt: skip
