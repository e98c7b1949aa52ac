"""What may leave the house."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsspider.text.printable import printable

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("خبر\tعاجل\nثان", "خبر\tعاجل\nثان"),
        ("أ\r\nب\rج\u2028د\x85ه", "أ\nب\nج\nد\nه"),
        ("\x00أ\x1b[31m\x7f\x9f", "أ[31m"),
        ("\u202egpj.exe\u2066\u200e\ufeff", "gpj.exe"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud800أ\udfff", "\ufffdأ\ufffd"),
        ("\ud83d\ude00 😀", "😀 😀"),
        ("أ\ufffe\uffff\ufdd0\U000e0041ب", "أب"),
        (" مسافات  كما هي ", " مسافات  كما هي "),
    ],
)
def test_h14_q05_only_what_can_be_seen_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANY)
def test_printable_text_is_utf_8_and_xml_and_stays_so(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    shown.encode()
    etree.Element("x").text = shown
