"""What gateways told us, and the daily comparison with them."""

from dailyfresh_core.admin.exports import csv_file
from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy

from ..models import Difference, Notice, Reconciliation
from .exports import differences_csv
from .named import GatewayColumn, GatewayFilter
from .readonly import ReadOnlyInline


class DifferenceInline(ReadOnlyInline):
    model = Difference
    fields = ("payment", "what", "ours", "theirs", "repaired")


@admin.register(Notice)
class NoticeAdmin(GatewayColumn, ReadOnly, ShopAdmin):
    list_display = ("out_trade_no", "paid_through", "summary", "outcome", "times", "first_at", "last_at")
    list_filter = (("gateway", GatewayFilter), "outcome", "first_at")
    search_fields = ("=out_trade_no", "=event")
    show_full_result_count = False


@admin.register(Reconciliation)
class ReconciliationAdmin(GatewayColumn, ReadOnly, ShopAdmin):
    list_display = ("day", "paid_through", "checked", "unanswered", "differing", "received", "refunded", "made_at")
    list_filter = (("gateway", GatewayFilter), "day")
    inlines = (DifferenceInline,)
    actions = ("export_csv",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Reconciliation]":
        return super().get_queryset(request).prefetch_related("differences")

    @admin.display(description=gettext_lazy("differences"))
    def differing(self, report: Reconciliation) -> int:
        return len(report.differences.all())

    @admin.action(description=gettext_lazy("Export the differences as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, chosen: "QuerySet[Reconciliation]") -> StreamingHttpResponse:
        return csv_file(differences_csv(chosen), "reconciliation.csv")
