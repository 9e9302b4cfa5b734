"""Staff's work with orders: a work list, shipping, papers to print, CSV. Nothing can be typed into the books."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from dailyfresh_core.admin.exports import csv_file
from dailyfresh_core.admin.lists import ReadOnly
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..days import today
from ..exceptions import IllegalTransition
from ..forms.shipping import ShipForm
from ..gateways import label_of
from ..models import Adjustment, Order, OrderLine
from ..services import cancel_order, ship
from .dashboard import dashboard
from .exports import delivery_notes, orders_csv, picking_list
from .filters import PaymentMethod, WorkList
from .readonly import ReadOnlyInline
from .rescheduling import another_time
from .workbench import Workbench

CHANGE = "dailyfresh_orders.change_order"
AT_ONCE = 100
"""How many orders are shipped on one page, or printed on one paper: the page's address names them all, in at most 4,094 characters (gunicorn)."""


class LinesInline(ReadOnlyInline):
    model = OrderLine
    fields = (
        "sku_id", "name", "unit", "unit_price", "sold_by", "priced_by", "price_grams", "nominal_grams", "quantity",
        "amount", "discount", "fees", "wish", "substitutes", "given", "actual_grams", "settled", "refunded", "restocked",
    )  # fmt: skip


class AdjustmentsInline(ReadOnlyInline):
    model = Adjustment
    fields = ("line", "kind", "label", "source", "amount", "returns")


@admin.register(Order)
class OrderAdmin(ReadOnly, Workbench):
    list_display = (
        "number",
        "placed_at",
        "state",
        "receiver",
        "city",
        "paid_by",
        "payable",
        "paid_at",
        "shipped_at",
    )
    list_filter = (WorkList, PaymentMethod, "placed_at")
    search_fields = ("number", "phone", "receiver")
    show_full_result_count = False
    list_per_page = 50
    inlines = (LinesInline, AdjustmentsInline)
    actions = ("ship_orders", "cancel_orders", "print_picking_list", "print_delivery_notes", "export_csv")
    fieldsets = (
        (None, {"fields": ("number", "state", "buyer", "note", "wish")}),
        (
            gettext_lazy("Amounts"),
            {
                "fields": (
                    ("goods_total", "discount", "fees", "freight"),
                    ("total", "settled_total", "settled_at"),
                    ("currency", "paid_by"),
                )
            },
        ),
        (gettext_lazy("Address"), {"fields": ("receiver", "phone", "address", "postcode", "time", "place")}),
        (gettext_lazy("Parcel"), {"fields": ("carrier", "tracking_number")}),
        (
            gettext_lazy("Times"),
            {"fields": ("placed_at", "expires_at", "paid_at", "shipped_at", "received_at", "ended_at", "due_at")},
        ),
    )

    def own_urls(self) -> Sequence[URLPattern]:
        dashboard_view, time_view = partial(dashboard, self), partial(another_time, self)
        return (
            self.page_at("dashboard/", dashboard_view, "dailyfresh_orders_dashboard"),
            self.page_at("<int:pk>/time/", time_view, "dailyfresh_orders_time", needed=CHANGE, durable=True),
            self.page_at("ship/", self.ship_view, "dailyfresh_orders_ship", needed=CHANGE),
            *super().own_urls(),
        )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Within a state the index that the clock uses gives the order, so that the list is fast among a million."""
        return ("-pk",) if request.GET.get("state") == "all" or request.GET.get("q") else ("-due_at", "-pk")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Order]", search_term: str
    ) -> tuple["QuerySet[Order]", bool]:
        """Whole numbers and phones are looked up in their indexes; only a part of one, or a name, reads through the table."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii():
            known = queryset.filter(Q(number=term) | Q(phone=term))
            if known.exists():
                return known, False
        parts = Q(receiver__icontains=term) | Q(number__contains=term) | Q(phone__contains=term)
        named = OrderLine.objects.filter(order=OuterRef("pk"), name__icontains=term)
        return queryset.filter(parts | Exists(named)), False

    def has_ship_permission(self, request: HttpRequest) -> bool:
        """Shipping moves an order, so it takes the permission to change one."""
        return bool(request.user.has_perm(CHANGE))

    @admin.display(description=gettext_lazy("buyer"))
    def buyer(self, order: Order) -> str:
        """Without Django's link to the account, which is a 403 for most who work with orders."""
        return str(order.user or "–")

    @admin.display(description=gettext_lazy("Address"))
    def address(self, order: Order) -> str:
        return order.address

    @admin.display(description=gettext_lazy("Delivery time"))
    def time(self, order: Order) -> str:
        return order.when

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def payable(self, order: Order) -> Decimal:
        return order.payable

    @admin.display(description=gettext_lazy("payment method"), ordering="payment_method")
    def paid_by(self, order: Order) -> str:
        return label_of(order.payment_method)

    @admin.action(description=gettext_lazy("Ship the selected orders…"), permissions=["ship"])
    def ship_orders(self, request: HttpRequest, chosen: "QuerySet[Order]") -> HttpResponse | None:
        to_ship = chosen.filter(state=Order.State.TO_SHIP).order_by("pk")
        if self._too_many(request, to_ship):
            return None
        numbers = to_ship.values_list("number", flat=True)
        query = "&".join(f"number={number}" for number in numbers)
        return redirect(f"{reverse('admin:dailyfresh_orders_ship', current_app=self.admin_site.name)}?{query}")

    def ship_view(self, request: HttpRequest) -> HttpResponse:
        """One row for each order with its carrier and number; every order is shipped in a step of its own."""
        numbers = (request.POST or request.GET).getlist("number")[:AT_ONCE]
        # PostgreSQL takes no NUL, not even to look for it.
        numbers = [number for number in numbers if number.isprintable()]
        orders = list(Order.objects.filter(number__in=numbers).prefetch_related("lines").order_by("pk"))
        bound = request.POST if request.method == "POST" else None
        rows = [(order, ShipForm(bound, prefix=order.number)) for order in orders if order.state == Order.State.TO_SHIP]
        valid = [form.is_valid() for order, form in rows]  # all of them, so that each shows its errors
        if bound is not None and all(valid):
            self._ship(request, rows, skipped=len(orders) - len(rows))
            return redirect(reverse("admin:dailyfresh_orders_order_changelist", current_app=self.admin_site.name))
        return self.page(request, "admin/dailyfresh_orders/order/ship.html", _("Ship orders"), rows=rows)

    def _ship(self, request: HttpRequest, rows: Sequence[tuple[Order, ShipForm]], *, skipped: int) -> None:
        shipped = 0
        for order, form in rows:
            try:
                ship(order.pk, by=request.user, **form.cleaned_data)
                shipped += 1
            except IllegalTransition:
                skipped += 1
        if shipped:
            said = ngettext("%(n)d order was shipped.", "%(n)d orders were shipped.", shipped) % {"n": shipped}
            messages.success(request, said)
        if skipped:
            said = ngettext(
                "%(n)d order was not to be shipped any more.", "%(n)d orders were not to be shipped any more.", skipped
            )
            messages.warning(request, said % {"n": skipped})

    @admin.action(description=gettext_lazy("Cancel the selected unpaid orders"), permissions=["ship"])
    def cancel_orders(self, request: HttpRequest, chosen: "QuerySet[Order]") -> None:
        """Those that are not paid and not sent; money that was paid goes back by a refund instead."""
        cancelled = refused = 0
        for order in chosen.order_by("pk"):
            try:
                cancel_order(order.pk, by=request.user, why="cancelled by the shop")
                cancelled += 1
            except IllegalTransition:
                refused += 1
        if cancelled:
            said = ngettext("%(n)d order was cancelled.", "%(n)d orders were cancelled.", cancelled)
            messages.success(request, said % {"n": cancelled})
        if refused:
            said = ngettext(
                "%(n)d order is paid, sent or over: it cannot be cancelled.",
                "%(n)d orders are paid, sent or over: they cannot be cancelled.",
                refused,
            )
            messages.warning(request, said % {"n": refused})

    @admin.action(description=gettext_lazy("Print the picking list"), permissions=["view"])
    def print_picking_list(self, request: HttpRequest, chosen: "QuerySet[Order]") -> HttpResponse | None:
        return self._print(request, "picking_list", _("Picking list"), picking_list, chosen)

    @admin.action(description=gettext_lazy("Print delivery notes"), permissions=["view"])
    def print_delivery_notes(self, request: HttpRequest, chosen: "QuerySet[Order]") -> HttpResponse | None:
        return self._print(request, "delivery_notes", _("Delivery notes"), delivery_notes, chosen)

    def _print(
        self,
        request: HttpRequest,
        template: str,
        title: str,
        content: Callable[["QuerySet[Order]"], dict[str, Any]],
        chosen: "QuerySet[Order]",
    ) -> HttpResponse | None:
        if self._too_many(request, chosen):
            return None
        context = {**content(chosen), "title": title, "day": today()}
        return TemplateResponse(request, f"admin/dailyfresh_orders/order/{template}.html", context)

    def _too_many(self, request: HttpRequest, chosen: "QuerySet[Order]") -> bool:
        if chosen[: AT_ONCE + 1].count() <= AT_ONCE:
            return False
        messages.error(request, _("Please choose at most %(n)d orders at once.") % {"n": AT_ONCE})
        return True

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, chosen: "QuerySet[Order]") -> StreamingHttpResponse:
        return csv_file(orders_csv(chosen), f"orders-{today():%Y%m%d}.csv")
