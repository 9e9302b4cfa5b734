"""Addresses of goods that are made of their names."""

from django.db.models import Model
from django.utils.crypto import get_random_string
from django.utils.text import slugify


def slug_for(model: type[Model], *words: str) -> str:
    """A free slug: Chinese by its Pinyin ("红颜草莓 300g" is hong-yan-cao-mei-300g), and drawn where nothing of the words can be written."""
    spelled = slugify(_spelled(" ".join(filter(None, words))).replace("/", " "))[:50].strip("-")
    slug = spelled or f"goods-{get_random_string(8, 'abcdefghijkmnpqrstuvwxyz')}"
    taken = set(model._default_manager.filter(slug__startswith=slug).values_list("slug", flat=True))
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def _spelled(text: str) -> str:
    try:
        from pypinyin import lazy_pinyin
    except ImportError:  # it comes with the extra "search"
        return text
    return " ".join(lazy_pinyin(text))
