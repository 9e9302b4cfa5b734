"""Where Chinese words begin and end: jieba, or rjieba (the same words, about twenty times faster) when it is installed."""

import logging
import os
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from .dictionary import words_of_trade

FREQUENCY = 20_000
"""High enough that a word of the trade is one word, low enough that it does not tear common ones apart."""


class Segmenter(ABC):
    """`jieba` is a tokenizer of that library, which has learned the words of the trade."""

    jieba: Any

    def _learn(self) -> None:
        for word in words_of_trade():
            self.jieba.add_word(word, FREQUENCY, "n")

    def cut(self, text: str) -> Iterable[str]:
        """The words of `text`, one after the other."""
        words: Iterable[str] = self.jieba.cut(text)
        return words

    @abstractmethod
    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        """The words of `text` and the words inside them, with the offsets where each begins and ends."""

    @abstractmethod
    def knows(self, word: str) -> bool:
        """Whether `word` is in the dictionary."""


class Rjieba(Segmenter):
    def __init__(self) -> None:
        import rjieba

        self.jieba = rjieba.Jieba()
        self._learn()

    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        yield from self.jieba.tokenize(text, "search", True)

    def knows(self, word: str) -> bool:
        return bool(self.jieba.has_word(word))


class Jieba(Segmenter):
    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Regular expressions in jieba's own files, met when they are compiled for the first time.
            warnings.simplefilter("ignore")
            import jieba

        jieba.setLogLevel(logging.WARNING)
        self.jieba = jieba.Tokenizer()
        # jieba caches its dictionary in one file for all users of the machine, which only the first can read.
        folder = os.path.join(tempfile.gettempdir(), f"dailyfresh-jieba-{getattr(os, 'getuid', int)()}")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.jieba.tmp_dir = folder
        self._learn()

    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        yield from self.jieba.tokenize(text, mode="search")

    def knows(self, word: str) -> bool:
        return bool(self.jieba.FREQ.get(word))


@cache
def segmenter() -> Segmenter:
    """The process's segmenter; the first call loads the dictionary (rjieba 0.3 s, jieba 1 to 3 s)."""
    try:
        return Rjieba()
    except ImportError:
        return Jieba()
