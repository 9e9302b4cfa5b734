"""The books for whoever keeps them: what came in and what went back, by day, gateway and kind; to take away as CSV."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from dailyfresh_core.admin.exports import csv_file
from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.exchange import write_csv
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext as _

from ..days import today
from ..forms.shipping import asked_range
from ..gateways import label_of
from ..models import BookDay, Booking
from ..reports.books import Books, before, books
from .named import GatewayColumn, GatewayFilter


@admin.register(Booking)
class BookingAdmin(GatewayColumn, ReadOnly, ShopAdmin):
    list_display = ("day", "at", "kind", "paid_through", "order", "amount", "goods", "discount", "fees", "freight")
    list_filter = ("kind", ("gateway", GatewayFilter), "day")
    list_select_related = ("order",)
    search_fields = ("=order__number", "=payment__out_trade_no")
    ordering = ("-pk",)
    show_full_result_count = False
    change_list_template = "admin/dailyfresh_orders/booking/change_list.html"

    def own_urls(self) -> Sequence[URLPattern]:
        return (self.page_at("days/", self.books_view, "dailyfresh_orders_books"),)

    def books_view(self, request: HttpRequest) -> HttpResponseBase:
        """The books of a range of days, beside those of the time before."""
        form, since, until = asked_range(request.GET)
        found = books(since, until)
        if request.GET.get("format") == "csv":
            return csv_file(books_csv(found), f"books-{found.since:%Y%m%d}-{found.until:%Y%m%d}.csv")
        earlier = books(*before(found.since, found.until))
        context = {
            "form": form,
            "found": found,
            "earlier": earlier,
            "compared": compared(found, earlier),
            "gateways": [(label_of(code), each) for code, each in found.by_gateway()],
            "days": reversed(found.by_day()),
            "others": [
                (label, found.sum_of(kind))
                for kind, label in BookDay.Kind.choices
                if kind in ("unwanted", "returned") and found.sum_of(kind).n
            ],
            "presets": [(n, today() - timedelta(days=n - 1), today()) for n in (1, 7, 30, 90)],
        }
        return self.page(request, "admin/dailyfresh_orders/booking/books.html", _("Books"), **context)


def compared(found: Books, earlier: Books) -> list[tuple[str, Any, Any]]:
    """(in words, now, in the time before) of the amounts of a statement, from gross to net."""
    now, then = found.sold, earlier.sold
    return [
        (_("Gross"), now.goods, then.goods),
        (_("Discount"), now.discount, then.discount),
        (_("Fees"), now.fees, then.fees),
        (_("Freight"), now.freight, then.freight),
        (_("Paid"), now.amount, then.amount),
        (_("Refunds"), found.refunds.amount, earlier.refunds.amount),
        (_("Net"), found.net, earlier.net),
    ]


def books_csv(found: Books) -> Iterator[bytes]:
    """Every row of the books: a day, a gateway and a kind."""
    columns = [
        _("Day"), _("Gateway"), _("Kind"), _("Number of bookings"), _("Gross"), _("Discount"), _("Fees"), _("Freight"), _("Amount"),
    ]  # fmt: skip
    kinds = dict(BookDay.Kind.choices)
    rows = (
        (
            row.day,
            label_of(row.gateway),
            kinds[row.kind],
            row.n,
            row.goods,
            row.discount,
            row.fees,
            row.freight,
            row.amount,
        )
        for row in found.rows
    )
    return write_csv(columns, (dict(zip(columns, row, strict=True)) for row in rows))
