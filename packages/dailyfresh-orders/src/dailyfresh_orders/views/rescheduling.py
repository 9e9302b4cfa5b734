"""Choosing another time for an order that is not on its way yet."""

from dailyfresh_core.allowances import guest_of
from dailyfresh_core.pricing.money import shown
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..conf import conf
from ..exceptions import NotMovable
from ..services import may_reschedule, moves_of, reschedule
from .answers import back_to, for_buyers, refused, theirs, within


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
@within("place")
def another_time(request: HttpRequest, number: str) -> HttpResponse:
    """The times at which the order may come instead; a POST of one of them moves it."""
    order = theirs(request, number)
    wanted = request.POST.get("window", "")
    if wanted:
        try:
            guest = guest_of(request, trusted=conf.TRUSTED_PROXIES)
            less = reschedule(order_id=order.pk, window=wanted, by=request.user, guest=guest)
        except NotMovable as error:
            return refused(order, request, str(error))
        order.refresh_from_db()
        sentence = _("It comes %(when)s.") % {"when": order.when}
        if less:
            sentence += " " + _("It costs %(amount)s less.") % {"amount": shown(less)}
        return back_to(order, request, sentence, data={"when": order.when})
    at = timezone.now()
    if not may_reschedule(order, at=at):
        return refused(order, request, _("The time of this order can no longer be changed."))
    missing = request.method == "POST"
    context = {"order": order, "moves": moves_of(order, at=at), "missing": missing}
    return render(request, "dailyfresh_orders/another_time.html", context, status=400 if missing else 200)
