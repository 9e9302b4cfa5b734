"""What the shop itself says about words, as searches use it."""

from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

from django.db import connections, models, router

from ..conf import conf
from .models import Dish, Pick, Redirect, Synonym
from .words.dictionary import Group, shipped_groups, words_in
from .words.dishes import Menu, shipped_dishes
from .words.normal import merged
from .words.thesaurus import Thesaurus

MOST = 10
"""Goods that are put first for one search."""


class Picks(NamedTuple):
    """Keys of the goods that are shown first for a search, and of those that never are."""

    first: tuple[int, ...] = ()
    never: tuple[int, ...] = ()

    @property
    def all(self) -> list[int]:
        return [*self.first, *self.never]

    @property
    def hidden(self) -> set[int]:
        return {*self.never} - {*self.first}


_lock = Lock()
_loaded: dict[type[models.Model], tuple[object, Any]] = {}


class Vocabulary:
    """What the shop itself says about words, as it stands when this is made: one statement asks whether any of its rows have changed."""

    def __init__(self) -> None:
        self._stamps = _stamps(Synonym, Dish, Redirect, Pick)

    def thesaurus(self) -> Thesaurus:
        def load() -> Thesaurus:
            own = [Group(words_in(row.words), words_in(row.narrower)) for row in Synonym.objects.filter(active=True)]
            return Thesaurus(shipped_groups(), own)

        found: Thesaurus = self._as_it_stands(Synonym, load, *conf.SEARCH_SYNONYMS)
        return found

    def menu(self) -> Menu:
        def load() -> Menu:
            own = [(words_in(row.names), words_in(row.ingredients)) for row in Dish.objects.filter(active=True)]
            return Menu(shipped_dishes(), own)

        found: Menu = self._as_it_stands(Dish, load)
        return found

    def redirect_of(self, text: str) -> str | None:
        """The page that a search leads to, if the shop named one."""

        def load() -> dict[str, str]:
            return {merged(row.text): row.url for row in Redirect.objects.filter(active=True)}

        found: dict[str, str] = self._as_it_stands(Redirect, load)
        return found.get(merged(text))

    def picks_of(self, text: str) -> Picks:
        """What the shop puts first for a search, and what it hides."""

        def load() -> dict[str, Picks]:
            picked: dict[str, Picks] = {}
            for row in Pick.objects.order_by("position", "pk"):
                known = picked.get(merged(row.text), Picks())
                if row.place == Pick.Place.NEVER:
                    known = known._replace(never=(*known.never, row.sku_id))
                elif len(known.first) < min(MOST, conf.PAGE_SIZE - 1):
                    known = known._replace(first=(*known.first, row.sku_id))
                picked[merged(row.text)] = known
            return picked

        found: dict[str, Picks] = self._as_it_stands(Pick, load)
        return found.get(merged(text), Picks())

    def _as_it_stands(self, model: type[models.Model], load: Callable[[], Any], *files: str) -> Any:
        """What `load` made of the rows, made anew when they changed."""
        stamp = (self._stamps[model], files)
        loaded = _loaded.get(model)
        if loaded is None or loaded[0] != stamp:
            made = load()
            with _lock:
                _loaded[model] = loaded = (stamp, made)
        return loaded[1]


def _stamps(*tables: type[models.Model]) -> dict[type[models.Model], object]:
    """Another value after every change of a table's rows; plain SQL, since building it costs more than asking it, at each search."""
    connection = connections[router.db_for_read(tables[0])]
    quote = connection.ops.quote_name
    each = (
        f"SELECT {n}, MAX({quote('updated_at')}), COUNT(*) FROM {quote(table._meta.db_table)}"  # noqa: S608  # the names are the model's own
        for n, table in enumerate(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {tables[n]: stamp for n, *stamp in cursor.fetchall()}
