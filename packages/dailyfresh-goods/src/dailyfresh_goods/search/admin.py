"""Synonyms, dishes and popular searches in the admin: what the shop itself says about words."""

from collections.abc import Iterable
from typing import Any

from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .models import Click, Dish, Miss, Pick, PopularSearch, Redirect, Synonym
from .words.dictionary import shipped_groups
from .words.dishes import shipped_dishes


class BesideShipped(ShopAdmin):
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
class PopularSearchAdmin(ShopAdmin):
    list_display = ("text", "place", "updated_at")
    list_filter = ("place",)
    search_fields = ("text",)


@admin.register(Redirect)
class RedirectAdmin(ShopAdmin):
    list_display = ("text", "url", "active", "updated_at")
    list_filter = ("active",)
    search_fields = ("text", "url")


@admin.register(Miss)
class MissAdmin(ShopAdmin):
    """The desk: the words that buyers use and the shop does not know, each a click away from being known."""

    list_display = ("text", "became", "times", "clicks", "last_at", "make")
    list_display_links = None
    list_filter = ("judged", ("became", admin.EmptyFieldListFilter))
    search_fields = ("text",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("judge",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Miss | None = None) -> bool:
        return super().has_change_permission(request, obj) and obj is None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Miss]":
        """What was judged is out of the way until it is asked for."""
        rows = super().get_queryset(request)
        return rows if "judged__exact" in request.GET or request.method == "POST" else rows.filter(judged=False)

    @admin.display(description=_("make it"))
    def make(self, miss: Miss) -> str:
        known = {"words": f"{miss.text}, {miss.became}" if miss.became else miss.text}
        ways = (
            ("synonym", _("a synonym"), known),
            ("dish", _("a dish"), {"names": miss.text}),
            ("redirect", _("a redirect"), {"text": miss.text}),
        )
        links = ((reverse(f"admin:dailyfresh_search_{name}_add", query=query), label) for name, label, query in ways)
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    @admin.action(description=_("Judged: show no more"), permissions=["change"])
    def judge(self, request: HttpRequest, chosen: "QuerySet[Miss]") -> None:
        n = chosen.update(judged=True)
        said = ngettext("%(n)d search is judged.", "%(n)d searches are judged.", n)
        messages.success(request, said % {"n": n})


@admin.register(Pick)
class PickAdmin(ShopAdmin):
    list_display = ("text", "sku", "place", "position", "updated_at")
    list_filter = ("place",)
    list_select_related = ("sku",)
    search_fields = ("text", "sku__name")
    autocomplete_fields = ("sku",)


@admin.register(Click)
class ClickAdmin(ReadOnly, ShopAdmin):
    """What visitors chose of the results, each a click away from standing first or nowhere."""

    list_display = ("text", "sku", "times", "last_at", "make")
    list_display_links = None
    list_select_related = ("sku",)
    list_per_page = 50
    search_fields = ("text", "sku__name")
    show_full_result_count = False

    @admin.display(description=_("make it"))
    def make(self, click: Click) -> str:
        ways = ((Pick.Place.FIRST, _("the first")), (Pick.Place.NEVER, _("hidden")))
        add = "admin:dailyfresh_search_pick_add"
        links = (
            (reverse(add, query={"text": click.text, "sku": click.sku_id, "place": place}), label)
            for place, label in ways
        )
        return format_html_join(" · ", '<a href="{}">{}</a>', links)
