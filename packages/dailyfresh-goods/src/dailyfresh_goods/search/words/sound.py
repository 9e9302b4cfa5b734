"""Pinyin: how words sound, in full and by their initials.

pypinyin is the one that is kept (MIT, pure Python) and reads a character by the word it stands in: 重 is zhòng or chóng.
"""

from functools import cache
from itertools import islice, product

from .cutting import cutter
from .normal import is_han, normalise, runs

LONGEST_SPAN = 8
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def syllables(text: str) -> list[str]:
    """One syllable without tone for each Chinese character of `text`."""
    from pypinyin import lazy_pinyin

    read: list[str] = lazy_pinyin(text, errors="ignore", strict=False)
    return read


def sounds(text: str) -> tuple[set[str], set[str]]:
    """Pinyin and initials of each word of a name, of its runs of words, and of the last character of a word."""
    full: set[str] = set()
    initials: set[str] = set()
    for run in runs(normalise(text)):
        if not is_han(run):
            continue
        read = syllables(run)
        if len(read) != len(run):
            continue
        edges = {0, len(run)}
        for _word, start, end in cutter().spans(run):
            edges |= {start, end}
            full.add(read[end - 1])
        for start in edges:
            for end in edges:
                if start < end <= start + LONGEST_SPAN:
                    full.add("".join(read[start:end]))
                    if end - start > 1:
                        initials.add("".join(syllable[0] for syllable in read[start:end]))
    return full, initials


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


@cache
def sound_of(word: str) -> str:
    """The Pinyin of `word` in one piece."""
    return "".join(syllables(word))


def near_sounds(word: str, *, most: int = 40) -> list[str]:
    """How `word` and its near homophones are written in Pinyin, the exact one first."""
    return list(dict.fromkeys("".join(read) for read in islice(product(*map(_near, syllables(word))), most)))
