"""What a query means: concepts, each of them with the words and spellings that find it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from django.db.models import Q
from haystack.backends import SQ

from ..engines.conditions import Tokens
from ..search_indexes import SKUIndex, singular
from ..words.dictionary import lines_of
from ..words.grams import needles
from ..words.normal import LONGEST, is_han, normalise, runs
from ..words.packs import without_packs
from ..words.segmentation import segmenter
from ..words.thesaurus import Thesaurus

WEIGHTS = {name: float(field.boost) for name, field in SKUIndex.fields.items()}
MOST_CONCEPTS = 8
HEARD = 0.9
ONE_CHARACTER = 0.6
THESAURUS = 50
"""Added to the number of a part: what the thesaurus finds."""
_TONES = re.compile(r"(?:[a-z]{1,6}[1-5] ?)+")


@cache
def pictures() -> dict[str, str]:
    """Emoji -> what it shows."""
    return dict(line.split(maxsplit=1) for line in lines_of("emoji.txt", []))


@cache
def modifiers() -> frozenset[str]:
    """Words that praise or ask rather than name."""
    return frozenset(word for line in lines_of("modifiers.txt", []) for word in line.split())


@dataclass(frozen=True)
class Concept:
    """One thing the visitor named. `word` is as typed, in its normal spelling.

    `last` says that what is in many names besides is meant only by those that end with it: 小米 by 黄小米, not by 小米辣.
    """

    word: str
    alternatives: tuple[tuple[str, float], ...] = ()
    beginning: bool = False
    last: bool = False

    def sq(self, part: int, *, everywhere: bool = False) -> Q:
        """What a document must hold to be about this: in its name, type, SPU, origin, or (`everywhere`) in any text.

        What the word itself and what the thesaurus finds are two parts: 鱼 finds 八爪鱼 by the character, 黄花鱼 by both.
        """
        clauses = [*self._own(part)]
        for word, factor in self.alternatives:
            # English words are there for English queries: slugs would bring "duck-egg" for 鸭肉.
            if (is_han(self.word) and not is_han(word)) or (self.last and len(word) == 1):
                continue
            clauses += self._named(word, part + THESAURUS, factor, alone=False)
            if len(word) > 1:
                clauses.append(self._leaf("kind", [word], part + THESAURUS, factor))
        if everywhere:
            clauses += [
                self._leaf("text", [word], part, 1.0) for word in (self.word, *(word for word, _ in self.alternatives))
            ]
        return _joined(clauses, SQ.OR)

    def _own(self, part: int) -> Iterable[SQ]:
        word = self.word
        yield from self._named(word, part, 1.0, alone=True)
        yield self._leaf("kind", [word], part, 1.0)
        if is_han(word):
            if len(word) > 1:
                yield self._leaf("origin", needles(word), part, 1.0)
            return
        yield self._leaf("sound", [word], part, 1.0)
        if len(word) > 1:
            yield self._leaf("initials", [word], part, 1.0)
        if self.beginning:
            for name in ("latin", "sound"):
                yield SQ(**{f"{name}__startswith": Tokens([word], weight=WEIGHTS[name] / 2, part=part)})

    def _named(self, word: str, part: int, factor: float, *, alone: bool) -> Iterable[SQ]:
        """Documents with `word` in their names; of the thesaurus's words those of one character must be what the name says last."""
        if not is_han(word):
            for form in dict.fromkeys((word, singular(word))):
                yield self._leaf("latin", form.split(), part, factor)
            return
        # One character of the thesaurus says less than a whole word: "prawns" is 虾, which 龙虾 ends with, but 基围虾 first.
        yield self._leaf("head", [word], part, factor if alone or len(word) > 1 else factor * ONE_CHARACTER)
        long = len(word) > 1
        if alone and long if self.last else alone or long:
            grams = needles(word)
            yield self._leaf("name", grams, part, factor)
            yield self._leaf("spu", grams, part, factor)

    @staticmethod
    def _leaf(name: str, tokens: list[str], part: int, factor: float) -> SQ:
        return SQ(**{name: Tokens(tokens, weight=round(WEIGHTS[name] * factor, 3), part=part)})


@dataclass(frozen=True)
class Query:
    """A query understood. `text` is its normal spelling, shown back; `corrected` what it was taken for, when it was mistyped."""

    text: str
    concepts: tuple[Concept, ...] = ()
    packs: tuple[str, ...] = ()
    corrected: str = field(default="", compare=False)

    def all_of(self, *, everywhere: bool = False, packs: bool = True) -> Q | None:
        """Documents that are about every concept and, with `packs`, come in the pack that was named; None without any."""
        clauses = [concept.sq(part, everywhere=everywhere) for part, concept in enumerate(self.concepts, 1)]
        if packs and self.packs:
            clauses.append(SQ(packs=Tokens(list(self.packs), weight=WEIGHTS["packs"], part=99)))
        return _joined(clauses, SQ.AND) if clauses else None

    def any_of(self) -> Q:
        """Documents that are about at least one concept; more concepts score higher."""
        return _joined([concept.sq(part) for part, concept in enumerate(self.concepts, 1)], SQ.OR)

    @property
    def whole(self) -> bool:
        """Whether no word of `text` was too many to be looked at."""
        return len(self.concepts) < MOST_CONCEPTS

    def with_concepts(self, concepts: Iterable[Concept], *, corrected: str = "") -> "Query":
        return replace(self, concepts=tuple(concepts)[:MOST_CONCEPTS], corrected=corrected or self.corrected)


def _joined(clauses: list[Q], connector: str) -> Q:
    """The clauses under one node; `|` and `&` would compare each with all before it."""
    found: Q = SQ(*(child for clause in clauses for child in (clause.children if len(clause) == 1 else [clause])))
    found.connector = connector
    return found


def concept_of(word: str, thesaurus: Thesaurus, *, beginning: bool = False) -> Concept:
    """`word` with all that the thesaurus says of it; Latin letters are also heard as Pinyin."""
    alternatives = thesaurus.alternatives(word)
    if not is_han(word):
        heard = [singular(word), *thesaurus.sounding_like([word])]
        if beginning:
            heard += thesaurus.abbreviated(word)
            heard += thesaurus.beginning(word) if len(word) > 2 else []
        for other in heard:
            if other != word:
                alternatives.update(
                    {
                        w: f * HEARD
                        for w, f in {other: 1.0, **thesaurus.alternatives(other)}.items()
                        if w not in alternatives
                    }
                )
    return Concept(word, tuple(alternatives.items()), beginning, last=thesaurus.only_by_name(word))


def understand(text: str, thesaurus: Thesaurus) -> Query:
    """The concepts and packs that `text`, as typed, names."""
    typed, text = text[: LONGEST * 4], normalise(text[: LONGEST * 4])[:LONGEST].strip()
    if _TONES.fullmatch(text):
        text = re.sub(r"\d", "", text)
    rest, packs = without_packs(text)
    words = words_of(rest, thesaurus)
    if modifiers().issuperset(words):
        # Beside words that name something a picture repeats or adorns them.
        words = list(dict.fromkeys(pictures()[char] for char in typed if char in pictures())) or words
    return Query(
        text or " ".join(words), tuple(concept_of(word, thesaurus) for word in words)[:MOST_CONCEPTS], tuple(packs)
    )


def words_of(text: str, thesaurus: Thesaurus) -> list[str]:
    """The words of a normalised text, each once: the thesaurus's phrases and words first, then as jieba cuts."""
    found: list[str] = []
    whole = runs(text)
    at = 0
    while at < len(whole):
        for length in range(min(thesaurus.phrases, len(whole) - at), 0, -1):
            phrase = " ".join(whole[at : at + length])
            if length > 1 and not phrase.isascii():
                continue
            if phrase in thesaurus or length == 1:
                found += [phrase] if phrase in thesaurus or not is_han(phrase) else segmenter().cut(phrase)
                at += length
                break
    return list(dict.fromkeys(found))
