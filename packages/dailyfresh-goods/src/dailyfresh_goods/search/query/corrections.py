"""Words mistyped: what was meant sounds or looks the same, or a character is lost, doubled, wrong or swapped."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from haystack.backends import SQ
from haystack.query import SearchQuerySet

from ...models import SKU
from ..engines.conditions import Tokens
from ..words.dictionary import lines_of
from ..words.normal import is_han, normalise, runs
from ..words.pinyin import near_sounds, spellings
from ..words.segmentation import segmenter
from ..words.thesaurus import Thesaurus
from .budget import check
from .understanding import Query, concept_of

CANDIDATES = 30
TRIED = 3
HEADS = frozenset("虾鱼蟹鸡鸭鹅蛋肉菜瓜果莓桃梨橙枣菇椒茄薯豆螺贝蚝饺饼面鱿")
"""Characters that by themselves say what a thing is: an unknown word that ends with one is a kind of it."""


def corrected(query: Query, thesaurus: Thesaurus, using: str | None) -> Iterator[Query]:
    """Readings of `query` with what was probably meant in the place of words that are in no name."""
    words = [concept.word for concept in query.concepts]
    known, han = [len(word) > 1 and word in thesaurus for word in words], all(map(is_han, words))
    if len(words) > 1 and not (all(known) if han else any(known)):
        # jieba tears a mistyped word into characters, and "bll pepper" is nearer to a phrase than "bll" is to a word.
        for run in runs(query.text) if han else [" ".join(words)]:
            for word in _best_candidates(run, thesaurus, using):
                yield query.with_concepts([concept_of(word, thesaurus)], corrected=word)
    for index, concept in enumerate(query.concepts):
        if concept.word in thesaurus:  # there is such a thing, if not in this shop
            continue
        check()
        if SearchQuerySet(using=using).filter(concept.sq(1)).query.get_count():
            continue
        for start, end in _neighbourhoods(index, len(words), words):
            for word in _best_candidates("".join(words[start:end]), thesaurus, using):
                mended = [*words[:start], word, *words[end:]]
                yield query.with_concepts((concept_of(word, thesaurus) for word in mended), corrected=_written(mended))


def _neighbourhoods(index: int, length: int, words: list[str]) -> Iterator[tuple[int, int]]:
    """The stretches of words that hold the one at `index`: itself, then with its neighbours of one or two characters."""
    yield index, index + 1
    for start, end in (
        (index - 1, index + 1),
        (index, index + 2),
        (index - 1, index + 2),
        (index - 2, index + 1),
        (index, index + 3),
    ):
        if start >= 0 and end <= length and all(is_han(word) for word in words[start:end]):
            yield start, end


def _written(words: list[str]) -> str:
    """Words as one writes them: Chinese without spaces."""
    return "".join(words) if all(map(is_han, words)) else " ".join(words)


def _best_candidates(word: str, thesaurus: Thesaurus, using: str | None) -> Iterator[str]:
    """The first different words that `word` may have been meant to be."""
    seen = {word}
    for other in _candidates(word, thesaurus, using):
        if other not in seen and other not in thesaurus.slips:
            seen.add(other)
            yield other
        if len(seen) > TRIED:
            return


def _candidates(word: str, thesaurus: Thesaurus, using: str | None) -> Iterator[str]:
    """What `word` may have been meant to be, the likeliest first. Raises OutOfTime."""
    check()
    if not is_han(word):
        yield from _latin(word, thesaurus, using)
        return
    if len(word) < 2 or word in thesaurus:
        return
    known = segmenter().knows(word)
    if not known:
        yield from _with_one_more(word, thesaurus, using)
    yield from sorted((other for other in thesaurus if other.startswith(word)), key=len)
    yield from _sounding(spellings(word), len(word), thesaurus, using)
    yield from _lookalike(word, thesaurus)
    if known:
        return
    yield from _sounding(near_sounds(word), len(word), thesaurus, using)
    yield from _same_shape(word, thesaurus, using)
    yield from _kind(word, thesaurus)


def _with_one_more(word: str, thesaurus: Thesaurus, using: str | None) -> Iterator[str]:
    """Words that have all the characters of `word`, in order and at both ends, and one more: 猕桃 is 猕猴桃."""

    def fits(other: str) -> bool:
        return other[0] == word[0] and other[-1] == word[-1] and distance(word, other) == 1

    yield from sorted(other for other in thesaurus if len(other) == len(word) + 1 and fits(other))
    for name in _names(SQ(name=Tokens(list(dict.fromkeys(word)), weight=1.0, part=1)), using):
        yield from _substrings(name, len(word) + 1, fits)


@cache
def _lookalikes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines_of("lookalikes.txt", []):
        chars = line.split()
        for char in chars:
            found.setdefault(char, []).extend(other for other in chars if other != char)
    return found


def _lookalike(word: str, thesaurus: Thesaurus) -> Iterator[str]:
    """Words that look like `word`: 黄爪 is 黄瓜."""
    for index, char in enumerate(word):
        for other in _lookalikes().get(char, ()):
            changed = word[:index] + other + word[index + 1 :]
            if changed in thesaurus or segmenter().knows(changed):
                yield changed


def _sounding(sounds: list[str], length: int, thesaurus: Thesaurus, using: str | None) -> Iterator[str]:
    yield from thesaurus.sounding_like(sounds)
    for name in _names(SQ(sound__in=sounds), using) if sounds else []:
        yield from _substrings(name, length, lambda text: not set(sounds).isdisjoint(spellings(text)))


def _same_shape(word: str, thesaurus: Thesaurus, using: str | None) -> Iterator[str]:
    """Words that differ by one character, two in long ones, and share what is left."""
    allowed = 1 if len(word) < 5 else 2
    found = []
    check()
    for other in thesaurus:
        if is_han(other) and len(other) > 2 and abs(len(other) - len(word)) <= 1 and distance(word, other) <= allowed:
            found.append((distance(word, other), len(other) != len(word) + 1, other))
    sq = SQ()
    for part, char in enumerate(dict.fromkeys(word), 1):
        sq.add(SQ(name=Tokens([char], weight=1.0, part=part)), SQ.OR)
    for name in _names(sq, using):
        for length in (len(word), len(word) + 1, len(word) - 1):
            for text in _substrings(name, length, lambda text: len(text) > 1 and distance(word, text) <= allowed):
                if len(word) > 2 or _same_ends(word, text):
                    found.append((distance(word, text), length != len(word) + 1, text))
    yield from dict.fromkeys(text for _distance, _missing, text in sorted(found))


def _same_ends(word: str, other: str) -> bool:
    """Whether two characters and what they may stand for begin and end alike, as far as one is not wrong, or are swapped."""
    return word == other[::-1] or (word[0] == other[0] and (word[-1] == other[-1] or len(other) == 2))


def _kind(word: str, thesaurus: Thesaurus) -> Iterator[str]:
    """The kind of thing that an unknown word names: 黑虎虾 is a 虾."""
    if segmenter().knows(word):
        return
    for start in range(1, len(word)):
        tail = word[start:]
        if (len(tail) > 1 and tail in thesaurus) or tail in HEADS:
            yield tail
            return


def _latin(word: str, thesaurus: Thesaurus, using: str | None) -> Iterator[str]:
    """English words, then Pinyin of the thesaurus and of names, that are spelled nearly so."""
    if len(word) < 4:
        return
    yield from _nearest(word, (other for other in thesaurus if other.isascii()))
    for sound in _nearest(word, thesaurus.sounds):
        yield from thesaurus.sounding_like([sound])
    swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    near = SQ(sound__fuzzy=Tokens([word], weight=1.0, part=1)) | SQ(sound__in=swapped)
    for name in _names(near, using):
        for length in range(2, len(word) // 2 + 1):
            yield from _substrings(name, length, lambda text: any(distance(word, s) == 1 for s in spellings(text)))


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    """Of `known` what differs by a letter, two in long words; the first or the second letter is right."""
    allowed = 1 if len(word) < 8 else 2
    near = [
        other for other in known
        if abs(len(other) - len(word)) <= allowed and (other[:1] == word[:1] or other[1:2] == word[1:2])
    ]  # fmt: skip
    found = sorted((distance(word, other), other[:1] != word[:1], other) for other in near)
    return [other for differences, _first, other in found if differences <= allowed][:TRIED]


def _names(sq: SQ, using: str | None) -> list[str]:
    """The names of the SKUs that fit best. Raises OutOfTime."""
    check()
    keys = [result.pk for result in SearchQuerySet(using=using).filter(sq)[:CANDIDATES]]
    found: dict[str, Any] = {str(pk): name for pk, name in SKU.objects.filter(pk__in=keys).values_list("pk", "name")}
    return [found[key] for key in keys if key in found]


def _substrings(name: str, length: int, fits: Callable[[str], bool]) -> Iterator[str]:
    """The stretches of `length` characters in a name that fit."""
    for run in runs(normalise(name)):
        if is_han(run):
            for start in range(len(run) - length + 1):
                if fits(run[start : start + length]):
                    yield run[start : start + length]


def distance(one: str, other: str) -> int:
    """How many characters must be put in, taken out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row_before, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, row_before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
