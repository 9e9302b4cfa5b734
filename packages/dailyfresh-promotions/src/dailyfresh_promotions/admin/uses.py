"""What orders used of offers and coupons: to look at and to take away, never to change."""

from dailyfresh_core.lists import ReadOnly
from django.contrib import admin

from ..models import Redemption
from .exports import Exported


@admin.register(Redemption)
class RedemptionAdmin(ReadOnly, Exported):
    actions = ["export"]
    list_display = ["reference", "source", "user", "sold", "amount", "state", "at"]
    list_filter = ["state"]
    list_select_related = ["user"]
    search_fields = ["reference", "source"]
