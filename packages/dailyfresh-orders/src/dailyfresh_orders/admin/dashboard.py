"""The sales dashboard: figures as tables, drawn by Chart.js from those very tables."""

from datetime import timedelta
from typing import Any

from dailyfresh_core.pricing.money import shown
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..conf import conf
from ..days import today
from ..forms.shipping import RangeForm
from ..reports.sales import day_sold, figures


def dashboard(model_admin: "admin.ModelAdmin[Any]", request: HttpRequest) -> HttpResponse:
    """Turnover, orders, top goods, funnel and low stock of a range of days."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    form = RangeForm(request.GET)
    days = form.cleaned_data if form.is_valid() else {"since": today() - timedelta(days=13), "until": today()}
    found = figures(days["since"], days["until"])
    now, before = day_sold(today()), day_sold(today() - timedelta(days=1))
    steps = {
        "placed": _("Placed"),
        "paid": pgettext("step", "Paid"),
        "shipped": _("Shipped"),
        "received": _("Received"),
        "done": pgettext("order state", "Done"),
    }
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Sales"),
        "opts": model_admin.model._meta,
        "form": RangeForm(initial=days) if form.is_valid() else form,
        "found": found,
        "cards": [
            (_("Turnover today"), shown(now.turnover), shown(before.turnover)),
            (_("Orders today"), now.orders, before.orders),
            (_("Average order today"), shown(now.average), shown(before.average)),
        ],
        "funnel": [(steps[step], n, share) for step, n, share in found.funnel],
        "may_see_books": request.user.has_perm("dailyfresh_orders.view_booking"),
        "threshold": conf.LOW_STOCK,
        "presets": [(n, today() - timedelta(days=n - 1), today()) for n in (7, 14, 30, 90)],
    }
    return TemplateResponse(request, "admin/dailyfresh_orders/order/dashboard.html", context)
