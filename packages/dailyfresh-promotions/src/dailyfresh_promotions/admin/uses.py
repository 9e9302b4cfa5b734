"""What orders used of offers and coupons: to look at and to take away, never to change."""

from dailyfresh_core.admin.exports import Exported
from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin

from ..models import Redemption


@admin.register(Redemption)
class RedemptionAdmin(ReadOnly, Exported, ShopAdmin):
    actions = ["export"]
    list_display = ["reference", "source", "user", "sold", "amount", "state", "at"]
    list_filter = ["state"]
    list_select_related = ["user"]
    search_fields = ["reference", "source"]
