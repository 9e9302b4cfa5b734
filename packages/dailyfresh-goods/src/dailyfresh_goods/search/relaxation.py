"""Query relaxation: a query is read less and less strictly until something is found.

0. a word half in characters and half in Pinyin, as it sounds: 土dou is tudou
1. all words, in the names (with the pack that was asked for)
2. the same without packs, and without words that praise or ask
3. the words written as one: "大 虾" is 大虾, "cao mei" is caomei; long words in two: 丹东草莓
4. all words, anywhere in the text
5. Latin letters as the beginning of a word
6. a word mistyped: did you mean ...
7. any of the words

A query that has had its time before (setting SEARCH_SECONDS) is read as the last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from haystack.backends import SQ
from haystack.query import SearchQuerySet

from ..conf import conf
from .budget import OutOfTime, budget, check
from .corrections import corrected
from .understanding import Concept, Query, concept_of, modifiers, understand, words_of
from .words.normal import is_han, runs
from .words.packs import without_packs
from .words.pinyin import spellings
from .words.segmentation import segmenter
from .words.thesaurus import Thesaurus


@dataclass(frozen=True)
class Answer:
    """`found` is the SearchQuerySet of the first reading that finds something, which has been counted; None for nothing.

    `hasty` says that the time was over before every reading was tried.
    """

    query: Query
    found: Any
    loose: bool = False
    hasty: bool = False


def answer(
    text: str, thesaurus: Thesaurus, *, using: str | None = None, shaped: Callable[[Any], Any] = lambda found: found
) -> Answer:
    """The strictest reading of `text` that finds at least one document; raises what the engine raises.

    `shaped` may give the SearchQuerySet an order, facets and limits, so that it needs no second search to be shown.
    """
    query, hasty = understand(text, thesaurus), False
    with budget(conf.SEARCH_SECONDS):
        try:
            for reading, sq, loose in readings(query, thesaurus, using):
                if sq is not None and (found := _found(sq, using, shaped)) is not None:
                    return Answer(reading, found, loose)
                check()
        except OutOfTime:
            hasty = True
    if hasty and len(query.concepts) > 1 and (found := _found(query.any_of(), using, shaped)) is not None:
        return Answer(query, found, loose=True, hasty=True)
    return Answer(query, None, hasty=hasty)


def _found(sq: SQ, using: str | None, shaped: Callable[[Any], Any]) -> Any:
    """What fits, in its shape, or None."""
    found = shaped(SearchQuerySet(using=using).filter(sq))
    return found if found.query.get_count() else None


def readings(query: Query, thesaurus: Thesaurus, using: str | None) -> Iterator[tuple[Query, SQ | None, bool]]:
    """The readings of a query in order: (query, condition, whether it is loose)."""
    if (sounding := as_it_sounds(query, thesaurus)) is not None:
        yield sounding, sounding.all_of(), False
    yield query, query.all_of(), False
    bare = without_modifiers(query)
    if query.packs or bare is not query:
        yield bare, bare.all_of(packs=False) if bare.concepts else None, False
    if (joined := as_one_word(query, thesaurus)) is not None:
        yield joined, joined.all_of(packs=False), False
    if (finer := in_two(bare, thesaurus)) is not None:
        yield finer, finer.all_of(packs=False), False
    yield bare, bare.all_of(everywhere=True, packs=False), False
    if latin := [concept for concept in bare.concepts if concept.word.isascii() and len(concept.word) > 1]:
        prefixed = bare.with_concepts(concept_of(c.word, thesaurus, beginning=c in latin) for c in bare.concepts)
        yield prefixed, prefixed.all_of(packs=False), False
    for mended in corrected(bare, thesaurus, using):
        yield mended, mended.all_of(packs=False), False
    if len(bare.concepts) > 1:
        yield bare, bare.any_of(), True


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
