"""Numbers in messages of the program, which are English; pages and notices count in the reader's language (`wording.languages`)."""


def amount(number: int, noun: str, plural: str = "") -> str:
    """1 article, 2 articles, 2 queries: the number with its noun, whose `plural` is told where it does not end in s alone."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
