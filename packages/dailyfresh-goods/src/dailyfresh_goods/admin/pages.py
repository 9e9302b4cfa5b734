"""Pages that are to be made anew, and why some could not be."""

from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin

from ..models import StalePage


@admin.register(StalePage)
class StalePageAdmin(ReadOnly, ShopAdmin):
    list_display = ("key", "reason", "failed_at", "marked_at", "host")
    list_display_links = None
    list_filter = (("failed_at", admin.EmptyFieldListFilter),)
    list_per_page = 50
    search_fields = ("key", "reason")
    show_full_result_count = False
    ordering = ("-failed_at", "-pk")
