"""The names of pages: under which address one stands, which mark outdates it, and of which release it is.

home              the home page                    group home
list:<slug>       all pages of a type's list       group list:<slug>
detail:<pk>       the page of a SKU                group detail:<pk>
site              everything                       group site
details:<pk>      the next details after that pk   (a step of `site`)
anew              everything, on a host whose pages nobody kept up to date: they go, and `site` follows
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import reverse
from django.utils import translation

from .. import __version__
from ..conf import conf

HOME = "home"
SITE = "site"
ANEW = "anew"
SORT_CODES = ("default", "sales", "rating", "price", "price-desc", "newest")


def sort_codes() -> list[str]:
    """The orders that a list leads to: by its stars only where the site has some."""
    return [code for code in SORT_CODES if code != "rating" or conf.RATINGS is not None]


def list_key(slug: str) -> str:
    return f"list:{slug}"


def detail_key(pk: int) -> str:
    return f"detail:{pk}"


def details_key(after: int) -> str:
    return f"details:{after}"


def groups_of(keys: Iterable[str]) -> set[str]:
    """The groups whose cached entries the pages belong to."""
    return {key for key in keys if key != ANEW and not key.startswith("details:")}


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its name in the cache, the key of the mark that outdates it, and the URL that leads to it."""

    name: str
    key: str
    url_name: str
    args: tuple[str | int, ...] = ()

    @property
    def groups(self) -> tuple[str, str]:
        """The groups of the cache that it is built from."""
        return SITE, self.key

    @property
    def path(self) -> str:
        """Its one address in the language that is active."""
        return reverse(f"dailyfresh_goods:{self.url_name}", args=self.args)


def home_page() -> Page:
    return Page("home", HOME, "home")


def list_page(slug: str, sort: str = "default", page: int = 1, query: str = "") -> Page:
    """A page of a list; the first in default order has an address of its own. `query` is not part of the address."""
    plain = sort == "default" and page == 1
    name = f"list:{slug}:{sort}:{page}:{query}"
    return Page(name, list_key(slug), "list" if plain else "list_page", (slug,) if plain else (slug, sort, page))


def new_goods_page(slug: str) -> Page:
    return Page(f"new:{slug}", list_key(slug), "new_goods", (slug,))


def detail_page(pk: int) -> Page:
    return Page(detail_key(pk), detail_key(pk), "detail", (pk,))


def _runs(key: str) -> Iterator[list[Page]]:
    """The pages behind a key; in a run, no page without the one before it."""
    kind, _, name = key.partition(":")
    if kind == HOME:
        yield [home_page()]
    elif kind == "detail":
        yield [detail_page(int(name))]
    elif kind == "list":
        yield [new_goods_page(name)]
        for sort in sort_codes():
            yield [list_page(name, sort, page) for page in range(1, conf.STATIC_PAGES + 1)]


def runs_of(key: str) -> list[tuple[str, list[str]]]:
    """Runs of (language, paths) under which the pages stand; where the address does not tell the language, once."""
    runs: dict[str, tuple[str, list[str]]] = {}
    for language in languages():
        with translation.override(language):
            for pages in _runs(key):
                runs.setdefault(pages[0].path, (language, [page.path for page in pages]))
    return list(runs.values())


def languages() -> list[str]:
    """The languages pages are written in, the default one first."""
    if not settings.USE_I18N:
        return [settings.LANGUAGE_CODE]
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [settings.LANGUAGE_CODE, *others]


@cache
def _digest() -> str:
    """Of every template the site can load, and of the names its static files carry."""
    digest = hashlib.sha256(__version__.encode())
    for engine in engines.all():
        folders = engine.template_dirs if isinstance(engine, DjangoTemplates) else ()
        for folder in map(Path, folders):
            for file in sorted(folder.rglob("*.html")):
                digest.update(str(file.relative_to(folder)).encode())
                digest.update(file.read_bytes())
    digest.update(getattr(staticfiles_storage, "manifest_hash", "").encode())
    return digest.hexdigest()[:12]


def release() -> str:
    """The setting RELEASE with a digest of templates and static names; read once a process unless DEBUG is on."""
    digest = "debug" if settings.DEBUG else _digest()
    return f"{conf.RELEASE}-{digest}" if conf.RELEASE else digest
