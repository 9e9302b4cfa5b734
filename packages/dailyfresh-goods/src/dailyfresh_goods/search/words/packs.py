"""Weights, counts and wrappings of a pack in one spelling: "半斤", "250克" and "0.25kg" are all "250g"."""

import re

GRAMS = {"kg": 1000, "公斤": 1000, "千克": 1000, "斤": 500, "两": 50, "g": 1, "克": 1}
MILLILITRES = {"l": 1000, "升": 1000, "ml": 1, "毫升": 1}
COUNTERS = "个枚只片根支条袋盒包粒颗瓶罐箱份头块串"
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_PACK = re.compile(
    rf"(?P<number>\d+(?:\.\d+)?|半|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])\s*"
    rf"(?P<unit>kg|公斤|千克|斤|毫升|ml|升|l(?![a-z])|g(?![a-z])|克|两|[{COUNTERS}])(?P<half>半)?装?"
)
_WRAPPING = re.compile(r"(礼盒|礼品盒|整箱|箱装)装?")
_SAME_WRAPPING = {"礼品盒": "礼盒", "箱装": "整箱"}


def _number(text: str) -> float:
    if text == "半":
        return 0.5
    if text[0].isdigit():
        return float(text)
    tens, has_ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if has_ten else 0) + _DIGITS.get(ones, 0)


def _canonical(match: re.Match[str]) -> str:
    number, unit = _number(match["number"]), match["unit"]
    if match["half"]:
        number += 0.5
    for base, units in (("g", GRAMS), ("ml", MILLILITRES)):
        if unit in units:
            return f"{number * units[unit]:g}{base}"
    return f"{number:g}个"


def packs(text: str) -> set[str]:
    """The packs that a normalised `text` names."""
    return {_canonical(match) for match in _PACK.finditer(text)} | set(_wrappings(text))


def _wrappings(text: str) -> list[str]:
    return [_SAME_WRAPPING.get(match[1], match[1]) for match in _WRAPPING.finditer(text)]


def without_packs(text: str) -> tuple[str, list[str]]:
    """A normalised query without the packs it names, and these.

    A number in characters is part of a word as often as not ("八条", "一两"), so it counts only beside a space or an end.
    """
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        alone = (
            match.start() == 0 or match.end() == len(text) or text[match.start() - 1] == " " or text[match.end()] == " "
        )
        if match["number"][0].isdigit() or alone:
            found.append(_canonical(match))
            return " "
        return match[0]

    rest = _PACK.sub(take, text).strip()
    if bare := _WRAPPING.sub(" ", rest).strip():
        return bare, found + _wrappings(rest)
    # A wrapping by itself is what is looked for.
    return rest, found
