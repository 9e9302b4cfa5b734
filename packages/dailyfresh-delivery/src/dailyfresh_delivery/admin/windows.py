"""The windows that were made: how full they are at a glance; close them, raise them, look who is in them."""

from collections.abc import Sequence
from typing import Any

from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Reservation, Slot
from .calendar import close_windows, open_windows, pages


class ReservationInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Reservation
    fields = ("reference", "grams", "at", "released_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Slot)
class SlotAdmin(ShopAdmin):
    """What was agreed stays: capacity and weight may change, hours and fee do not."""

    list_display = ["__str__", "places", "weight", "cut_off_at", "fee", "closed"]
    list_filter = ["date", "zone", "point", "closed"]
    list_select_related = ["zone", "point"]
    date_hierarchy = "date"
    inlines = [ReservationInline]
    actions = ["close_windows", "open_windows"]
    fields = ["__str__", ("capacity", "taken"), ("capacity_grams", "taken_grams"), "cut_off_at", "fee", "closed"]
    readonly_fields = ["__str__", "taken", "taken_grams", "cut_off_at", "fee", "closed"]

    def own_urls(self) -> Sequence[URLPattern]:
        return pages(self)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("places"), ordering="taken")
    def places(self, slot: Slot) -> SafeString:
        return format_html(
            '<meter min="0" max="{}" value="{}"></meter> {} / {}',
            max(slot.capacity, 1),
            min(slot.taken, slot.capacity),
            slot.taken,
            slot.capacity,
        )

    @admin.display(description=_("kg"), ordering="taken_grams")
    def weight(self, slot: Slot) -> str:
        most = "" if slot.capacity_grams is None else f" / {slot.capacity_grams / 1000:g}"
        return f"{slot.taken_grams / 1000:g}{most}"

    @admin.action(description=_("Take no more orders for these windows"), permissions=["change"])
    def close_windows(self, request: HttpRequest, chosen: "QuerySet[Slot]") -> None:
        close_windows(request, chosen)

    @admin.action(description=_("Open these windows again"), permissions=["change"])
    def open_windows(self, request: HttpRequest, chosen: "QuerySet[Slot]") -> None:
        open_windows(request, chosen)
