"""H16: Arabic whose encoding is not stated, or stated wrongly, is read as written."""

from __future__ import annotations

import random

import pytest
from extract_pages import LAST, STORY, TITLE, extract, html, paragraphs

from newsspider.extract import Reason
from newsspider.extract.encoding import decode

BODY = f"<article><h1>{TITLE}</h1>{paragraphs(*STORY)}</article>"


def page(meta: str | None) -> str:
    text = html(BODY, title=TITLE).replace('<meta charset="utf-8">', "")
    return text.replace("<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={meta}">') if meta else text


@pytest.mark.parametrize(
    ("written", "header", "meta"),
    [
        pytest.param("cp1256", "utf-8", "windows-1256", id="header says utf-8"),
        pytest.param("cp1256", "iso-8859-1", "windows-1256", id="header says latin"),
        pytest.param("cp1256", None, "utf-8", id="meta says utf-8"),
        pytest.param("utf-8", "iso-8859-1", "utf-8", id="utf-8, header says latin"),
        pytest.param("utf-8", "windows-1256", "windows-1256", id="utf-8, all say windows-1256"),
        pytest.param("cp1256", None, None, id="windows-1256 undeclared"),
        pytest.param("iso8859-6", None, None, id="ISO-8859-6 undeclared"),
        pytest.param("iso8859-6", None, "windows-1256", id="ISO-8859-6 declared windows-1256"),
        pytest.param("cp1256", None, "iso-8859-6", id="windows-1256 declared ISO-8859-6"),
        pytest.param("utf-16", "utf-8", None, id="UTF-16 with a mark"),
        pytest.param("utf-8-sig", "windows-1256", None, id="UTF-8 with a mark"),
    ],
)
def test_h16_arabic_is_read_as_written(written: str, header: str | None, meta: str | None) -> None:
    headers = {"content-type": "text/html" + (f"; charset={header}" if header else "")}
    found = extract(page(meta).encode(written), headers=headers)
    assert found.article.title == TITLE
    assert found.article.body == "\n\n".join(STORY)


@pytest.mark.parametrize("label", ["utf-7", "utf7", "UNICODE-1-1-UTF-7", "base64", "rot13", "idna", "unicode_escape", "no-such-thing"])
def test_h16_codecs_that_hide_markup_are_never_used(label: str) -> None:
    hidden = b"+ADw-script+AD4-alert(1)+ADw-/script+AD4- \xe1"
    assert "<script" not in decode(hidden, {"content-type": f"text/html; charset={label}"}).text


@pytest.mark.parametrize("damage", [b"\xff\x81", b"\xd8", bytes(range(128, 256))])
def test_h16_what_cannot_be_decoded_is_flagged(damage: bytes) -> None:
    broken = page("utf-8").encode().replace("ا".encode(), damage)
    found = extract(broken)
    assert (found.is_article, found.reason) == (False, Reason.UNDECODABLE)


def test_bytes_that_are_no_text_do_not_pass_as_windows_1256() -> None:
    noise = random.Random(1).randbytes(20_000).replace(b"<", b" ")
    assert extract(b"<html><body><p>" + noise).reason is Reason.UNDECODABLE


def test_h16_replacement_characters_of_the_sites_own_are_no_text_either() -> None:
    assert extract(page("utf-8").replace("ا", "\ufffd")).reason is Reason.UNDECODABLE
    assert extract(page("utf-8").replace(" مع ", " \ufffd ")).is_article


def test_a_text_cut_within_a_character_is_still_utf_8() -> None:
    decoded = decode(page("utf-8").encode() + "ا".encode()[:1], {})
    assert decoded.encoding == "utf-8"
    assert LAST in decoded.text
