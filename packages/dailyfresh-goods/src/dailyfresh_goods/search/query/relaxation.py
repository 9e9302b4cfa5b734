"""Query relaxation: a query is read less and less strictly until something is found.

0. a word half in characters and half in Pinyin, as it sounds: 土dou is tudou
1. all words, in the names (with the pack that was asked for)
2. the same without packs, and without words that praise or ask
3. what goes into a dish: 番茄炒蛋; goods that a word joins: 苹果和梨
4. the words written as one: "大 虾" is 大虾, "cao mei" is caomei; long words in two: 丹东草莓
5. all words, anywhere in the text
6. several goods, each for itself: 土豆烧牛肉
7. Latin letters as the beginning of a word
8. a word mistyped: did you mean ...
9. any of the words

A query that has had its time before (setting SEARCH_SECONDS) is read as the last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import Any

from django.db.models import Q
from haystack.backends import SQ
from haystack.query import SearchQuerySet

from ...conf import conf
from ..words.dishes import Menu, shipped_dishes
from ..words.normal import is_han, runs
from ..words.packs import without_packs
from ..words.pinyin import spellings
from ..words.segmentation import segmenter
from ..words.thesaurus import Thesaurus
from .budget import OutOfTime, budget, check
from .corrections import corrected
from .several import Part, of_dish, of_phrase
from .understanding import Concept, Query, concept_of, modifiers, understand, words_of


@dataclass(frozen=True)
class Answer:
    """`found` is the SearchQuerySet of the first reading that finds something, which has been counted; None for nothing.

    `parts` are the goods that a dish or a phrase names, each of which it is about; none when all words name one thing. `hasty` says that the time
    was over before every reading was tried.
    """

    query: Query
    found: Any
    loose: bool = False
    parts: tuple[Part, ...] = ()
    hasty: bool = False


@dataclass(frozen=True)
class Reading:
    """One way to read a query: the condition, whether it is loose, and the goods it names one by one."""

    query: Query
    sq: Q | None
    loose: bool = False
    parts: tuple[Part, ...] = ()


def answer(
    text: str,
    thesaurus: Thesaurus,
    menu: Callable[[], Menu] = lambda: Menu(shipped_dishes(), ()),
    *,
    using: str | None = None,
    shaped: Callable[[Any], Any] = lambda found: found,
) -> Answer:
    """The strictest reading of `text` that finds at least one document; raises what the engine raises.

    `menu` gives the dishes, and is asked where the words of the query name no goods. `shaped` may give the SearchQuerySet an order,
    facets and limits, so that it needs no second search to be shown.
    """
    query, hasty = understand(text, thesaurus), False
    open_index(using)
    with budget(conf.SEARCH_SECONDS):
        try:
            for reading in readings(query, thesaurus, menu, using):
                if reading.sq is not None and (found := _found(reading.sq, using, shaped)) is not None:
                    return Answer(reading.query, found, reading.loose, reading.parts)
                check()
        except OutOfTime:
            hasty = True
    if hasty and len(query.concepts) > 1 and (found := _found(query.any_of(), using, shaped)) is not None:
        return Answer(query, found, loose=True, hasty=True)
    return Answer(query, None, hasty=hasty)


@cache
def open_index(using: str | None) -> None:
    """Search once in each process for nothing in particular: what the first search opens and compiles is no visitor's time."""
    SearchQuerySet(using=using).filter(SQ(text="-")).query.get_count()


def _found(sq: Q, using: str | None, shaped: Callable[[Any], Any]) -> Any:
    """What fits, in its shape, or None."""
    found = shaped(SearchQuerySet(using=using).filter(sq))
    return found if found.query.get_count() else None


def readings(query: Query, thesaurus: Thesaurus, menu: Callable[[], Menu], using: str | None) -> Iterator[Reading]:
    """The readings of a query in order."""
    yield from strict_readings(query, thesaurus)
    dish = menu().dish(query.text)
    if parts := of_dish(dish, query, thesaurus, using) if dish else of_phrase(query, thesaurus, using, joined=True):
        yield side_by_side(query, parts)
    bare = without_modifiers(query)
    if (joined := as_one_word(query, thesaurus)) is not None:
        yield Reading(joined, joined.all_of(packs=False))
    if (finer := in_two(bare, thesaurus)) is not None:
        yield Reading(finer, finer.all_of(packs=False))
    if not all(thesaurus.only_by_name(concept.word) for concept in bare.concepts):
        yield Reading(bare, bare.all_of(everywhere=True, packs=False))
    if parts := of_phrase(query, thesaurus, using, joined=False):
        yield side_by_side(query, parts)
    yield from forgiving_readings(bare, thesaurus, using)


def strict_readings(query: Query, thesaurus: Thesaurus) -> Iterator[Reading]:
    """Those in which all words name one thing."""
    if (sounding := as_it_sounds(query, thesaurus)) is not None:
        yield Reading(sounding, sounding.all_of())
    yield Reading(query, query.all_of())
    bare = without_modifiers(query)
    if query.packs or bare is not query:
        yield Reading(bare, bare.all_of(packs=False) if bare.concepts else None)


def side_by_side(query: Query, parts: tuple[Part, ...]) -> Reading:
    """`query` as the goods it names, whatever the shop has of them."""
    there = query.with_concepts(part.query.concepts[0] for part in parts if part.number)
    return Reading(there, there.any_of(), parts=parts)


def forgiving_readings(bare: Query, thesaurus: Thesaurus, using: str | None) -> Iterator[Reading]:
    """Those in which words are unfinished, mistyped, or in vain."""
    if latin := [concept for concept in bare.concepts if concept.word.isascii() and len(concept.word) > 1]:
        prefixed = bare.with_concepts(concept_of(c.word, thesaurus, beginning=c in latin) for c in bare.concepts)
        yield Reading(prefixed, prefixed.all_of(packs=False))
    for mended in corrected(bare, thesaurus, using):
        yield Reading(mended, mended.all_of(packs=False))
    if len(bare.concepts) > 1:
        yield Reading(bare, bare.any_of(), loose=True)


def without_modifiers(query: Query) -> Query:
    """`query` without the words that praise or ask, unless nothing else is left."""
    kept = [concept for concept in query.concepts if concept.word not in modifiers()]
    return query.with_concepts(kept) if kept and len(kept) < len(query.concepts) else query


def as_it_sounds(query: Query, thesaurus: Thesaurus) -> Query | None:
    """`query` with words that begin in one script and go on in the other written in Pinyin, if it has any."""
    words: list[str] = []
    mixed = False
    for word in without_packs(query.text)[0].split():
        parts = runs(word)
        if len(parts) < 2 or not all(is_han(part) or part.isalpha() for part in parts):
            words += words_of(word, thesaurus)
            continue
        mixed = True
        heard = product(*(spellings(part) if is_han(part) else [part] for part in parts))
        sounds = ["".join(read) for read in islice(heard, 16)]
        words.append(next((sound for sound in sounds if thesaurus.sounding_like([sound])), sounds[0]))
    return query.with_concepts(concept_of(word, thesaurus) for word in words) if mixed else None


def as_one_word(query: Query, thesaurus: Thesaurus) -> Query | None:
    """`query` with all its words written together, if they are of one script."""
    words = query.text.split()
    if len(words) < 2 or len({is_han(word) for word in words}) > 1 or any(char.isdigit() for char in query.text):
        return None
    word = "".join(words)
    return query.with_concepts([concept_of(word, thesaurus) if len(word) > 1 else Concept(word)])


def in_two(query: Query, thesaurus: Thesaurus) -> Query | None:
    """`query` with its long Chinese words cut once more, where both halves are words."""
    words = [half for concept in query.concepts for half in _halves(concept.word, thesaurus)]
    return (
        query.with_concepts(concept_of(word, thesaurus) for word in words) if len(words) > len(query.concepts) else None
    )


def _halves(word: str, thesaurus: Thesaurus) -> list[str]:
    if len(word) > 3 and is_han(word):
        for at in range(len(word) - 2, 1, -1):
            halves = [word[:at], word[at:]]
            if all(half in thesaurus or segmenter().knows(half) for half in halves):
                return halves
    return [word]
