"""What staff do on the page of one order beside shipping and refunds: leave a note, take the next step."""

from collections.abc import Sequence
from typing import Any

from dailyfresh_core.admin.shop import ShopAdmin
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..exceptions import IllegalTransition
from ..models import Order, OrderNote
from ..services import cancel_order, leave_note, receive


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = OrderNote
        fields = ("text",)


STEPS: dict[str, Any] = {
    "cancel": (
        lambda order, by: cancel_order(order.pk, by=by, why="cancelled by the shop"),
        gettext_lazy("Cancelled."),
    ),
    "receive": (lambda order, by: receive(order.pk, by=by), gettext_lazy("The buyer has it.")),
}
"""Name of a step -> what does it, and what is said then."""


class Workbench(ShopAdmin):
    """Under the admin of the orders."""

    def own_urls(self) -> Sequence[URLPattern]:
        return (
            self.page_at("<int:pk>/note/", self.note_view, "dailyfresh_orders_note", methods=["POST"]),
            self.page_at("<int:pk>/step/", self.step_view, "dailyfresh_orders_step", methods=["POST"]),
        )

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(request, pk, "add_ordernote")
        form = NoteForm(request.POST)
        if form.is_valid():
            leave_note(order_id=order.pk, by=request.user, text=form.cleaned_data["text"])
        else:
            messages.error(request, _("A note has between one and 500 characters."))
        return redirect("admin:dailyfresh_orders_order_change", pk)

    def step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One of STEPS; what another hand did meanwhile is said, not done."""
        order = self._order(request, pk, "change_order")
        take, said = STEPS.get(request.POST.get("step", ""), (None, ""))
        if take is not None:
            try:
                take(order, request.user)
                messages.success(request, said)
            except IllegalTransition:
                messages.error(request, _("The order is past that."))
        return redirect("admin:dailyfresh_orders_order_change", pk)

    def _order(self, request: HttpRequest, pk: int, needed: str) -> Order:
        """For whoever has the needed permission beside that to see it; 403 and 404 for others."""
        if not request.user.has_perm(f"dailyfresh_orders.{needed}"):
            raise PermissionDenied
        order: Order = get_object_or_404(self.get_queryset(request), pk=pk)
        return order
