"""Dishes, and what one buys for them: the shipped table, the shop's own rows, and the words that stand between two goods."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from .dictionary import lines_of, words_in

ASIDE = ("的食材", "食材", "的材料", "材料", "的原料", "原料", "的做法", "做法", "怎么做")
"""What stands behind a dish and means what one buys for it, the longest first."""


@dataclass(frozen=True)
class Dish:
    """`name` as it was asked for, and the words for what goes into it, the main one first."""

    name: str
    ingredients: tuple[str, ...]


Recipes = tuple[tuple[str, ...], tuple[str, ...]]
"""The names of a dish, and its ingredients."""


@cache
def shipped_dishes() -> tuple[Recipes, ...]:
    """The dishes of the shipped file: "番茄炒蛋, 西红柿炒鸡蛋 = 番茄, 鸡蛋"."""
    lines = (line.partition("=") for line in lines_of("dishes.txt", []))
    return tuple((words_in(names), words_in(ingredients)) for names, _, ingredients in lines)


@cache
def joiners() -> frozenset[str]:
    """Words that join two goods, and words for what is done to them."""
    return frozenset(word for line in lines_of("joiners.txt", []) for word in line.split())


@cache
def conjunctions() -> frozenset[str]:
    """Those that say that goods are named side by side."""
    return frozenset(next(iter(lines_of("joiners.txt", []))).split())


class Menu:
    """Dishes by their names; immutable. Own rows win."""

    def __init__(self, shipped: Iterable[Recipes], own: Iterable[Recipes]) -> None:
        self._ingredients: Mapping[str, tuple[str, ...]] = {
            name: ingredients for names, ingredients in (*shipped, *own) for name in names
        }

    def dish(self, text: str) -> Dish | None:
        """The dish that a normalised text names, whatever is asked about it."""
        for tail in ("", *ASIDE):
            name = text.removesuffix(tail).strip() if tail else text
            for spelling in (name, name.replace(" ", "")):
                if spelling in self._ingredients:
                    return Dish(spelling, self._ingredients[spelling])
        return None
