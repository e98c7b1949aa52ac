"""Forms made systematically from CLDR, digits, separators, spellings and orders read back; and no text at all breaks the reader."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from babel import Locale
from babel.dates import format_date
from babel.localedata import locale_identifiers
from hypothesis import given, settings
from hypothesis import strategies as st

from newsspider.dates import Calendar, read_date
from newsspider.dates.assembly import Assembly
from newsspider.dates.folding import MAX_CHARS, fold, origin
from newsspider.dates.lexicon import lexicon
from newsspider.dates.plain import read_plain
from newsspider.dates.tokens import cut
from newsspider.dates.zones import named_zone

REFERENCE = datetime(2026, 2, 20, 9, 30, tzinfo=UTC)
ZONE = "Asia/Riyadh"
LOCALES = sorted(name for name in locale_identifiers() if name.split("_")[0] == "ar")
DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]
MONTHS = sorted({(month, name) for locale in LOCALES for month, name in Locale.parse(locale).months["format"]["wide"].items()})
OWN = lexicon()
OWN_MONTHS = sorted(
    {
        (v, " ".join((first, *rest)))
        for first, entries in OWN.phrases.items()
        for rest, code, v in entries
        if code == "M" and not first.isascii()
    }
)
HIJRI = sorted({(v, " ".join((first, *rest))) for first, entries in OWN.phrases.items() for rest, code, v in entries if code == "H"})
NAMED_FORMS = [
    "{d} {m} {y}",
    "{d}/{m}/{y}",
    "{d} - {m} - {y}",
    "{d}، {m}، {y}",
    "{m} {d}, {y}",
    "{y} {m} {d}",
    "{d} من {m} سنة {y}م",
    "({d} {m} {y})",
    "{d} {y} {m}",
    "{d}{m}{y}",
]
NUMBER_FORMS = [
    "{d}/{m}/{y}",
    "{d}-{m}-{y}",
    "{d}.{m}.{y}",
    "{d} / {m} / {y}",
    "{y}/{m}/{d}",
    "{y}-{m}-{d}",
    "{d:02}/{m:02}/{y}",
    "{y}.{m:02}.{d:02}",
]
NOISE = ["{}", "نشر بتاريخ: {}", "كتب: أحمد سالم {}", "{} - 14:35", "رويترز | {} | 3 تعليقات", "آخر تحديث {}"]
CONTROLS = "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069\u200b\ufeff"
days = st.dates(date(1990, 1, 1), REFERENCE.date())


def stated(text: str) -> date | None:
    found = read_date(text, reference=REFERENCE, timezone=ZONE).published
    return found.day if found else None


def in_digits(text: str, digits: str) -> str:
    return text.translate(str.maketrans(DIGITS[0], digits))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_arabic_locale_of_cldr_reads_back(locale: str) -> None:
    for month, length in product(range(1, 13), ("full", "long", "medium", "short")):
        day = date(2024, month, 13 + month)
        text = format_date(day, length, locale=locale)
        expected = date(2024, month, 13 + month)
        assert stated(text) == expected, text


@pytest.mark.parametrize("form", NAMED_FORMS)
@pytest.mark.parametrize("digits", DIGITS)
def test_every_month_name_in_every_form(form: str, digits: str) -> None:
    for month, name in {*MONTHS, *OWN_MONTHS}:
        text = in_digits(form.format(d=17, m=name, y=2024), digits)
        if name[-1].isdigit() and form in ("{m} {d}, {y}", "{y} {m} {d}", "{d}{m}{y}"):
            continue  # "كانون 2" and a number behind it cannot be told apart
        assert stated(text) == date(2024, month, 17), text


@pytest.mark.parametrize("name", [name for _, name in OWN_MONTHS])
def test_a_month_name_means_one_month(name: str) -> None:
    assert len({month for month, other in OWN_MONTHS if other == name}) == 1


@given(day=days, form=st.sampled_from(NUMBER_FORMS), digits=st.sampled_from(DIGITS), noise=st.sampled_from(NOISE))
def test_numbers_read_day_first_or_year_first(day: date, form: str, digits: str, noise: str) -> None:
    text = in_digits(noise.format(form.format(d=day.day, m=day.month, y=day.year)), digits)
    assert stated(text) == day


@given(
    day=days,
    month_style=st.integers(0, len(MONTHS) - 1),
    form=st.sampled_from(NAMED_FORMS[:8]),
    noise=st.sampled_from(NOISE),
    data=st.data(),
)
def test_names_read_among_noise_and_controls(day: date, month_style: int, form: str, noise: str, data: st.DataObject) -> None:
    names = [name for month, name in MONTHS if month == day.month]
    text = noise.format(form.format(d=day.day, m=names[month_style % len(names)], y=day.year))
    assert stated(text) == day
    for at in data.draw(st.lists(st.integers(0, len(text)), max_size=6)):
        text = text[:at] + data.draw(st.sampled_from(CONTROLS)) + text[at:]
    assert stated(text) == day


@given(st.sampled_from(MONTHS), st.sampled_from(MONTHS), st.sampled_from(["/", " / ", "-", " (", " "]))
def test_a_month_said_twice(one: tuple[int, str], other: tuple[int, str], between: str) -> None:
    text = f"17 {one[1]}{between}{other[1]}{')' if '(' in between else ''} 2024"
    assert stated(text) == (date(2024, one[0], 17) if one[0] == other[0] else None) or one[0] != other[0]


@pytest.mark.parametrize(("month", "name"), HIJRI)
def test_every_hijri_month_name(month: int, name: str) -> None:
    found = read_date(f"15 {name} 1446 هـ", reference=REFERENCE, timezone=ZONE).published
    assert found is not None
    assert found.calendar is Calendar.HIJRI
    numeric = read_date(f"15/{month}/1446", reference=REFERENCE, timezone=ZONE).published
    assert numeric is not None
    assert found.value == numeric.value


@given(day=days, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_twelve_and_twenty_four_hours_agree(day: date, hour: int, minute: int) -> None:
    plain = read_date(f"{day.day}/{day.month}/{day.year} {hour}:{minute:02}", reference=REFERENCE, timezone=ZONE).published
    part = "ص" if hour < 12 else "م"
    marked = read_date(
        f"{hour % 12 or 12}:{minute:02} {part} {day.day}/{day.month}/{day.year}", reference=REFERENCE, timezone=ZONE
    ).published
    assert (plain is None) == (marked is None)  # None: later on the day of reference than allowed
    assert plain is None or marked is None or plain.value == marked.value


@given(day=days)
def test_without_a_year_the_nearest_past(day: date) -> None:
    found = stated(f"{day.day} {next(name for month, name in MONTHS if month == day.month)}")
    assert found is not None
    assert found <= REFERENCE.date()
    assert (found.day, found.month) == (day.day, day.month)
    assert found > REFERENCE.date() - timedelta(days=366 * (8 if (day.month, day.day) == (2, 29) else 1))


PIECES = sorted({" ".join((first, *rest)) for first, entries in OWN.phrases.items() for rest, _, _ in entries})
scraps = st.one_of(
    st.sampled_from(PIECES), st.integers(0, 99999).map(str), st.sampled_from(list("/-.,:|()+'ـ\u200f \u0660\u06f5TZ")), st.text(max_size=3)
)


words = st.sampled_from([word for word, code in OWN.codes.items() if code in "lfkrWpqsMHuUe"])
gaps = st.sampled_from(["", " ", "  ", ": ", "، ", " - ", "/", " / ", "-", ".", "|", " (", " من "])
numbers = st.integers(1, 32).map(str)
years = st.sampled_from(["1445", "1970", "2024", "2026", "2024م", "1446 هـ", "2027"])
named_days = st.tuples(
    st.one_of(numbers, st.sampled_from(["الأول", "الخامس والعشرين"])),
    gaps,
    st.one_of(st.sampled_from([name for _, name in (*OWN_MONTHS, *HIJRI)]), words),
    gaps,
    years,
)
numbered_days = st.one_of(st.tuples(numbers, gaps, numbers, gaps, years), st.tuples(years, gaps, numbers, gaps, numbers))
plain_like = st.tuples(
    st.lists(words, max_size=3).map(" ".join),
    gaps,
    st.one_of(named_days, numbered_days).map("".join),
    gaps,
    st.sampled_from(["", "14:35", "2:35 م", "الساعة 10:05", "الساعة: 10:05", "12:35:10 ص", "24:00", "8:15 مساء", "1:5", "م"]),
    st.sampled_from(["", " بتوقيت القاهرة", " بتوقيت عمان", " مكة المكرمة", " GMT", " بتوقيت غرينتش", " توقيت", " م", " |", " وفا"]),
).map("".join)


ago_like = st.tuples(
    st.sampled_from([word for word, code in OWN.codes.items() if code in "agf"]),
    st.sampled_from([" ", "", "  "]),
    st.one_of(st.just(""), st.integers(0, 1001).map(str)),
    st.sampled_from([" ", ""]),
    st.sampled_from([word for word, code in OWN.codes.items() if code in "UDBW"]),
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(plain_like, ago_like))
def test_the_plain_form_says_what_the_grammar_says(text: str) -> None:
    here = REFERENCE.astimezone(named_zone(ZONE))
    tokens = cut(fold(text))
    plain = read_plain(text, tokens, here, named_zone(ZONE)) if tokens.classes else None
    if plain is not None:
        assert plain == Assembly(text, tokens, here, named_zone(ZONE), None).read()


def test_a_word_of_the_lexicon_is_one_token() -> None:
    assert [word for word in OWN.codes if cut(word).words != [word]] == []


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=MAX_CHARS + 50), st.lists(scraps, max_size=25).map(" ".join), st.lists(scraps, max_size=25).map("".join)))
def test_no_text_breaks_it_and_none_lies_in_the_future(text: str) -> None:
    reading = read_date(text, reference=REFERENCE, timezone=ZONE)
    assert (reading.published is None) == (reading.reject_reason is not None)
    for found in (reading.published, reading.modified):
        if found is None:
            continue
        if isinstance(found.value, datetime):
            assert found.value <= REFERENCE + timedelta(days=1)
        else:
            assert found.value <= (REFERENCE + timedelta(days=1, hours=3)).date()
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
    assert read_date(text, reference=REFERENCE, timezone=ZONE) == reading


@given(st.text(max_size=60))
def test_folding_knows_where_each_character_came_from(text: str) -> None:
    folded = fold(text)
    sources = [i for i, char in enumerate(text) for _ in fold(char)]
    assert [origin(text, i) for i in range(len(folded))] == sources
    assert fold(folded) == folded


def test_h18_only_the_beginning_of_a_long_text_is_read() -> None:
    junk = "22 يناير 2025 " * 20_000
    assert read_date(junk, reference=REFERENCE, timezone=ZONE) == read_date(junk[:MAX_CHARS], reference=REFERENCE, timezone=ZONE)
