"""Who changed what of the goods, to look at."""

from typing import Any

from dailyfresh_core.lists import ForgivingLists
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import SKU, GoodsChange


@admin.register(GoodsChange)
class GoodsChangeAdmin(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("sku", "what", "was", "became", "by", "at", "why")
    list_display_links = None
    list_filter = ("column", "at")
    list_select_related = ("sku",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("sku__name", "sku__slug", "=by")

    @admin.display(description=_("what"), ordering="column")
    def what(self, change: GoodsChange) -> str:
        """As the form calls it."""
        known = change.column in GoodsChange.COLUMNS
        return str(getattr(SKU._meta.get_field(change.column), "verbose_name", "")) if known else change.column

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
