"""Which parts of a name were searched for; the template marks and escapes them."""

import re

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from ..query.understanding import Query
from ..search_indexes import singular
from ..words.normal import is_han, normalise
from ..words.pinyin import syllables

Marked = list[tuple[str, bool]]
_LATIN = re.compile("[a-z]+")
OPEN, CLOSE = mark_safe("<mark>"), mark_safe("</mark>")


def marked(name: str, query: Query) -> Marked:
    """`name` in parts: (text, whether it was searched for). Joined, the texts are the name."""
    plain = [normalise(char) for char in name]
    lit = [False] * len(name)
    for concept in query.concepts:
        words = [concept.word, *(word for word, _factor in concept.alternatives)]
        for word in words:
            if _light(plain, lit, word):
                break
        else:
            if concept.word.isascii():
                _light_sound(plain, lit, concept.word)
    parts: Marked = []
    for char, on in zip(name, lit, strict=True):
        if parts and parts[-1][1] == on:
            parts[-1] = (parts[-1][0] + char, on)
        else:
            parts.append((char, on))
    return parts


def _light(plain: list[str], lit: list[bool], word: str) -> bool:
    """Lights every place where `word` stands, a Latin one also in the plural or the singular; says whether there is one."""
    found = False
    if word.isascii():
        for match in _LATIN.finditer("".join(char[:1] or " " for char in plain)):
            if singular(match[0]) == singular(word):
                lit[match.start() : match.end()] = [True] * len(match[0])
                found = True
    for start in range(len(plain) - len(word) + 1):
        if plain[start : start + len(word)] == list(word):
            lit[start : start + len(word)] = [True] * len(word)
            found = True
    return found


def _light_sound(plain: list[str], lit: list[bool], word: str) -> None:
    """Lights the first place that sounds as `word`, or has it for its initials."""
    read = [(syllables(char) or [""])[0] if is_han(char) else "" for char in plain]
    for start in range(len(plain)):
        full = initials = ""
        for end in range(start, min(start + 8, len(plain))):
            if not read[end]:
                break
            full, initials = full + read[end], initials + read[end][0]
            if word in (full, initials) and (end > start or word == full):
                lit[start : end + 1] = [True] * (end + 1 - start)
                return


def as_html(parts: Marked) -> SafeString:
    """The parts escaped, those searched for in <mark>."""
    return format_html_join("", "{}{}{}", ((OPEN, text, CLOSE) if on else ("", text, "") for text, on in parts))


def spans(parts: Marked) -> list[list[int]]:
    """The [start, end) of the parts that were searched for."""
    found, at = [], 0
    for text, on in parts:
        if on:
            found.append([at, at + len(text)])
        at += len(text)
    return found
