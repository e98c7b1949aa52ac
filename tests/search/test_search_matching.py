"""How many words a hit must have, and when fewer will do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsspider.search import Match, Notice, Query, Results, parse_query, relaxing
from newsspider.search.matching import Settled, required


@pytest.mark.parametrize(
    ("match", "counts"),
    [
        (Match.ALL, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20]),
        (Match.ANY, [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        (Match.MOST, [0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 14]),
        (Match.AUTO, [0, 1, 2, 3, 4, 4, 4, 5, 6, 6, 7, 14]),
    ],
)
def test_required(match: Match, counts: list[int]) -> None:
    assert [required(match, words) for words in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20)] == counts


def searched(query: Query, totals: dict[int, int]) -> tuple[Settled[Results], list[int]]:
    """The results where a search for so many words has so many hits, and the searches that were made."""
    made: list[int] = []

    def search(words: int) -> Results:
        made.append(words)
        return Results(totals.get(words, 0), (), took=0.0)

    return relaxing(query, search), made


FOUR = parse_query("ميناء سفينة بضائع جمارك")


@pytest.mark.parametrize(
    ("totals", "total", "notice", "made"),
    [
        ({4: 3, 3: 50}, 3, None, [4]),  # enough
        ({4: 2, 3: 50, 1: 900}, 50, Notice.MOST_WORDS, [4, 3]),
        ({4: 0, 3: 1, 1: 900}, 900, Notice.ANY_WORD, [4, 3, 1]),
        ({4: 2, 3: 2, 1: 2}, 2, None, [4, 3, 1]),  # nothing more by any of it
        ({}, 0, None, [4, 3, 1]),
    ],
)
def test_relaxing(totals: dict[int, int], total: int, notice: Notice | None, made: list[int]) -> None:
    results, searches = searched(FOUR, totals)
    assert (results.found.total, results.notice, searches) == (total, notice, made)


def test_a_single_word_and_no_word_are_searched_once() -> None:
    assert searched(parse_query("ميناء"), {})[1] == [1]
    assert searched(Query(), {0: 5})[1] == [0]


def test_two_words_relax_to_any() -> None:
    results, made = searched(parse_query("ميناء سفينة"), {2: 0, 1: 7})
    assert (results.found.total, results.notice, made) == (7, Notice.ANY_WORD, [2, 1])


@pytest.mark.parametrize("match", [Match.ALL, Match.MOST, Match.ANY])
def test_what_the_user_chose_is_kept(match: Match) -> None:
    results, made = searched(replace(FOUR, match=match), {})
    assert (results.found.total, results.notice, len(made)) == (0, None, 1)
