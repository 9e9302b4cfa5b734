"""One spelling for what means the same: width, case, accents, traditional characters, punctuation."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

LONGEST = 64
"""Characters of a query that are looked at; more are cut off, so that every query takes bounded time."""

HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{HAN}]+|[^\W{HAN}]+(?:\.\d+)?")
_HAN = re.compile(rf"[{HAN}]")
_APOSTROPHE = re.compile(r"(?<=[a-z])['\u2019`\u00b7](?=[a-z])")
_SPACED = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_REPEATED = re.compile(rf"([{HAN}]{{2,}}?)\1+|([{HAN}])\2{{2,}}")
_OTHER = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.]+|_+")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


_PLAIN = {code: unicodedata.normalize("NFD", chr(code))[0] for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
"""Latin letters without their accents; "ü" is written "v", as Pinyin keyboards do."""
_PLAIN |= dict.fromkeys(map(ord, "üǖǘǚǜ"), "v") | {0: " "}


def normalise(text: str) -> str:
    """`text` in the one spelling that is indexed and searched: simplified, half-width, lower case, single spaces."""
    return _short(text) if len(text) <= LONGEST else _normalised(text)


def _normalised(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    if not text.isascii():
        text = _converter().convert(text)
    return _OTHER.sub(" ", _APOSTROPHE.sub("", text)).strip()


_short = lru_cache(4096)(_normalised)
"""Names are asked for again and again: by each field of a document, and by each page that lights what was searched."""


def merged(text: str) -> str:
    """One spelling for all that say the same: as it is searched, each word once, Chinese without spaces and not over and over."""
    text = _SPACED.sub("", " ".join(dict.fromkeys(normalise(text).split())))
    return _REPEATED.sub(lambda again: again[1] or again[2], text)


def runs(text: str) -> list[str]:
    """The stretches of one script in a normalised `text`: "牛排200g" gives "牛排" and "200g"."""
    return _RUN.findall(text)


def is_han(text: str) -> bool:
    """Whether `text`, one run, is written in Chinese characters."""
    return _HAN.match(text) is not None
