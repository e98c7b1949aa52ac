"""words.toml says nothing twice in two meanings, its zones exist, and the rules over it cost linear time (H19)."""

import importlib
import pkgutil
import re
import re._constants as opcodes
import re._parser as regex_parser
import tomllib
from importlib.resources import files
from zoneinfo import available_timezones

import pytest

import newsspider.dates
from newsspider.dates.folding import fold

WORDS = tomllib.loads(files("newsspider.dates").joinpath("words.toml").read_text("utf-8"))
PATTERNS = {
    f"{name}.{attribute}": value
    for _, name, _ in pkgutil.iter_modules(newsspider.dates.__path__, "newsspider.dates.")
    for attribute, value in vars(importlib.import_module(name)).items()
    if isinstance(value, re.Pattern)
} | {
    f"{name}[{i}]": rule.pattern
    for name in ("FULL", "NUMERIC", "YEARLESS", "WEEKDAY_AND_NUMBERS")
    for i, rule in enumerate(getattr(importlib.import_module("newsspider.dates.expressions"), name))
}


def test_all_zones_exist() -> None:
    assert set(WORDS["zone_names"]) <= available_timezones()


@pytest.mark.parametrize("group", ["weekdays", "units", "duals", "plurals", "zone_names", "dayparts"])
def test_no_word_means_two_things(group: str) -> None:
    meanings: dict[str, set[str]] = {}
    for meaning, names in WORDS[group].items():
        for name in names:
            meanings.setdefault(fold(name), set()).add(meaning)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_twelve_months_in_every_full_list() -> None:
    for region in ("egypt_gulf", "levant_iraq", "algeria_tunisia", "morocco", "hijri", "english", "french"):
        assert list(WORDS["months"][region]) == [str(month) for month in range(1, 13)], region


def unbounded(tree: object, inside: bool = False) -> bool:
    """Whether an unbounded repetition stands within another: the form of pattern that can blow up."""
    if isinstance(tree, regex_parser.SubPattern | list | tuple):
        if isinstance(tree, tuple) and len(tree) == 2 and tree[0] in (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT):
            endless = tree[1][1] == opcodes.MAXREPEAT
            return (endless and inside) or unbounded(tree[1][2], inside or endless)
        return any(unbounded(part, inside) for part in tree)
    return False


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_h19_no_pattern_nests_unbounded_repetition(name: str) -> None:
    assert not unbounded(regex_parser.parse(PATTERNS[name].pattern, PATTERNS[name].flags & ~re.UNICODE))


def test_h19_the_check_itself_finds_nesting() -> None:
    assert unbounded(regex_parser.parse("(?:a+)+b"))
