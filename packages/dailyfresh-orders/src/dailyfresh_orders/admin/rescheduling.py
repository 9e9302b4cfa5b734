"""Staff have an order come at another time: also when its buyer no longer can, into a window that is open."""

from typing import Any

from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.days import day_said, said
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.pricing.money import shown
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..exceptions import NotMovable
from ..models import Order
from ..protocols import Window
from ..services import Moves, may_reschedule, moves_of, reschedule


class TimeForm(forms.Form):
    """One of the windows that are open, by place and day."""

    window = forms.ChoiceField(label=gettext_lazy("Delivery time"))

    def __init__(self, *args: Any, moves: Moves, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].choices = [  # type: ignore[attr-defined]
            (f"{place} {day_said(day)}".strip(), [(each.id, self._said(each, moves)) for each in windows if each.open])
            for place, days in moves.timing.by_day
            for day, windows in days
        ]

    def _said(self, window: Window, moves: Moves) -> str:
        less, left = moves.back[window.id], window.left
        words = [said(window.starts, window.ends)]
        words += [_("%(n)d left") % {"n": left}] if left is not None else []
        words += [_("%(amount)s less") % {"amount": shown(less)}] if less else []
        return " · ".join(words)


def another_time(of: ShopAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The times that the order may take; a POST moves it, tells its buyer, and gives back what it costs less."""
    order = get_object_or_404(Order.objects.prefetch_related("lines", "adjustments"), pk=pk)
    at = timezone.now()
    if not may_reschedule(order, at=at, by_staff=True):
        messages.error(request, _("The time of this order can no longer be changed."))
        return redirect("admin:dailyfresh_orders_order_change", pk)
    form = TimeForm(request.POST or None, moves=moves_of(order, at=at))
    if form.is_valid():
        try:
            reschedule(order_id=pk, window=form.cleaned_data["window"], by=request.user, by_staff=True)
        except (NotMovable, Busy) as error:
            form.add_error("window", str(error))
        else:
            messages.success(request, _("The order comes at another time; its buyer is told."))
            return redirect("admin:dailyfresh_orders_order_change", pk)
    template = "admin/dailyfresh_orders/order/another_time.html"
    return of.page(request, template, _("Another time"), order=order, form=form)
