"""Who changed what of the goods, to look at."""

from dailyfresh_core.admin.lists import NamedValues, ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import SKU, GoodsChange


def called(column: str) -> str:
    """A column as the form calls it."""
    return str(getattr(SKU._meta.get_field(column), "verbose_name", "")) if column in GoodsChange.COLUMNS else column


class ColumnFilter(NamedValues):
    named = staticmethod(called)


@admin.register(GoodsChange)
class GoodsChangeAdmin(ReadOnly, ShopAdmin):
    list_display = ("sku", "what", "was", "became", "by", "at", "why")
    list_display_links = None
    list_filter = (("column", ColumnFilter), "at")
    list_select_related = ("sku",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("sku__name", "sku__slug", "=by")

    @admin.display(description=_("what"), ordering="column")
    def what(self, change: GoodsChange) -> str:
        return called(change.column)
