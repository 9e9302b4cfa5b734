"""One spelling for what means the same: width, case, accents, traditional characters, punctuation."""

import re
import unicodedata
from functools import cache
from typing import Any

LONGEST = 64
"""Characters of a query that are looked at; more are cut off, so that every query takes bounded time."""

HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{HAN}]+|[^\W{HAN}]+(?:\.\d+)?")
_HAN = re.compile(rf"[{HAN}]")
_APOSTROPHE = re.compile(r"(?<=[a-z])['\u2019`\u00b7](?=[a-z])")
_OTHER = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.]+|_+")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _plain(char: str) -> str:
    """A Latin letter without its accent; "ü" is written "v", as Pinyin keyboards do."""
    if char in "üǖǘǚǜ":
        return "v"
    if "\u00c0" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff":
        return unicodedata.normalize("NFD", char)[0]
    return char


def normalise(text: str) -> str:
    """`text` in the one spelling that is indexed and searched: simplified, half-width, lower case, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower().replace("\x00", " ")
    if not text.isascii():
        text = _converter().convert("".join(map(_plain, text)))
    return _OTHER.sub(" ", _APOSTROPHE.sub("", text)).strip()


def runs(text: str) -> list[str]:
    """The stretches of one script in a normalised `text`: "牛排200g" gives "牛排" and "200g"."""
    return _RUN.findall(text)


def is_han(text: str) -> bool:
    """Whether `text`, one run, is written in Chinese characters."""
    return _HAN.match(text) is not None
