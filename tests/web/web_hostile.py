"""An article whose every text attacks the page it is shown on."""

from __future__ import annotations

from dataclasses import replace

from articles import article

from newsspider.items import Article, DateEvidence, EvidenceKind, EvidenceRole

ATTACKS = (
    "<script>window.__pwned=1</script>",
    '"><img src=x onerror="window.__pwned=1">',
    "</title></textarea></script><svg/onload=window.__pwned=1>",
    "{{7*7}}${7*7}{% raw %}<%= 7*7 %>",
    "<mark>x</mark><em>y</em>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "javascript:alert(1)//' onmouseover='alert(1)",
)
CONTROLS = "\ud83d\x00\x1b[31m\u202egpj.\u2066\u200e\ufeff\U000e0041\uffff"


def hostile_article() -> Article:
    attack = " ".join(ATTACKS) + CONTROLS
    return replace(
        article(666),
        title=f"هجوم {attack}",
        body=f"هجوم في النص {attack}\n\nفقرة ثانية {attack}",
        summary=attack,
        authors=[attack],
        section=attack[:400],
        tags=[attack[:400], "وسم"],
        image_url="javascript:alert(1)",
        evidence=[
            DateEvidence(EvidenceKind.META, "2026-04-30T10:00:00+03:00", f"meta {attack}", EvidenceRole.PUBLISHED),
            DateEvidence(EvidenceKind.VISIBLE, attack, f"div {attack}", EvidenceRole.UNKNOWN, in_article=True),
        ],
    )
