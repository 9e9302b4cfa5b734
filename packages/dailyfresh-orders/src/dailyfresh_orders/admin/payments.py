"""Staff's work with money: what the gateways said, refunds to decide and to give, the daily comparison. The books are read-only."""

from collections.abc import Callable, Sequence
from typing import Any

from dailyfresh_core.admin.exports import Exported
from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.pricing.money import shown
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..exceptions import RefundImpossible
from ..forms.payments import DecideForm, StaffRefundForm
from ..gateways import UnknownGateway
from ..models import Order, Payment, PaymentLog, Refund, RefundLine
from ..selectors import refunded_under
from ..services import approve_refund, ask, decline_refund, refund_lines, refundable_of, retry_refund, return_disputed
from .named import GatewayColumn, GatewayFilter
from .readonly import ReadOnlyInline

SOURCES = {
    "notify": gettext_lazy("the gateway's message"),
    "query": gettext_lazy("the gateway, asked"),
    "close": gettext_lazy("closing at the gateway"),
    "refund": gettext_lazy("a refund"),
}
"""Who told of a payment -> how staff read it; a gateway of the site's own may have more."""


class LogInline(ReadOnlyInline):
    model = PaymentLog
    fields = ("at", "told_by", "before", "after", "note", "alarm")

    @admin.display(description=gettext_lazy("source"))
    def told_by(self, entry: PaymentLog) -> str:
        return str(SOURCES.get(entry.source, entry.source))


class RefundInline(ReadOnlyInline):
    model = Refund
    show_change_link = True
    fields = ("out_request_no", "state", "kind", "amount", "goods", "reason", "code", "done_at")


class RefundLineInline(ReadOnlyInline):
    model = RefundLine
    fields = ("order_line", "quantity")


class Moving(ReadOnly, ShopAdmin):
    """An admin with views that move money."""

    def moving(
        self,
        route: str,
        view: Callable[..., HttpResponse],
        needed: str,
        *,
        name: str,
        methods: Sequence[str] = ("POST",),
    ) -> URLPattern:
        """The path to such a view, for staff who have the needed permission on the package's models; 403 for others."""
        needed, name = f"dailyfresh_orders.{needed}", f"dailyfresh_orders_{name}"
        return self.page_at(route, view, name, needed=needed, methods=methods, durable=True)


@admin.register(Payment)
class PaymentAdmin(GatewayColumn, Moving):
    change_form_template = "admin/dailyfresh_orders/payment/change_form.html"
    list_display = (
        "out_trade_no",
        "order",
        "paid_through",
        "state",
        "amount",
        "received",
        "refunded",
        "created_at",
        "paid_at",
    )
    list_filter = ("state", ("gateway", GatewayFilter), "created_at")
    list_select_related = ("order",)
    search_fields = ("=out_trade_no", "=trade_no", "=order__number")
    show_full_result_count = False
    inlines = (LogInline, RefundInline)

    def own_urls(self) -> Sequence[URLPattern]:
        return (
            self.moving("<int:pk>/ask/", self.ask_view, "change_payment", name="payment_ask"),
            self.moving("<int:pk>/return/", self.return_view, "add_refund", name="payment_return"),
        )

    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the gateway now, and settle what it says."""
        payment = get_object_or_404(Payment, pk=pk)
        try:
            seen = ask(payment)
        except (Busy, UnknownGateway) as error:
            messages.error(request, str(error))
        else:
            words = seen.value if seen else _("asked a moment ago")
            messages.info(request, _("The gateway says: %(words)s") % {"words": words})
        return redirect("admin:dailyfresh_orders_payment_change", pk)

    def return_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the money of a disputed payment back."""
        try:
            return_disputed(payment=get_object_or_404(Payment, pk=pk), by=request.user)
        except (RefundImpossible, Busy) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The refund is on its way."))
        return redirect("admin:dailyfresh_orders_payment_change", pk)


@admin.register(Refund)
class RefundAdmin(Exported, Moving):
    change_form_template = "admin/dailyfresh_orders/refund/change_form.html"
    list_display = (
        "out_request_no",
        "order",
        "state",
        "kind",
        "amount",
        "goods",
        "reason",
        "created_at",
        "decided_by",
        "done_at",
    )
    exported = (
        "out_request_no", "order", "state", "kind", "amount", "goods", "reason", "answer", "code", "asked_by", "decided_by",
        "created_at", "decided_at", "sent_at", "done_at",
    )  # fmt: skip
    actions = ("export",)
    list_filter = ("state", "kind", "created_at")
    list_select_related = ("payment__order", "asked_by", "decided_by")
    search_fields = ("=out_request_no", "=payment__out_trade_no", "=payment__order__number")
    show_full_result_count = False
    inlines = (RefundLineInline,)

    @admin.display(description=gettext_lazy("order"))
    def order(self, refund: Refund) -> Order:
        return refund.payment.order

    def own_urls(self) -> Sequence[URLPattern]:
        reads = ("GET", "HEAD", "POST")
        return (
            self.moving("order/<int:pk>/", self.order_view, "add_refund", name="refund_order", methods=reads),
            self.moving("<int:pk>/decide/", self.decide_view, "change_refund", name="refund_decide"),
            self.moving("<int:pk>/retry/", self.retry_view, "change_refund", name="refund_retry"),
        )

    def order_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refund an order: whole, by pieces, or any amount up to what is left."""
        order = get_object_or_404(Order.objects.prefetch_related("lines"), pk=pk)
        if refunded_under(order, request.POST.get("key", "")):
            return redirect("admin:dailyfresh_orders_order_change", order.pk)
        left = refundable_of(order)
        goods = Refund.Goods.RESTOCK if order.state == Order.State.TO_SHIP else Refund.Goods.NONE
        bound = request.POST if request.method == "POST" else None
        form = StaffRefundForm(bound, order=order, left=dict(left.pieces) if left else {}, initial={"goods": goods})
        if bound is not None and form.is_valid() and self._give(request, order, form):
            return redirect("admin:dailyfresh_orders_order_change", order.pk)
        title = _("Refund order %(number)s") % {"number": order.number}
        template = "admin/dailyfresh_orders/refund/give.html"
        return self.page(request, template, title, order=order, refundable=left, form=form)

    def _give(self, request: HttpRequest, order: Order, form: StaffRefundForm) -> bool:
        chosen = form.cleaned_data
        try:
            refund = refund_lines(
                order=order,
                by=request.user,
                key=chosen["key"],
                lines=None if chosen["what"] == "whole" else form.pieces(),
                amount=chosen["amount"],
                reason=chosen["reason"],
                goods=chosen["goods"],
            )
        except (RefundImpossible, Busy) as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, _("%(amount)s are on their way back.") % {"amount": shown(refund.amount)})
        return True

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve or decline what a buyer asked for."""
        refund = get_object_or_404(Refund, pk=pk)
        form = DecideForm(request.POST)
        back = redirect("admin:dailyfresh_orders_refund_change", pk)
        if not form.is_valid():
            messages.error(request, _("Please choose what becomes of the goods."))
            return back
        try:
            if "approve" in request.POST:
                approve_refund(refund, by=request.user, **form.cleaned_data)
                messages.success(request, _("Approved; the money is on its way back."))
            elif not form.cleaned_data["answer"]:
                messages.error(request, _("Please tell the buyer why."))
            else:
                decline_refund(refund, by=request.user, answer=form.cleaned_data["answer"])
                messages.success(request, _("Declined."))
        except (RefundImpossible, Busy) as error:
            messages.error(request, str(error))
        return back

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a refused refund once more, under the same number."""
        try:
            retry_refund(get_object_or_404(Refund, pk=pk), by=request.user)
        except (RefundImpossible, Busy) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The refund is on its way."))
        return redirect("admin:dailyfresh_orders_refund_change", pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        refund = self.get_object(request, object_id)
        goods = Refund.Goods.NONE
        if refund and refund.payment.order.state == Order.State.TO_SHIP:
            goods = Refund.Goods.RESTOCK
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "decide": DecideForm(initial={"goods": goods})}
        )
