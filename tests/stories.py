"""Made-up Arabic stories of any length: words that no rule of stemming shortens to the same, in an order of their own."""

from __future__ import annotations

import random

_LETTERS = "دذرزسشصضطظعغقمح"


def story(number: int, length: int = 120) -> list[str]:
    """Words of a story; different numbers share none of their shingles."""
    rng = random.Random(number)
    return ["".join(rng.choices(_LETTERS, k=5)) for _ in range(length)]


def text(*parts: list[str], paragraph: int = 30) -> str:
    words = [word for part in parts for word in part]
    return "\n\n".join(" ".join(words[at : at + paragraph]) + "." for at in range(0, len(words), paragraph))
