"""What the home page shows, in the order the merchant numbers it."""

from dailyfresh_core.admin.lists import InOtherLanguages
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import HomeBanner, HomeTypeGoods, Promotion
from ..models.home import Scheduled
from .parts import Thumbnail


class ScheduledAdmin(InOtherLanguages, Thumbnail, ShopAdmin):
    list_display = ("title", "thumbnail", "showing", "starts_at", "ends_at", "sort_order")
    list_editable = ("sort_order",)
    search_fields = ("title", "text")
    autocomplete_fields = ("sku",)
    fieldsets = (
        (None, {"fields": ("title", "text", "label", "image")}),
        (_("Where a click leads"), {"fields": ("sku", "url")}),
        (_("When and where it shows"), {"fields": (("starts_at", "ends_at"), "sort_order")}),
    )

    @admin.display(description=_("showing"), boolean=True)
    def showing(self, row: Scheduled) -> bool:
        now = timezone.now()
        return (row.starts_at is None or row.starts_at <= now) and (row.ends_at is None or row.ends_at > now)


@admin.register(HomeBanner)
class HomeBannerAdmin(ScheduledAdmin):
    pass


@admin.register(Promotion)
class PromotionAdmin(ScheduledAdmin):
    pass


@admin.register(HomeTypeGoods)
class HomeTypeGoodsAdmin(Thumbnail, ShopAdmin):
    list_display = ("sku", "thumbnail", "type", "display", "sort_order")
    list_editable = ("display", "sort_order")
    list_filter = ("display", "type")
    list_select_related = ("sku", "type")
    autocomplete_fields = ("sku",)

    def file_of(self, row: HomeTypeGoods) -> FieldFile | None:
        return row.sku.image
