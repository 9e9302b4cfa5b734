"""Synonyms and popular searches in the admin: what the shop itself says about words."""

from dailyfresh_core.lists import ForgivingLists
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from .models import PopularSearch, Synonym
from .words.dictionary import shipped_groups


@admin.register(Synonym)
class SynonymAdmin(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("words", "narrower", "active", "updated_at")
    list_filter = ("active",)
    search_fields = ("words", "narrower")
    change_list_template = "admin/dailyfresh_search/synonym/change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        groups = [(", ".join(group.words), ", ".join(group.narrower)) for group in shipped_groups()]
        return super().changelist_view(request, {"shipped": groups, **(extra_context or {})})


@admin.register(PopularSearch)
class PopularSearchAdmin(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("text", "place", "updated_at")
    list_filter = ("place",)
    search_fields = ("text",)
