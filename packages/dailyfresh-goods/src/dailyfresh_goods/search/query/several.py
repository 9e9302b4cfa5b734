"""Several goods in one phrase: 苹果和梨, 土豆烧牛肉, "tomato and egg", and dishes, which name goods by what is made of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from haystack.query import SearchQuerySet

from ..words.dishes import Dish, conjunctions, joiners
from ..words.normal import is_han, runs
from ..words.segmentation import segmenter
from ..words.thesaurus import Thesaurus
from .budget import check
from .understanding import MOST_CONCEPTS, Query, concept_of, modifiers

LONGEST_WORD = 8


@dataclass(frozen=True)
class Part:
    """One of the goods that a phrase names, and how many documents are about it."""

    word: str
    query: Query
    number: int


def of_dish(dish: Dish, query: Query, thesaurus: Thesaurus, using: str | None) -> tuple[Part, ...]:
    """What goes into a dish; nothing of it when the shop has none."""
    parts = _parts(dish.ingredients, query, thesaurus, using)
    return parts if any(part.number for part in parts) else ()


def of_phrase(query: Query, thesaurus: Thesaurus, using: str | None, *, joined: bool) -> tuple[Part, ...]:
    """The goods that a phrase names, when there are two at least that the shop has; `joined` when only those that a word joins count."""
    pieces = list(pieces_of(query.text, thesaurus))
    if joined and not any(piece.text in conjunctions() for piece in pieces):
        return ()
    if not joined and any(piece.torn for piece in pieces):
        return ()
    words = list(dict.fromkeys(piece.text for piece in pieces if piece.named))
    if len(words) < 2:
        return ()
    parts = _parts(words[:MOST_CONCEPTS], query, thesaurus, using)
    # What was cut out and nothing is called by may be no word at all; what the thesaurus knows is lacking, and said to be.
    parts = tuple(part for part in parts if part.number or part.word in thesaurus)
    return parts if sum(part.number > 0 for part in parts) > 1 else ()


def _parts(
    words: "tuple[str, ...] | list[str]", query: Query, thesaurus: Thesaurus, using: str | None
) -> tuple[Part, ...]:
    found = []
    for word in words:
        check()
        alone = query.with_concepts([concept_of(word, thesaurus)])
        number = SearchQuerySet(using=using).filter(alone.all_of(packs=False)).query.get_count()
        found.append(Part(word, alone, number))
    return tuple(found)


@dataclass(frozen=True)
class Piece:
    """A stretch of a phrase; `named` when it may be what something is called, `torn` when it is what a mistyped word left."""

    text: str
    named: bool = False
    torn: bool = False


def pieces_of(text: str, thesaurus: Thesaurus) -> Iterator[Piece]:
    """A normalised text cut into goods, words between them and what neither explains, from left to right."""
    whole, at = runs(text), 0
    while at < len(whole):
        if is_han(whole[at]):
            yield from _pieces_of_run(whole[at], thesaurus)
            at += 1
            continue
        for length in range(min(thesaurus.phrases, len(whole) - at), 0, -1):
            phrase = " ".join(whole[at : at + length])
            if length == 1 or phrase in thesaurus:
                yield Piece(phrase, phrase in thesaurus and not _between(phrase))
                at += length
                break


def _between(word: str) -> bool:
    return word in joiners() or word in modifiers()


def _pieces_of_run(run: str, thesaurus: Thesaurus) -> Iterator[Piece]:
    """One character names something only where words stand on both sides that do not, or none: 蛋 in 番茄炒蛋, never 桃 in 猕猴桃桃."""
    cut = list(_cut(run, thesaurus))
    for at, (word, explained) in enumerate(cut):
        beside = [other for other, _known in (*cut[max(0, at - 1) : at], *cut[at + 1 : at + 2])]
        alone = all(map(_between, beside))
        if not explained:
            yield Piece(word, named=len(word) > 1, torn=len(word) == 1 and not alone)
        else:
            yield Piece(word, named=not _between(word) and (len(word) > 1 or alone))


def _cut(run: str, thesaurus: Thesaurus) -> Iterator[tuple[str, bool]]:
    """A run of characters in the fewest goods that leave the least unexplained, among these the longest words; each with whether it is explained."""
    best: list[tuple[tuple[int, int, int], int, bool]] = [((0, 0, 0), 0, True)]
    for end in range(1, len(run) + 1):
        (unknown, words, squares), *_rest = best[end - 1]
        chosen = (unknown + 1, words, squares), end - 1, False
        for start in range(max(0, end - LONGEST_WORD), end):
            word = run[start:end]
            if _between(word) or word in thesaurus:
                (unknown, words, squares), *_rest = best[start]
                chosen = min(chosen, ((unknown, words + (not _between(word)), squares - len(word) ** 2), start, True))
        best.append(chosen)
    pieces: list[tuple[str, bool]] = []
    end = len(run)
    while end:
        _cost, start, known = best[end]
        pieces.append((run[start:end], known))
        end = start
    for known, some in groupby(reversed(pieces), key=itemgetter(1)):
        if known:
            yield from some
        else:
            yield from ((word, False) for word in segmenter().cut("".join(piece for piece, _known in some)))
