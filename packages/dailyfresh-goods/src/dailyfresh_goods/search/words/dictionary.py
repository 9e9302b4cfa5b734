"""Words of the trade, as the shipped files and the site's own say: compounds, and groups of synonyms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from ...conf import conf
from .normal import is_han, normalise


def lines_of(name: str, more: list[str]) -> Iterator[str]:
    """The lines with content of the shipped file `name` and of the files `more`; "#" begins a comment."""
    shipped = files("dailyfresh_goods.search") / "data" / name
    for text in (shipped.read_text("utf-8"), *(Path(path).read_text("utf-8") for path in more)):
        for line in text.splitlines():
            if line := line.partition("#")[0].strip():
                yield line


@cache
def compounds() -> dict[str, tuple[str, ...]]:
    """Word -> the parts that find it: "樱桃谷鸭" is a duck, so "鸭" finds it and "樱桃" does not."""
    found = {}
    for line in lines_of("dictionary.txt", conf.SEARCH_DICTIONARIES):
        word, is_compound, parts = line.partition("=")
        if is_compound:
            found[normalise(word)] = tuple(normalise(parts).split())
    return found


@cache
def compound_pattern() -> re.Pattern[str]:
    """Finds compounds in a text, the longest first."""
    return re.compile("|".join(sorted(map(re.escape, compounds()), key=len, reverse=True)) or r"(?!)")


_SLIP = re.compile(r"~([^,，]+)")


@dataclass(frozen=True)
class Group:
    """Words for the same thing, and narrower ones that searching these finds too.

    `slips` are those of the words that nobody should write, `by_name` what only names are asked for.
    """

    words: tuple[str, ...]
    narrower: tuple[str, ...] = ()
    slips: frozenset[str] = frozenset()
    by_name: bool = False


def words_in(text: str) -> tuple[str, ...]:
    """The words of a list with commas or line breaks, each in its normal spelling, once."""
    parts = re.split("[,，、;；\n]", text)
    return tuple(dict.fromkeys(word for part in parts if (word := normalise(part))))


@cache
def shipped_groups() -> tuple[Group, ...]:
    """The groups of the shipped file and of the setting SEARCH_SYNONYMS: "牛肉, beef > 牛排, 肥牛"."""
    return tuple(map(_group, lines_of("synonyms.txt", conf.SEARCH_SYNONYMS)))


def _group(line: str) -> Group:
    words, _, narrower = line.removeprefix("!").partition(">")
    slips = frozenset(map(normalise, _SLIP.findall(words)))
    return Group(words_in(words), words_in(narrower), slips, by_name=line.startswith("!"))


@cache
def words_of_trade() -> frozenset[str]:
    """What the cutter must keep together: compounds, words of the dictionaries and of the synonyms."""
    words = {normalise(line.partition("=")[0]) for line in lines_of("dictionary.txt", conf.SEARCH_DICTIONARIES)}
    for group in shipped_groups():
        words.update(group.words, group.narrower)
    return frozenset(word for word in words if len(word) > 1 and " " not in word and is_han(word))


def pieces(run: str) -> Iterator[tuple[str, bool]]:
    """`run` cut at its compounds: (text, whether it is a compound), in order."""
    at = 0
    for match in compound_pattern().finditer(run):
        if match.start() > at:
            yield run[at : match.start()], False
        yield match[0], True
        at = match.end()
    if at < len(run):
        yield run[at:], False
