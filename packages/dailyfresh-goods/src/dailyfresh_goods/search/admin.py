"""Synonyms, dishes and popular searches in the admin: what the shop itself says about words."""

from collections.abc import Iterable
from typing import Any

from dailyfresh_core.lists import ForgivingLists
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Dish, PopularSearch, Synonym
from .words.dictionary import shipped_groups
from .words.dishes import shipped_dishes


class BesideShipped(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows of the shop beside those that are shipped, each of which can be begun with."""

    change_list_template = "admin/dailyfresh_search/shipped.html"
    list_filter = ("active",)
    both: tuple[str, str]
    """The two columns that the shipped rows have too."""
    shipped_help: str | Promise

    def shipped(self) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        add = f"admin:{self.opts.app_label}_{self.opts.model_name}_add"
        rows = [tuple(", ".join(words) for words in row) for row in self.shipped()]
        context = {
            "shipped": [(cells, reverse(add, query=dict(zip(self.both, cells, strict=True)))) for cells in rows],
            "shipped_headings": [str(getattr(self.opts.get_field(name), "verbose_name", name)) for name in self.both],
            "shipped_help": self.shipped_help,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})


@admin.register(Synonym)
class SynonymAdmin(BesideShipped):
    list_display = ("words", "narrower", "active", "updated_at")
    search_fields = ("words", "narrower")
    both = ("words", "narrower")
    shipped_help = _("A row of your own takes the place of the shipped rows for the words it names.")

    def shipped(self) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
        return ((group.words, group.narrower) for group in shipped_groups())


@admin.register(Dish)
class DishAdmin(BesideShipped):
    list_display = ("names", "ingredients", "active", "updated_at")
    search_fields = ("names", "ingredients")
    both = ("names", "ingredients")
    shipped_help = _("A dish of your own takes the place of the shipped ones for the names it has.")

    def shipped(self) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
        return shipped_dishes()


@admin.register(PopularSearch)
class PopularSearchAdmin(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("text", "place", "updated_at")
    list_filter = ("place",)
    search_fields = ("text",)
