"""What else a word is called: the shipped groups of fresh food, and the shop's own rows, which win."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from .dictionary import Group
from .normal import is_han
from .pinyin import spellings, syllables

NARROWER = 0.8
"""What a narrower word weighs against the word that was typed; another word for the same weighs `SAME`."""
SAME = 0.95
TYPICAL = 0.005
"""How much less each narrower word weighs than the one before it: the kinds that come to mind first come first."""
MOST = 48
BEGUN = 12
"""Sounds that an unfinished word may become."""


class Thesaurus:
    """Groups made ready for look-up; immutable."""

    def __init__(self, shipped: Iterable[Group], own: Iterable[Group]) -> None:
        own, shipped = list(own), list(shipped)
        taken = {word for group in own for word in group.words}
        self._same: dict[str, list[str]] = {}
        self._narrower: dict[str, list[str]] = {}
        for group in self._apart(shipped, taken):
            self._add(group)
        for group in own:
            self._add(group)
        self.slips: frozenset[str] = frozenset(word for group in (*shipped, *own) for word in group.slips)
        self._by_name = frozenset(word for group in (*shipped, *own) if group.by_name for word in group.words)
        self.phrases: int = max((word.count(" ") + 1 for word in self._same), default=1)
        self._words = {
            word for words in (self._same, self._narrower) for pair in words.items() for word in (pair[0], *pair[1])
        }

    @staticmethod
    def _apart(groups: Iterable[Group], taken: set[str]) -> Iterator[Group]:
        """The groups without the words that the shop has rows of its own for."""
        for group in groups:
            yield replace(group, words=tuple(word for word in group.words if word not in taken))

    def _add(self, group: Group) -> None:
        for word in group.words:
            self._same.setdefault(word, []).extend(other for other in group.words if other != word)
            self._narrower.setdefault(word, []).extend(group.narrower)

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def in_english(self, word: str) -> str:
        """Another word for the same in Latin letters; empty where none is known."""
        return next((other for other in self._same.get(word, ()) if other.isascii()), "")

    def only_by_name(self, word: str) -> bool:
        """Whether a text that mentions `word` says nothing of what is sold."""
        return word in self._by_name

    def alternatives(self, word: str) -> dict[str, float]:
        """Other words that find what `word` names -> how much they weigh, the heaviest first."""
        found = {word: 1.0}
        queue = [word]
        while queue and len(found) < MOST:
            at = queue.pop(0)
            same, narrower = self._same.get(at, ()), self._narrower.get(at, ())
            factors = [
                *((word, SAME) for word in same),
                *((kind, NARROWER - TYPICAL * n) for n, kind in enumerate(narrower)),
            ]
            for other, factor in factors:
                if other not in found:
                    found[other] = found[at] * factor
                    queue.append(other)
        del found[word]
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    @cached_property
    def _sounds(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        full: dict[str, list[str]] = {}
        initials: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) > 1 and is_han(word):
                for sound in spellings(word):
                    full.setdefault(sound, []).append(word)
                initials.setdefault("".join(syllable[0] for syllable in syllables(word)), []).append(word)
        return full, initials

    def sounding_like(self, sounds: Iterable[str]) -> list[str]:
        """Words of two characters and more that are pronounced as one of `sounds`."""
        return [word for sound in sounds for word in self._sounds[0].get(sound, ())]

    def abbreviated(self, initials: str) -> list[str]:
        """Words of two characters and more with these initials."""
        return self._sounds[1].get(initials, [])

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self._sounds[0])

    def beginning(self, letters: str) -> list[str]:
        """Words whose Pinyin begins with these letters, the shortest sounds first, a few at most."""
        at = bisect_left(self._in_order, letters)
        sounds = [sound for sound in self._in_order[at : at + BEGUN] if sound.startswith(letters)]
        return list(dict.fromkeys(self.sounding_like(sorted(sounds, key=len))))

    @property
    def sounds(self) -> Iterable[str]:
        """The Pinyin of all its words."""
        return self._sounds[0].keys()
