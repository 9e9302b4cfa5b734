"""What gateways told us, and the daily comparison with them."""

import csv

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Difference, Notice, Reconciliation
from .papers import BOM, harmless
from .readonly import ReadOnly, ReadOnlyInline


class DifferenceInline(ReadOnlyInline):
    model = Difference
    fields = ("payment", "what", "ours", "theirs", "repaired")


@admin.register(Notice)
class NoticeAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("out_trade_no", "gateway", "summary", "outcome", "times", "first_at", "last_at")
    list_filter = ("gateway", "outcome", "first_at")
    search_fields = ("=out_trade_no", "=event")
    show_full_result_count = False


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("day", "gateway", "checked", "unanswered", "differing", "received", "refunded", "made_at")
    list_filter = ("gateway", "day")
    inlines = (DifferenceInline,)
    actions = ("export_csv",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Reconciliation]":
        return super().get_queryset(request).prefetch_related("differences")

    @admin.display(description=gettext_lazy("differences"))
    def differing(self, report: Reconciliation) -> int:
        return len(report.differences.all())

    @admin.action(description=gettext_lazy("Export the differences as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, chosen: "QuerySet[Reconciliation]") -> HttpResponse:
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="reconciliation.csv"'
        answer.write(BOM)
        rows = csv.writer(answer)
        rows.writerow([_("Day"), _("Gateway"), _("Number"), _("What"), _("Ours"), _("The gateway's"), _("Repaired")])
        found = Difference.objects.filter(reconciliation__in=chosen).select_related("reconciliation", "payment")
        for each in found.order_by("reconciliation__day", "pk"):
            report = each.reconciliation
            cells = (
                report.day,
                report.gateway,
                each.payment.out_trade_no,
                each.what,
                each.ours,
                each.theirs,
                each.repaired,
            )
            rows.writerow([harmless(cell) for cell in cells])
        return answer
