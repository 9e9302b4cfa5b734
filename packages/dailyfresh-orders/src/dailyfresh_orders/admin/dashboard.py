"""The sales dashboard: figures as tables, drawn by Chart.js from those very tables."""

from datetime import timedelta

from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.pricing.money import shown
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..conf import conf
from ..days import today
from ..forms.shipping import asked_range
from ..reports.sales import day_sold, figures


def dashboard(of: ShopAdmin, request: HttpRequest) -> HttpResponse:
    """Turnover, orders, top goods, funnel and low stock of a range of days."""
    form, since, until = asked_range(request.GET)
    found = figures(since, until)
    now, before = day_sold(today()), day_sold(today() - timedelta(days=1))
    steps = {
        "placed": _("Placed"),
        "paid": pgettext("step", "Paid"),
        "shipped": _("Shipped"),
        "received": _("Received"),
        "done": pgettext("order state", "Done"),
    }
    context = {
        "form": form,
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
    return of.page(request, "admin/dailyfresh_orders/order/dashboard.html", _("Sales"), **context)
