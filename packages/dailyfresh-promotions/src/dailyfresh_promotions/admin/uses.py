"""What orders used of offers and coupons: to look at and to take away, never to change."""

from collections.abc import Iterator
from typing import Any

from dailyfresh_core.exchange import write_csv
from dailyfresh_core.lists import ForgivingLists
from dailyfresh_core.rows import in_portions
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from ..models import Redemption


class ReadOnly(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def csv_file(lines: Iterator[bytes], name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@admin.register(Redemption)
class RedemptionAdmin(ReadOnly):
    list_display = ["reference", "source", "user", "amount", "state", "at"]
    list_filter = ["state"]
    list_select_related = ["user"]
    search_fields = ["reference", "source"]
    actions = ["export"]

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: "QuerySet[Redemption]") -> StreamingHttpResponse:
        return csv_file(_rows(queryset), "uses.csv")


def _rows(chosen: "QuerySet[Redemption]") -> Iterator[bytes]:
    names = ["reference", "source", "user", "amount", "state", "at"]
    columns = [str(label_for_field(name, Redemption)) for name in names]
    rows = in_portions(chosen.select_related("user"), 1000, newest_first=True)
    values = ([one.reference, one.source, one.user or "", one.amount, one.get_state_display(), one.at] for one in rows)
    return write_csv(columns, (dict(zip(columns, map(str, row), strict=True)) for row in values))
