"""The names of pages: what is stale, under which addresses it stands, and which versions it moves.

home              the home page                    group home
list:<slug>       all pages of a type's list       group list:<slug>
detail:<pk>       the page of a SKU                group detail:<pk>
site              everything                       group site
details:<pk>      the next details after that pk   (a step of `site`)
"""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from ..conf import conf

HOME = "home"
SITE = "site"
SORT_CODES = ("default", "sales", "price", "price-desc", "newest")


def list_key(slug: str) -> str:
    return f"list:{slug}"


def detail_key(pk: int) -> str:
    return f"detail:{pk}"


def details_key(after: int) -> str:
    return f"details:{after}"


def groups_of(keys: Iterable[str]) -> set[str]:
    """The groups whose cached entries the pages belong to."""
    return {key for key in keys if not key.startswith("details:")}


def languages() -> list[str]:
    """The languages pages are written in, the default one first."""
    if not settings.USE_I18N:
        return [settings.LANGUAGE_CODE]
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [settings.LANGUAGE_CODE, *others]


def list_url(slug: str, sort: str = "default", page: int = 1) -> str:
    """The one address of a page of a list: the first in default order has none of its own."""
    if sort == "default" and page == 1:
        return reverse("dailyfresh_goods:list", args=[slug])
    return reverse("dailyfresh_goods:list_page", args=[slug, sort, page])


def _runs(key: str) -> Iterator[list[str]]:
    """The addresses of a page in the language that is active; in a run, no page without the one before it."""
    kind, _, name = key.partition(":")
    if kind == HOME:
        yield [reverse("dailyfresh_goods:home")]
    elif kind == "detail":
        yield [reverse("dailyfresh_goods:detail", args=[name])]
    elif kind == "list":
        yield [reverse("dailyfresh_goods:new_goods", args=[name])]
        for sort in SORT_CODES:
            yield [list_url(name, sort, page) for page in range(1, conf.STATIC_PAGES + 1)]


def runs_of(key: str) -> list[tuple[str, list[str]]]:
    """Runs of (language, paths) under which the page stands; where the address does not tell the language, once."""
    runs: list[tuple[str, list[str]]] = []
    seen: set[str] = set()
    for language in languages():
        with translation.override(language):
            for paths in _runs(key):
                if paths[0] not in seen:
                    seen.add(paths[0])
                    runs.append((language, paths))
    return runs
