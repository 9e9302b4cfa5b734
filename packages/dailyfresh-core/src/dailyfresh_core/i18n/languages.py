"""A text and the language it is in: what a shop writes in one language is shown in others as far as it was translated."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Self

from django.conf import global_settings, settings
from django.urls import translate_url
from django.utils.translation import get_language, override


class Text(str):
    """A text that knows its language; everywhere else a text as any other."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made


def source() -> str:
    """The language a shop writes its goods in: LANGUAGE_CODE."""
    code: str = settings.LANGUAGE_CODE
    return code


def others() -> list[tuple[str, str]]:
    """The languages that texts are translated into, with their names; none where a site has not chosen any (LANGUAGES)."""
    if not settings.USE_I18N or settings.LANGUAGES == global_settings.LANGUAGES:
        return []
    return [(code, str(name)) for code, name in settings.LANGUAGES if not _alike(code, source())]


def active() -> str:
    """The language of the moment."""
    return get_language() or source()


def chain(code: str) -> list[str]:
    """What does for a language, the nearest first: "pt-br", "pt"."""
    parts = code.split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]


def translated_in() -> list[str]:
    """The languages in which translations do at this moment, the nearest first; none where the shop's own does."""
    own, codes = chain(source()), []
    for code in chain(active()):
        if code in own:
            break
        codes.append(code)
    return codes


def foreign(code: str) -> str:
    """The language if a page of this moment must say that a part of it is in it; else nothing."""
    return code if code and not _alike(code, active()) else ""


def language_of(text: str) -> str:
    """The language of a text if a page of this moment must say it; else nothing."""
    return foreign(getattr(text, "language", "")) if text else ""


PLAIN = frozenset({str, int, bool, Decimal, NoneType})
"""Kinds of values without a language; most of what a page shows."""


def languages_in(value: object) -> tuple[object, ...]:
    """The languages of a text, of those in a tuple with their places, or in the fields of a dataclass: two texts are equal whatever theirs are."""
    if isinstance(value, tuple):
        return tuple([(place, languages_in(each)) for place, each in enumerate(value) if type(each) not in PLAIN])
    if isinstance(value, Text):
        return (value.language,)
    kind: type = type(value)
    return tuple(getattr(getattr(value, name), "language", "") for name in _texts(kind))


@cache
def _texts(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that are declared as texts."""
    return tuple(each.name for each in fields(kind) if each.type in (str, "str")) if is_dataclass(kind) else ()


def address(url: str) -> str:
    """An address of the site, as the shop wrote it in its own language, in that of the moment; any other as it is."""
    if not url.startswith("/"):
        return url
    code = active()
    with override(source()):
        return translate_url(url, code)


def _alike(one: str, other: str) -> bool:
    return one in chain(other) or other in chain(one)
