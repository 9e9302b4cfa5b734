"""Characters and pairs of characters: what finds a word inside a name, however either is cut into words."""

import re

from .dictionary import compounds, pieces
from .normal import is_han, normalise, runs

_ASIDE = re.compile(r"[(（【\[].*?[)）】\]]")


def grams(text: str) -> set[str]:
    """The tokens that index a short `text`: characters, pairs, compounds, and Latin words as they are."""
    found: set[str] = set()
    for run in runs(normalise(text)):
        found |= _grams_of(run) if is_han(run) else {run}
    return found


def _grams_of(run: str) -> set[str]:
    found: set[str] = set()
    for piece, compound in pieces(run):
        if compound:
            found.add(piece)
            for part in compounds()[piece]:
                found |= {part} if part == piece else _grams_of(part)
        else:
            found.update(piece)
            found.update(piece[i : i + 2] for i in range(len(piece) - 1))
    return found


def needles(word: str) -> list[str]:
    """The grams that a text must all have to hold `word`, one normalised word."""
    if len(word) < 3 or not is_han(word):
        return [word]
    return [
        gram
        for piece, compound in pieces(word)
        for gram in ([piece] if compound or len(piece) == 1 else [piece[i : i + 2] for i in range(len(piece) - 1)])
    ]


def head_grams(name: str) -> set[str]:
    """What a name says the thing is: Chinese puts it last, so these are the endings of the name, cut at no compound."""
    found: set[str] = set()
    for run in runs(normalise(_ASIDE.sub(" ", name)))[-1:]:
        if not is_han(run):
            continue
        ends = {0}
        for piece, compound in pieces(run):
            end = max(ends) + len(piece)
            ends |= {end - len(piece), end} if compound else set(range(end - len(piece), end + 1))
            parts = compounds()[piece] if compound else ()
        found = {run[start:] for start in ends if start < len(run)}
        found.update(part for part in parts if piece.endswith(part))
    return found
