"""Pinyin: how words sound, in full and by their initials.

pypinyin is the one that is kept (MIT, pure Python) and reads a character by the word it stands in: 重 is zhòng or chóng.
"""

from functools import cache, lru_cache
from itertools import islice, product

from .dictionary import compounds, lines_of, pieces
from .normal import is_han, normalise, runs
from .segmentation import segmenter

LONGEST_SPAN = 8
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def syllables(text: str) -> list[str]:
    """One syllable without tone for each Chinese character of `text`."""
    return [read[0] for read in readings(text)]


def readings(text: str) -> list[tuple[str, ...]]:
    """The syllables that each Chinese character of `text` may be typed as, the likeliest first."""
    return [read for word in segmenter().cut(text) for read in _readings(word)]


@lru_cache(20_000)
def _readings(word: str) -> list[tuple[str, ...]]:
    from pypinyin import lazy_pinyin

    han = [char for char in word if is_han(char)]
    read: list[str] = lazy_pinyin(word, errors="ignore", strict=False)
    return [_special().get(char, (syllable,)) for char, syllable in zip(han, read, strict=False)]


@cache
def _special() -> dict[str, tuple[str, ...]]:
    return {
        char: tuple(read.split()) for line in lines_of("readings.txt", []) for char, _, read in [line.partition(" ")]
    }


def spellings(word: str, *, most: int = 8) -> list[str]:
    """How `word` is written in Pinyin, the likeliest first."""
    return ["".join(read) for read in islice(product(*readings(word)), most)]


def sounds(text: str) -> tuple[set[str], set[str]]:
    """Pinyin and initials of each word of a name, of its runs of words, and of the last character of a word."""
    full: set[str] = set()
    initials: set[str] = set()
    for run in runs(normalise(text)):
        if not is_han(run):
            continue
        read = readings(run)
        if len(read) != len(run):
            continue
        words = _stretches(run)
        # Any two characters too: 海天生抽 is cut 海, 天生, 抽 by a dictionary that does not know 生抽.
        pairs = {(start, start + 2) for start in range(len(run) - 1)}
        for start, end in _uncut(run, words | pairs):
            for syllables_read in islice(product(*read[start:end]), 8):
                full.add("".join(syllables_read))
                if end - start > 1 and (start, end) not in pairs - words:
                    initials.add("".join(syllable[0] for syllable in syllables_read))
    return full, initials


def _stretches(run: str) -> set[tuple[int, int]]:
    """From where to where in `run` a word or several may stand, and the last character of each word."""
    edges = {0, len(run)}
    found = set()
    for _word, start, end in segmenter().spans(run):
        edges |= {start, end}
        found.add((end - 1, end))
    return found | {(start, end) for start in edges for end in edges if start < end <= start + LONGEST_SPAN}


def _uncut(run: str, stretches: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The stretches that do not cut a compound, and its parts."""
    found = set(stretches)
    at = 0
    for piece, compound in pieces(run):
        if compound:
            inside = {
                (start, end) for start, end in found if at < start < at + len(piece) or at < end < at + len(piece)
            }
            found -= inside
            for part in compounds()[piece]:
                start = at + piece.find(part)
                found.add((start, start + len(part)))
        at += len(piece)
    return found


def _near(syllable: str) -> list[str]:
    """`syllable` and those that southern speakers and hasty fingers take for it."""
    starts = [syllable]
    for long, short in _ALIKE:
        if syllable.startswith(long):
            starts.append(short + syllable[len(long) :])
        elif syllable.startswith(short):
            starts.append(long + syllable[len(short) :])
    found = list(starts)
    for start in starts:
        for long, short in _ENDINGS:
            if start.endswith(long):
                found.append(start[: -len(long)] + short)
            elif start.endswith(short):
                found.append(start[: -len(short)] + long)
    return found


def near_sounds(word: str, *, most: int = 40) -> list[str]:
    """How near homophones of `word` are written in Pinyin; its own `spellings` are not among them."""
    near = (
        ("".join(read))
        for read in islice(product(*([n for one in read for n in _near(one)] for read in readings(word))), most)
    )
    own = set(spellings(word))
    return [sound for sound in dict.fromkeys(near) if sound not in own]
